using Grid.Client;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// I3: after quiet, an alarm is active exactly when its condition holds, delays included, and there is one for each source and condition. I2 for what people did to them: each order that was
/// accepted stands once in the history of its alarm. I1 for their counts.
/// </summary>
internal static class AlarmsCheck
{
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(World world, GridProcess process)
    {
        var grains = process.Get<IGridGrains>();
        var byId = new Dictionary<string, AlarmView>(StringComparer.Ordinal);
        await foreach (var alarm in ListAsync(world, process))
        {
            if (!byId.TryAdd(alarm.Id, alarm) && alarm.IsActive && byId[alarm.Id].IsActive)
            {
                world.Violated("I3", $"{alarm.Id} is raised twice");
            }

            byId[alarm.Id] = byId[alarm.Id].IsActive ? byId[alarm.Id] : alarm;
        }

        await CompareWithConditionsAsync(world, grains, byId);
        await CompareWithOrdersAsync(world, grains);
    }

    /// <summary>The communes whose counts are not those of their sectors, which tell of a change a moment after it.</summary>
    public static async Task<IReadOnlyList<string>> FindCountsAsync(World world, GridProcess process)
    {
        var counts = new Dictionary<string, (long Unacknowledged, long Acknowledged, long Shelved)>(StringComparer.Ordinal);
        await foreach (var alarm in ListAsync(world, process))
        {
            var (unacknowledged, acknowledged, shelved) = counts.GetValueOrDefault(alarm.Commune);
            counts[alarm.Commune] = alarm.Parent is not null ? (unacknowledged, acknowledged, shelved) : alarm.State switch
            {
                AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged => (unacknowledged + 1, acknowledged, shelved),
                AlarmState.Acknowledged => (unacknowledged, acknowledged + 1, shelved),
                AlarmState.Shelved => (unacknowledged, acknowledged, shelved + 1),
                _ => (unacknowledged, acknowledged, shelved),
            };
        }

        var wrong = new List<string>();
        foreach (var commune in world.Communes)
        {
            var figures = (await process.Grains.GetGrain<Contracts.Territories.ICommuneGrain>(commune.InseeCode).GetPartial()).Figures.Kinds;
            var summed = (figures.Sum(kind => kind.AlarmsUnacknowledged), figures.Sum(kind => kind.AlarmsAcknowledged), figures.Sum(kind => kind.AlarmsShelved));
            if (summed != counts.GetValueOrDefault(commune.InseeCode))
            {
                wrong.Add($"commune:{commune.InseeCode} counts alarms as {summed}, its sectors hold {counts.GetValueOrDefault(commune.InseeCode)}");
            }
        }

        return wrong;
    }

    private static async IAsyncEnumerable<AlarmView> ListAsync(World world, GridProcess process)
    {
        foreach (var sector in world.Registry.Devices.Values.Select(record => record.Sector).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            foreach (var alarm in await process.Get<IGridGrains>().Sector(sector).GetAlarms(new AlarmFilter { States = (1 << 7) - 1, WithChildren = true, Limit = int.MaxValue }))
            {
                yield return alarm;
            }
        }
    }

    private static async Task CompareWithConditionsAsync(World world, IGridGrains grains, Dictionary<string, AlarmView> alarms)
    {
        var now = world.Clock.GetUtcNow();
        foreach (var record in world.Registry.Devices.Values)
        {
            var id = record.Descriptor.Id;
            var holding = (await grains.Device(record.Descriptor.Kind, id).GetView()).Conditions;
            foreach (var condition in holding)
            {
                var delay = AlarmCatalog.Find(condition.Condition)?.OnDelay ?? default;
                if (!(alarms.GetValueOrDefault(AlarmIds.Of(id, condition.Condition))?.IsActive == true) && (delay == default || condition.Since + delay + Slack < now))
                {
                    world.Violated("I3", $"{id} is in {condition.Condition} since {condition.Since:HH:mm:ss} and no alarm is raised");
                }
            }

            foreach (var alarm in alarms.Values.Where(alarm => alarm.Source == id && alarm.IsActive && alarm.RaisedAt > DateTimeOffset.UnixEpoch && !alarm.Condition.StartsWith(AlarmIds.RulePrefix, StringComparison.Ordinal)))
            {
                // What is found of several devices, and what still has to last before it returns, is no condition of the device now.
                if (alarm.Condition is not (AlarmCatalog.FeedFailure or "supplyOutage" or "floodExposure" or "usedWhileClosed")
                    && AlarmCatalog.Find(alarm.Condition)?.OffDelay == default(TimeSpan)
                    && holding.All(condition => condition.Condition != alarm.Condition))
                {
                    world.Violated("I3", $"alarm {alarm.Id} is active since {alarm.LastAt:HH:mm:ss} and its condition does not hold");
                }
            }
        }
    }

    /// <summary>Where its device is now, an alarm has what people ordered where it was then, once. With a device that was deleted its alarms end where they are.</summary>
    private static async Task CompareWithOrdersAsync(World world, IGridGrains grains)
    {
        var deleted = world.Journal.Entries().Where(item => item.Entry is RemovedEntry { Moved: false }).Select(item => item.Entry.Device).ToHashSet(StringComparer.Ordinal);
        foreach (var order in world.AlarmOperators.Accepted)
        {
            var record = AlarmIds.TryParse(order.Alarm, out var source, out _) ? world.Registry.Devices.GetValueOrDefault(source) : null;
            if (await grains.Sector(record?.Sector ?? order.Sector).GetAlarm(order.Alarm) is not { } alarm)
            {
                if (record is not null && record.Sector != order.Sector && world.Journal.Keeps(order.Sector) && world.Journal.Keeps(record.Sector) && !deleted.Contains(source))
                {
                    world.Violated("I2", $"{order.Id} to {order.Alarm} was accepted in {order.Sector}, and its device has come to {record.Sector} without it");
                }
            }
            else if (alarm.History.Length < AlarmView.MaximumHistory && alarm.History.Count(one => one.Note == order.Id) is not 1 and var times && !(times == 0 && deleted.Contains(source)))
            {
                // Of an alarm with a long history the oldest events are forgotten.
                world.Violated("I2", $"{order.Id} to {order.Alarm} was accepted, and stands {times} times in its history");
            }
        }
    }
}
