using System.Collections.Immutable;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Orleans;

namespace Grid.Grains.CrossTrade;

/// <summary>Asks sectors when devices were heard, and devices what they show: only those of which a rule may ask. Bounded calls at a time.</summary>
internal sealed class LinkedDevices(IGrainFactory grains)
{
    private const int Together = 256;

    public async Task<ImmutableArray<LinkedDevice>> ReadAsync(ImmutableArray<LinkedDeviceRow> rows, DateTimeOffset now)
    {
        var glances = new Dictionary<string, DeviceGlance>(StringComparer.Ordinal);
        foreach (var sector in rows.GroupBy(row => row.Sector!, StringComparer.Ordinal))
        {
            ImmutableArray<string> ids = [.. sector.Select(row => row.Id)];
            var answers = await grains.GetGrain<ISectorGrain>(sector.Key).GetGlances(ids);
            for (var index = 0; index < ids.Length; index++)
            {
                if (answers[index] is { } glance)
                {
                    glances[ids[index]] = glance;
                }
            }
        }

        // Where all on a supply were heard in time and none is in a fault, nothing is asked of them.
        var suspect = rows
            .Where(row => row.Links.Supply is not null && glances.TryGetValue(row.Id, out var glance) && (glance.Status == DeviceStatus.Fault || glance.ExpectedSince + IntervalOf(glance) < now))
            .Select(row => row.Links.Supply!)
            .ToHashSet(StringComparer.Ordinal);

        // Sensors and buildings that others name need no link of their own, and a sensor may be that of a commune upstream.
        var asked = rows
            .Where(row => row.Kind == DeviceKind.Environment || row.Links.Building is not null || (row.Links.Supply is { } supply && suspect.Contains(supply)))
            .Select(row => (row.Kind, row.Id))
            .Concat(rows.Select(row => row.Links.ExposedTo).OfType<string>().Select(id => (Kind: DeviceKind.Environment, Id: id)))
            .Concat(rows.Select(row => row.Links.Building).OfType<string>().Select(id => (Kind: DeviceKind.Building, Id: id)))
            .Distinct()
            .ToArray();
        var views = new Dictionary<string, DeviceView>(StringComparer.Ordinal);
        foreach (var part in asked.Chunk(Together))
        {
            var calls = new ValueTask<DeviceView>[part.Length];
            for (var index = 0; index < part.Length; index++)
            {
                calls[index] = grains.Get(part[index].Kind, part[index].Id).GetView();
            }

            for (var index = 0; index < part.Length; index++)
            {
                views[part[index].Id] = await calls[index];
            }
        }

        var here = rows.ToDictionary(row => row.Id, StringComparer.Ordinal);
        return
        [
            .. rows.Where(row => glances.ContainsKey(row.Id)).Select(row => Linked(row, glances[row.Id], views.GetValueOrDefault(row.Id))),
            .. asked.Where(one => !here.ContainsKey(one.Id)).Select(one => new LinkedDevice { Id = one.Id, Kind = one.Kind, Interval = TimeSpan.Zero, View = views[one.Id] }),
        ];
    }

    private static LinkedDevice Linked(LinkedDeviceRow row, DeviceGlance glance, DeviceView? view) => new()
    {
        Id = row.Id,
        Kind = row.Kind,
        Links = row.Links,
        ExpectedSince = glance.SilentAfter is null ? null : glance.ExpectedSince,
        Interval = IntervalOf(glance),
        View = view,
    };

    private static TimeSpan IntervalOf(DeviceGlance glance) => glance.Interval > SupplyOutageRule.LeastInterval ? glance.Interval : SupplyOutageRule.LeastInterval;
}
