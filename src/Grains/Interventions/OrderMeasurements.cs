using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Intake;
using Grid.Contracts.Interventions;
using Grid.Contracts.Sectors;
using Orleans;

namespace Grid.Grains.Interventions;

/// <summary>Asks sectors for what they know of the devices and the alarms of orders.</summary>
/// <param name="grains">Reaches sectors; asked for when it is needed.</param>
/// <param name="devices">Where devices are.</param>
internal sealed class OrderMeasurements(Func<IGrainFactory> grains, IDeviceDirectory devices)
{
    /// <summary>Devices at a glance and alarms, by key; what nobody knows is left out.</summary>
    public async Task<(Dictionary<string, DeviceGlance?> Glances, Dictionary<string, AlarmView> Alarms)> OfAsync(IReadOnlyCollection<WorkOrder> orders)
    {
        var glances = new Dictionary<string, DeviceGlance?>(StringComparer.Ordinal);
        var repaired = orders.Where(order => order.State == WorkOrderState.Repaired).Select(order => order.Request.Device).OfType<string>().Distinct(StringComparer.Ordinal);
        foreach (var group in BySector(repaired, device => devices.Find(device)?.Sector))
        {
            ImmutableArray<string> ids = [.. group];
            var answers = await Sector(group.Key).GetGlances(ids);
            for (var index = 0; index < ids.Length; index++)
            {
                glances[ids[index]] = answers[index];
            }
        }

        var alarms = new Dictionary<string, AlarmView>(StringComparer.Ordinal);
        foreach (var group in BySector(orders.Select(order => order.Request.Alarm).OfType<string>().Distinct(StringComparer.Ordinal), SectorOfAlarm))
        {
            foreach (var id in group)
            {
                if (await Sector(group.Key).GetAlarm(id) is { } alarm)
                {
                    alarms[id] = alarm;
                }
            }
        }

        return (glances, alarms);
    }

    private ISectorGrain Sector(string name) => grains().GetGrain<ISectorGrain>(name);

    private string? SectorOfAlarm(string alarm) => AlarmIds.TryParse(alarm, out var source, out _) ? AlarmIds.SectorOf(source) ?? devices.Find(source)?.Sector : null;

    private static IEnumerable<IGrouping<string, string>> BySector(IEnumerable<string> keys, Func<string, string?> sectorOf) =>
        keys.Select(key => (Key: key, Sector: sectorOf(key))).Where(item => item.Sector is not null).GroupBy(item => item.Sector!, item => item.Key, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal);
}
