using System.Collections.Concurrent;
using Grid.Contracts.Devices;

namespace Grid.Grains.Devices;

/// <summary>One string instance for each metric name, whoever sends it: a million devices share a few dozen of them.</summary>
public static class MetricNames
{
    /// <summary>Unknown names that are shared; beyond it a device keeps its own instance.</summary>
    public const int Bound = 4_096;

    private static readonly ConcurrentDictionary<string, string> Unknown = new(StringComparer.Ordinal);

    /// <summary>Unknown names seen, at most <see cref="Bound"/>.</summary>
    public static int UnknownCount => Unknown.Count;

    /// <summary>The shared instance of a name; equal to it, so that nothing but memory depends on it.</summary>
    public static string Shared(string name)
    {
        if (MetricCatalog.ByName.TryGetValue(name, out var metric))
        {
            return metric.Name;
        }

        if (Unknown.TryGetValue(name, out var known))
        {
            return known;
        }

        return Unknown.Count < Bound ? Unknown.GetOrAdd(name, name) : name;
    }
}
