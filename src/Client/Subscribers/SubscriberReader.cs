using Grid.Client.Alarms;
using Grid.Client.Devices;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;

namespace Grid.Client.Subscribers;

/// <summary>Finds what is registered of a person, with the newest values.</summary>
internal sealed class SubscriberReader(ISubscribers subscribers, IDeviceRegistry registry, IGridGrains grains, AlarmReader alarms, TimeProvider time)
{
    /// <summary>Null when no device is that person's.</summary>
    public async Task<SubscriberModel?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var devices = new List<SubscriberDeviceModel>();
        foreach (var key in subscribers.DevicesOf(id))
        {
            if (await registry.GetAsync(key, cancellationToken) is { Descriptor: var device })
            {
                var view = await grains.Device(device.Kind, key).GetView();
                devices.Add(new(
                    DevicePresenting.Present(device, view, await alarms.OfDeviceAsync(device.Id), withPersonal: true),
                    device.Text(PersonalData.LegalBasis),
                    device.Flag(PersonalData.Dwelling) ? device.Text(PersonalData.Granularity) ?? PersonalData.Daily : null));
            }
        }

        return devices.Count == 0 ? null : new SubscriberModel(id, time.GetUtcNow(), devices);
    }
}
