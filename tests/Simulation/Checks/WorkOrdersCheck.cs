using Grid.Client;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// I2 for work orders: each that was answered is there, once, and so is each thing that was done to one; an alarm has one that has not ended; each went from state to state as it may, and what it is
/// shows where its history ends; numbers have no gap, and what a commune counts is what it lists. I3: an order knows whether its alarm holds.
/// </summary>
internal static class WorkOrdersCheck
{
    // From where each verb may come; where it leads follows from the verb, or is where the order was.
    private static readonly Dictionary<WorkOrderVerb, WorkOrderState[]> From = new()
    {
        [WorkOrderVerb.Assign] = [WorkOrderState.Open, WorkOrderState.Assigned, WorkOrderState.Reopened, WorkOrderState.Paused],
        [WorkOrderVerb.Pause] = [WorkOrderState.Open, WorkOrderState.Assigned, WorkOrderState.Reopened],
        [WorkOrderVerb.Resume] = [WorkOrderState.Paused],
        [WorkOrderVerb.Arrive] = [WorkOrderState.Open, WorkOrderState.Assigned, WorkOrderState.Reopened],
        [WorkOrderVerb.Leave] = Enum.GetValues<WorkOrderState>(),
        [WorkOrderVerb.Repair] = [WorkOrderState.Open, WorkOrderState.Assigned, WorkOrderState.Reopened],
        [WorkOrderVerb.Close] = [WorkOrderState.Repaired],
        [WorkOrderVerb.Reopen] = [WorkOrderState.Repaired, WorkOrderState.Closed],
        [WorkOrderVerb.Cancel] = [WorkOrderState.Open, WorkOrderState.Assigned, WorkOrderState.Reopened, WorkOrderState.Paused, WorkOrderState.Repaired],
        [WorkOrderVerb.Prioritise] = [WorkOrderState.Open, WorkOrderState.Assigned, WorkOrderState.Reopened, WorkOrderState.Paused],
        [WorkOrderVerb.Confirm] = [WorkOrderState.Repaired],
        [WorkOrderVerb.Doubt] = [WorkOrderState.Repaired],
        [WorkOrderVerb.Recur] = [WorkOrderState.Repaired, WorkOrderState.Closed],
        [WorkOrderVerb.Vanish] = [WorkOrderState.Open, WorkOrderState.Assigned, WorkOrderState.Reopened],
    };

    private static readonly Dictionary<WorkOrderVerb, WorkOrderState> To = new()
    {
        [WorkOrderVerb.Pause] = WorkOrderState.Paused,
        [WorkOrderVerb.Repair] = WorkOrderState.Repaired,
        [WorkOrderVerb.Close] = WorkOrderState.Closed,
        [WorkOrderVerb.Confirm] = WorkOrderState.Closed,
        [WorkOrderVerb.Vanish] = WorkOrderState.Closed,
        [WorkOrderVerb.Reopen] = WorkOrderState.Reopened,
        [WorkOrderVerb.Doubt] = WorkOrderState.Reopened,
        [WorkOrderVerb.Recur] = WorkOrderState.Reopened,
        [WorkOrderVerb.Cancel] = WorkOrderState.Cancelled,
    };

    /// <summary>Every order, by commune and number.</summary>
    public static async Task<List<WorkOrder>> ListAsync(World world, GridProcess process)
    {
        var orders = new List<WorkOrder>();
        foreach (var commune in world.Communes)
        {
            orders.AddRange((await process.Grains.GetGrain<IWorkOrdersGrain>(commune.InseeCode).List(new WorkOrderQuery { Limit = int.MaxValue })).OrderBy(order => order.Number));
        }

        return orders;
    }

    /// <summary>Everything that is not as it must be.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(World world, GridProcess process)
    {
        var wrong = new List<string>();
        var orders = await ListAsync(world, process);
        var byId = orders.ToLookup(order => order.Id, StringComparer.Ordinal);
        foreach (var opened in world.Fitters.Opened)
        {
            var own = orders.Where(order => order.Request.Key == opened.Request.Key).ToList();
            if (byId[opened.Order].Count() != 1 || own.Count > 1 || (own.Count == 1 && own[0].Id != opened.Order) || (own.Count == 0 && opened.Request.Alarm is null))
            {
                wrong.Add($"{opened.Request.Key} was answered with order {opened.Order}, which is there {byId[opened.Order].Count()} times; under its key are {string.Join(", ", own.Select(order => order.Id))}");
            }
        }

        foreach (var told in world.Fitters.Steps)
        {
            var times = byId[told.Order].SelectMany(order => order.History).Count(step => step.Key == told.Action.Key && step.Verb == told.Action.Verb);
            if (times != 1 && byId[told.Order].All(order => order.History.Length < Grains.Interventions.WorkOrderRules.MaximumSteps))
            {
                wrong.Add($"{told.Action.Verb} of {told.Order} under {told.Action.Key} was answered, and stands {times} times in its history");
            }
        }

        foreach (var order in orders)
        {
            wrong.AddRange(Judge(order).Select(what => $"order {order.Id} {what}"));
        }

        foreach (var same in orders.Where(order => order is { IsEnded: false, Request.Alarm: not null }).GroupBy(order => (order.Request.Commune, order.Request.Alarm)).Where(same => same.Count() > 1))
        {
            wrong.Add($"alarm {same.Key.Alarm} has orders {string.Join(", ", same.Select(order => order.Id))} that have not ended");
        }

        await CompareCountsAsync(world, process, orders, wrong);
        await CompareAlarmsAsync(world, process, orders, wrong);
        return wrong;
    }

