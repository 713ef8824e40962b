using System.Collections.Concurrent;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;

namespace Grid.Grains.Intake;

/// <summary>Which devices exist, in memory. Written by the registrar only.</summary>
public sealed class DeviceDirectory : IDeviceDirectory
{
    private readonly ConcurrentDictionary<string, DeviceAddress> _devices = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<DeviceAddress, DeviceAddress> _addresses = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Of the few that have one: where their index starts again from 0.
    private readonly ConcurrentDictionary<string, double> _indexMaximums = new(StringComparer.Ordinal);

    // Of the few that are a person's: whose.
    private readonly ConcurrentDictionary<string, string> _subscribers = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public int Count => _devices.Count;

    /// <summary>Completes when the registry has been read: before, a device that is not found may exist all the same.</summary>
    public Task Loaded => _loaded.Task;

    /// <inheritdoc />
    public DeviceAddress? Find(string device) => _devices.GetValueOrDefault(device);

    internal void Set(DeviceRecord record)
    {
        var address = new DeviceAddress(record.Descriptor.Kind, record.Sector, record.Descriptor.Connector?.Type);
        if (record.Descriptor.Number(SharedAttributes.IndexMaximum.Name) is { } maximum)
        {
            _indexMaximums[record.Descriptor.Id] = maximum;
        }
        else
        {
            _indexMaximums.TryRemove(record.Descriptor.Id, out _);
        }

        if (PersonalData.SubscriberOf(record.Descriptor) is { } subscriber)
        {
            _subscribers[record.Descriptor.Id] = subscriber;
        }
        else
        {
            _subscribers.TryRemove(record.Descriptor.Id, out _);
        }

        _devices[record.Descriptor.Id] = _addresses.GetOrAdd(address, address);
    }

    /// <summary>Whose the device is; null when it is nobody's.</summary>
    internal string? SubscriberOf(string device) => _subscribers.GetValueOrDefault(device);

    internal void SetLoaded() => _loaded.TrySetResult();

    /// <summary>Where the device's index starts again from 0, in its unit; 0 when it never does.</summary>
    internal double IndexMaximumOf(string device) => _indexMaximums.GetValueOrDefault(device);

    internal void Remove(string device)
    {
        _devices.TryRemove(device, out _);
        _indexMaximums.TryRemove(device, out _);
        _subscribers.TryRemove(device, out _);
    }
}
