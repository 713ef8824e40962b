using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Grains.Intake;

/// <summary>Which devices exist, in memory. Written by the registrar only.</summary>
public sealed class DeviceDirectory : IDeviceDirectory
{
    private readonly ConcurrentDictionary<string, DeviceAddress> _devices = new(new DeviceKeyComparer());
    private readonly ConcurrentDictionary<DeviceAddress, DeviceAddress> _addresses = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc />
    public int Count => _devices.Count;

    /// <summary>Completes when the registry has been read: before, a device that is not found may exist all the same.</summary>
    public Task Loaded => _loaded.Task;

    /// <inheritdoc />
    public DeviceAddress? Find(string device) => _devices.GetValueOrDefault(device);

    /// <inheritdoc />
    public string? FindKey(ReadOnlySpan<byte> utf8) =>
        _devices.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(utf8, out var key, out _) ? key : null;

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

    internal void Set(DeviceRecord record)
    {
        var address = new DeviceAddress(record.Descriptor.Kind, record.Sector, record.Descriptor.Connector?.Type);
        _devices[record.Descriptor.Id] = _addresses.GetOrAdd(address, address);
    }

    internal void SetLoaded() => _loaded.TrySetResult();

    internal void Remove(string device) => _devices.TryRemove(device, out _);
}