    private static IEnumerable<string> Judge(WorkOrder order)
    {
        if (order.History[0].Verb != WorkOrderVerb.Open || order.Version < order.History.Length)
        {
            yield return $"begins with {order.History[0].Verb}, and has version {order.Version} after {order.History.Length} steps";
        }

        var (state, pausedFrom) = (order.History[0].State, order.History[0].State);
        foreach (var step in order.History.Skip(1))
        {
            var next = step.Verb switch
            {
                WorkOrderVerb.Assign => state == WorkOrderState.Paused ? state : WorkOrderState.Assigned,
                WorkOrderVerb.Resume => pausedFrom,
                _ => To.GetValueOrDefault(step.Verb, state),
            };
            if (!From.TryGetValue(step.Verb, out var allowed) || !allowed.Contains(state) || step.State != next)
            {
                yield return $"went by {step.Verb} from {state} to {step.State}";
            }

            pausedFrom = step.Verb switch
            {
                WorkOrderVerb.Pause => state,
                WorkOrderVerb.Assign => WorkOrderState.Assigned,
                _ => pausedFrom,
            };
            state = step.State;
        }

        if (order.State != state)
        {
            yield return $"is {order.State}, and its history ends with {state}";
        }

        if (order.History.Where(step => step.Key is not null).GroupBy(step => step.Key, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            yield return $"has {twice.Key} {twice.Count()} times in its history";
        }
    }

    private static async Task CompareCountsAsync(World world, GridProcess process, List<WorkOrder> orders, List<string> wrong)
    {
        var places = await process.Grains.GetGrain<IWorkOrderPlacesGrain>(IWorkOrderPlacesGrain.Key).List();
        foreach (var commune in world.Communes)
        {
            var grain = process.Grains.GetGrain<IWorkOrdersGrain>(commune.InseeCode);
            var own = orders.Where(order => order.Request.Commune == commune.InseeCode).ToList();
            if (!own.Select(order => order.Number).SequenceEqual(Enumerable.Range(1, own.Count).Select(number => (long)number)))
            {
                wrong.Add($"commune {commune.InseeCode} has orders {string.Join(", ", own.Select(order => order.Number))}");
            }

            // A commune that was noted may have none: it died before its first.
            if (own.Count > 0 && !places.Contains(commune.InseeCode))
            {
                wrong.Add($"commune {commune.InseeCode} has {own.Count} orders and is not among those that have any");
            }

            var delays = await grain.GetDelays(DeviceKinds.All, SimulationOptions.Start);
            var (count, pending) = (own.Count(order => order.State != WorkOrderState.Cancelled), own.Count(order => !order.IsEnded && order.State != WorkOrderState.Repaired));
            if ((delays.Sum(delay => delay.Count), delays.Sum(delay => delay.Pending)) != (count, pending))
            {
                wrong.Add($"commune {commune.InseeCode} counts {delays.Sum(delay => delay.Count)} orders, {delays.Sum(delay => delay.Pending)} to be repaired, and lists {count} and {pending}");
            }
        }
    }

    private static async Task CompareAlarmsAsync(World world, GridProcess process, List<WorkOrder> orders, List<string> wrong)
    {
        foreach (var order in orders.Where(order => order is { IsEnded: false, Request.Alarm: not null }))
        {
            // An alarm that went with its device tells nothing any more.
            if (order.Request.Device is { } device && world.Registry.Devices.GetValueOrDefault(device) is { } record
                && await process.Get<IGridGrains>().Sector(record.Sector).GetAlarm(order.Request.Alarm!) is { } alarm && alarm.RaisedAt > DateTimeOffset.UnixEpoch
                && record.Descriptor.Commune == order.Request.Commune)
            {
                if (order.IsAlarmActive != alarm.IsActive)
                {
                    wrong.Add($"order {order.Id} takes its alarm {alarm.Id} for {(order.IsAlarmActive == true ? "active" : "over")} as of {order.AlarmAt:HH:mm:ss}; it is not since {(alarm.IsActive ? alarm.LastAt : alarm.ClearedAt):HH:mm:ss}");
                }

                if (order.State == WorkOrderState.Repaired && !alarm.IsActive)
                {
                    wrong.Add($"order {order.Id} is repaired and its alarm is over, and it is not closed");
                }
            }
        }
    }
}
