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

    // Of the few devices whose partition does not follow from their sector, because they were asked for before they were registered (null: the runtime chose), or have left the sector that
    // they were first registered in. For as long as the program runs: a grain never changes its partition.
    private readonly ConcurrentDictionary<string, int?> _partitions = new(StringComparer.Ordinal);
    private readonly Lock _strangers = new();

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

    /// <summary>
    /// The partition on which the grain of a device lives: that of its sector, so that both share a thread. Always the same answer for a device, from any thread, also when it moves to
    /// another sector or is removed; null for one that was first asked for when it was not registered.
    /// </summary>
    public int? PartitionOf(string device)
    {
        // The address first: one that differs from what it was is seen only behind the partition that is kept.
        var address = Find(device);
        if (!_partitions.IsEmpty && _partitions.TryGetValue(device, out var kept))
        {
            return kept;
        }

        return address is null ? PartitionOfStranger(device) : SectorMap.PartitionOf(address.Sector);
    }

    private int? PartitionOfStranger(string device)
    {
        lock (_strangers)
        {
            // Registered meanwhile, it is no stranger.
            return Find(device) is { } address ? KeptOr(device, address) : _partitions.GetOrAdd(device, (int?)null);
        }
    }

    private int? KeptOr(string device, DeviceAddress address) => _partitions.TryGetValue(device, out var kept) ? kept : SectorMap.PartitionOf(address.Sector);

    /// <summary>Keeps the partition of a device before its address changes or goes.</summary>
    private void KeepPartition(string device, string? sectorToBe)
    {
        if (Find(device) is { } former && (sectorToBe is null || SectorMap.PartitionOf(former.Sector) != SectorMap.PartitionOf(sectorToBe)))
        {
            _partitions.TryAdd(device, SectorMap.PartitionOf(former.Sector));
        }
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

        var address = Shared(new DeviceAddress(device.Kind, device.Sector, device.Connector) { IsPersonal = personal is not null });
        lock (_strangers)
        {
            if (!_devices.TryAdd(device.Id, address))
            {
                KeepPartition(device.Id, device.Sector);
                _devices[device.Id] = address;
            }
        }

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
        lock (_strangers)
        {
            KeepPartition(device, sectorToBe: null);
            _devices.TryRemove(device, out _);
        }

        _personal.TryRemove(device, out _);
        _indexMaximums.TryRemove(device, out _);
    }
}
