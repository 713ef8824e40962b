using System.Collections.Concurrent;

namespace Grid.Grains.Devices;

/// <summary>One instance of equal settings: nearly all devices of a kind have those of their territory, whatever these are.</summary>
public sealed class SharedSettings
{
    /// <summary>Instances that are shared; beyond it a device keeps its own. A territory has one for each kind, and devices with parameters of their own a few more.</summary>
    private const int Bound = 20_000;

    private readonly ConcurrentDictionary<object, object> _settings = new();

    /// <summary>The shared instance; equal to the given one, so that nothing but memory depends on it.</summary>
    public T Of<T>(T settings) =>
        _settings.TryGetValue(settings!, out var known) ? (T)known : _settings.Count < Bound ? (T)_settings.GetOrAdd(settings!, settings!) : settings;
}
