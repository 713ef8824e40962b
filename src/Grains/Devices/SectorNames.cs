using System.Collections.Concurrent;

namespace Grid.Grains.Devices;

/// <summary>One string instance for each sector: its thousands of devices share it.</summary>
public sealed class SectorNames
{
    /// <summary>Names that are shared; beyond it a device keeps its own instance. The country has about 45,000 sectors.</summary>
    private const int Bound = 100_000;

    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>The shared instance of a name; equal to it, so that nothing but memory depends on it.</summary>
    public string Shared(string name) =>
        _names.TryGetValue(name, out var known) ? known : _names.Count < Bound ? _names.GetOrAdd(name, name) : name;
}
