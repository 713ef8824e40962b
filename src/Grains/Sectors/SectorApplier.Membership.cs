using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Zones;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Sectors;

/// <summary>Who is in the sector and what its territories give: entries that change who gets what comes after them, or how it is judged.</summary>
internal sealed partial class SectorApplier
{
    private async ValueTask RegisterAsync(RegisteredEntry entry, long offset)
    {
        var descriptor = entry.Descriptor;
        var device = book.Find(entry.Device);
        var (hasCome, brought, at) = (device is null, entry.Alarms, entry.ReceivedAt.ToMilliseconds());
        _effects.Registered(descriptor.Kind);
        if (device is null)
        {
            device = new SectorDevice
            {
                Id = entry.Device,
                Kind = descriptor.Kind,
                Contribution = new Contribution { Kind = descriptor.Kind, Status = DeviceStatus.Unknown },
                ChangedAt = offset,
            };
            book.Add(device);
        }

        device.Position = descriptor.Position;
        device.Subscriber = PersonalData.SubscriberOf(descriptor);
        device.Own = SilencePolicy.StatedBy(descriptor);
        device.HasNotedOwn = true;
        Link(device, DeviceLinks.Of(descriptor));
        alarms.Place(device, AlarmTopology.Of(descriptor));
        alarms.SetWorks(device, descriptor.Flag(AlarmTopology.UnderWorks), at, offset);

        // One that is here already, such as when the entry is told again, has its alarms.
        if (hasCome && alarms.Arrive(device, brought, rules.At(offset), at, offset))
        {
            rules.AlarmsChanged(entry.ReceivedAt);
        }

        entry = WithDefaults(entry with { Alarms = null }, offset);
        book.Expect(device, device.LastHeardAt, device.ExpectedSince, SilencePolicy.SilentAfter(descriptor, entry.Defaults.Of(descriptor.Kind)));
        book.Follow(device, DescriptorRules.CabinetHeard(descriptor));
        book.Zones.Place(device, ZonePlace.Of(descriptor));
        turn.Describe(rules.At(offset), descriptor);
        rules.Changed(entry.ReceivedAt);
        await HandToAsync(device, entry, offset);
        await DrainAsync();
        alarms.SettleArrived(device, at, offset);
        book.MarkChanged(device, offset);
    }

    /// <summary>Sensors of the surroundings are always looked at: others hang together with them.</summary>
    private void Link(SectorDevice device, DeviceLinks links, bool isGone = false)
    {
        var isLinked = !isGone && (!links.IsEmpty || device.Kind == DeviceKind.Environment);
        if (isLinked || device.IsLinked)
        {
            _effects.Linked(new LinkedDeviceRow(device.Id, device.Kind, isLinked ? sector : null, links));
        }

        device.IsLinked = isLinked;
    }

    /// <summary>One entry for all devices of the kinds that are given something else than before.</summary>
    private async ValueTask ConfigureAsync(ParametersEntry entry, long offset)
    {
        var former = book.Parameters.At(offset - 1);
        book.Parameters.Set(offset, entry.Defaults);
        var changed = Enum.GetValues<DeviceKind>().Where(kind => !former.Of(kind).SequenceEqual(entry.Defaults.Of(kind))).ToHashSet();
        foreach (var device in book.Devices.Where(device => changed.Contains(device.Kind)).ToArray())
        {
            await HandToAsync(device, entry, offset);
            if (_underWay.Count >= MaximumUnderWay)
            {
                await DrainAsync();
            }
        }

        await DrainAsync();
        _effects.Configured(changed);
    }

    /// <summary>With what its sector gives to a device as of an offset.</summary>
    private RegisteredEntry WithDefaults(RegisteredEntry entry, long offset)
    {
        var (defaults, held) = (book.Parameters.At(offset), rules.At(offset));
        return defaults.IsEmpty && held.Hash == 0 ? entry : entry with { Defaults = defaults, Rules = held };
    }

    private async ValueTask RemoveAsync(RemovedEntry entry, long offset)
    {
        // The grain is told even when the books have lost the device already: a replay after a crash must end the same way.
        var device = book.Find(entry.Device);
        var grain = device?.GrainBy(grains) ?? grains.Get(entry.Kind, entry.Device);
        var outcome = await grain.Apply(entry, new LogPosition(sector, offset), device?.Offset ?? 0);
        if (outcome.Disposition == Disposition.Behind && device is not null)
        {
            outcome = await CatchDeviceUpAsync(device, entry, offset, outcome.Offset);
        }

        _effects.Registered(entry.Kind);
        if (device is not null)
        {
            // Its alarms go with it.
            Carry(device, outcome.Effects.IsDefault ? [] : [.. outcome.Effects.Where(effect => effect is RuleAction)], entry, offset);
            Carry(device, turn.Leave(device, rules.At(offset), entry.ReceivedAt.ToMilliseconds(), offset), entry, offset);
            Link(device, default, isGone: true);
            if (entry.Moved)
            {
                alarms.Leave(device, entry, offset);
            }
            else
            {
                alarms.Remove(device, entry.ReceivedAt.ToMilliseconds(), offset);
            }

            book.Remove(device, offset);
            rules.Changed(entry.ReceivedAt);
        }
        else if (!entry.Moved)
        {
            // It was on its way, and is deleted before it has come anywhere.
            alarms.ForgetMoving([entry.Device], entry.Revision);
        }
    }
}
