using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.Privacy;

namespace Grid.Grains.Intake;

/// <summary>Which devices exist, in memory. Written by the registrar only.</summary>
public sealed class DeviceDirectory : IDeviceDirectory
{
    private static readonly DeviceKeyComparer Keys = new();

    private volatile ConcurrentDictionary<string, DeviceAddress> _devices = new(Keys);

    // One object for each address: few, and never taken away.
    private readonly ConcurrentDictionary<DeviceAddress, DeviceAddress> _addresses = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Of the few that are a person's.
    private readonly ConcurrentDictionary<string, PersonalDevice> _personal = new(StringComparer.Ordinal);

    // Of the few that have one: where their index starts again from 0.
    private readonly ConcurrentDictionary<string, double> _indexMaximums = new(StringComparer.Ordinal);

    // Made from the addresses when somebody asks; null again as soon as there is another one.
    private volatile IReadOnlySet<string>? _communes;

    /// <inheritdoc />
    public int Count => _devices.Count;

    /// <summary>Completes when the registry has been read: before, a device that is not found may exist all the same.</summary>
    public Task Loaded => _loaded.Task;

    /// <inheritdoc />
    public DeviceAddress? Find(string device) => _devices.GetValueOrDefault(device);

    /// <inheritdoc />
    public string? FindKey(ReadOnlySpan<byte> utf8) =>
        _devices.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(utf8, out var key, out _) ? key : null;

    /// <inheritdoc />
    public IReadOnlySet<string> Communes()
    {
        if (_communes is { } known)
        {
            return known;
        }

        var communes = new HashSet<string>(StringComparer.Ordinal);
        lock (_addresses)
        {
            communes.UnionWith(_addresses.Keys.Select(address => SectorMap.CommuneOf(address.Sector)));
            _communes = communes;
        }

        return communes;
    }

    /// <summary>Devices of each sector that has any.</summary>
    public Dictionary<string, int> CountBySector()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (_, address) in _devices)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, address.Sector, out _)++;
        }

        return counts;
    }

    /// <summary>Makes room, before the first device is set: to grow step by step would move all of them again and again.</summary>
    internal void Expect(int devices)
    {
        if (_devices.IsEmpty)
        {
            _devices = new ConcurrentDictionary<string, DeviceAddress>(System.Environment.ProcessorCount, devices, Keys);
        }
    }

    internal void Set(in DirectoryEntry device)
    {
        var personal = device.Personal is { } descriptor ? PersonalDevice.Of(descriptor) : null;
        if (device.IndexMaximum is { } maximum)
        {
            _indexMaximums[device.Id] = maximum;
        }
        else if (!_indexMaximums.IsEmpty)
        {
            _indexMaximums.TryRemove(device.Id, out _);
        }

        _devices[device.Id] = Shared(new DeviceAddress(device.Kind, device.Sector, device.Connector) { IsPersonal = personal is not null });
        if (personal is not null)
        {
            _personal[device.Id] = personal;
        }
        else if (!_personal.IsEmpty)
        {
            _personal.TryRemove(device.Id, out _);
        }
    }

    internal void SetLoaded() => _loaded.TrySetResult();

    /// <summary>The person's device of that key; null for one that is nobody's.</summary>
    internal PersonalDevice? FindPersonal(string device) => _personal.GetValueOrDefault(device);

    /// <summary>The devices of a subscriber, by key.</summary>
    internal IReadOnlyList<string> DevicesOf(string subscriber) =>
        [.. _personal.Where(pair => pair.Value.Subscriber == subscriber).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    /// <summary>Where the device's index starts again from 0, in its unit; 0 when it never does.</summary>
    internal double IndexMaximumOf(string device) => _indexMaximums.GetValueOrDefault(device);

    private DeviceAddress Shared(DeviceAddress address)
    {
        if (_addresses.TryGetValue(address, out var known))
        {
            return known;
        }

        lock (_addresses)
        {
            known = _addresses.GetOrAdd(address, address);
            _communes = null;
            return known;
        }
    }

    internal void Remove(string device)
    {
        _devices.TryRemove(device, out _);
        _personal.TryRemove(device, out _);
        _indexMaximums.TryRemove(device, out _);
    }
}
