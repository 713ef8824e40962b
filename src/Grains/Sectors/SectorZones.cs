using System.Collections.Immutable;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;
using Grid.Grains.Zones;

namespace Grid.Grains.Sectors;

/// <summary>Which devices of a sector are meters of which water zone.</summary>
internal sealed class SectorZones
{
    private readonly Dictionary<string, List<SectorDevice>> _byZone = new(StringComparer.Ordinal);

    /// <summary>A device is a meter of a zone from now on; of none for null.</summary>
    public void Place(SectorDevice device, ZonePlace? place)
    {
        if (device.Zone is { } former && _byZone.TryGetValue(former, out var list) && list.Remove(device) && list.Count == 0)
        {
            _byZone.Remove(former);
        }

        (device.Zone, device.ZoneRole) = (null, default);
        if (place is not { } at)
        {
            return;
        }

        if (!_byZone.TryGetValue(at.Zone, out var meters))
        {
            _byZone.Add(at.Zone, meters = []);
        }

        // One text for all its meters.
        (device.Zone, device.ZoneRole) = (meters.Count > 0 ? meters[0].Zone : at.Zone, at.Role);
        meters.Add(device);
    }

    /// <summary>The zones on a local day, by id.</summary>
    public ImmutableArray<ZonePartial> On(LocalDay day, LocalDay former, DateTimeOffset asOf, long now) =>
        [.. _byZone.OrderBy(zone => zone.Key, StringComparer.Ordinal).Select(zone => Of(zone.Key, zone.Value, day, former, asOf, now))];

    private static ZonePartial Of(string zone, List<SectorDevice> meters, LocalDay day, LocalDay former, DateTimeOffset asOf, long now)
    {
        var (inlets, outlets, customers, night, nights) = (default(ZoneSide), default(ZoneSide), default(ZoneSide), 0L, 0);
        foreach (var meter in meters)
        {
            var side = ZoneBalance.SideOf(ZoneBalance.AmountOf(meter.Contribution, day, former, meter.SilentAfter, now));
            switch (meter.ZoneRole)
            {
                case ZoneRole.Inlet:
                    inlets += side;
                    if (meter.Contribution.Zone?.NightOf(day.Day) is { } flow)
                    {
                        (night, nights) = (night + flow, nights + 1);
                    }

                    break;
                case ZoneRole.Outlet:
                    outlets += side;
                    break;
                default:
                    customers += side;
                    break;
            }
        }

        return new ZonePartial
        {
            Zone = zone,
            Inlets = inlets,
            Outlets = outlets,
            Customers = customers,
            NightMinimumMillilitresPerHour = night,
            InletsWithNight = nights,
            AsOf = asOf,
        };
    }
}
