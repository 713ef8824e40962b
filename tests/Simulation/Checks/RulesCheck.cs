using Grid.Client;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Grains.Devices;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// I2 and I3 for the rules that operators wrote. Each sector follows what was answered as published, and nothing else. What rules of devices decided follows from what was acknowledged
/// (<see cref="Shadows"/>), when they began from what they mean (<see cref="NaiveRules"/>): each of it is done, once, and nothing else is. An alarm of a rule is active exactly while it holds.
/// </summary>
internal sealed partial class RulesCheck
{
    // A clock that was wrong, and what moves the time of a device between two of its reports.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan DeliveredWithin = TimeSpan.FromMinutes(15);

    private readonly World _world;
    private readonly GridProcess _process;
    private readonly List<string> _wrong = [];
    private readonly Shadows _shadows;

    // What rules for communes decided is not in a log: their state is where it became durable.
    private readonly IReadOnlyList<Decision> _decisions;
    private readonly NaiveRules _naive;
    private readonly Dictionary<string, AlarmView> _alarms = new(StringComparer.Ordinal);
    private readonly HashSet<(string Device, string Condition)> _cleared = [];
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    // Sectors that may have had more refused than they remember.
    private readonly HashSet<string> _forgetful = new(StringComparer.Ordinal);

    private RulesCheck(World world, GridProcess process)
    {
        (_world, _process, _shadows, _naive) = (world, process, Shadows.Of(world, process), NaiveRules.Over(world));
        _decisions =
        [
            .. _shadows.Decisions,
            .. world.Grains.Decided.Select(decided => new Decision(
                AlarmIds.SectorOf(decided.Task.Device)!, decided.Task.Device, default, (RuleAction?)decided.Task.WorkOrder ?? decided.Task.Notification ?? (RuleAction?)decided.Task.Flag ?? decided.Task.Command)),
        ];
    }

    /// <summary>Everything that is not as it must be.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(World world, GridProcess process)
    {
        var check = new RulesCheck(world, process);
        await check.CompareVersionsAsync();
        await check.ReadAlarmsAsync();
        check.CompareAlarms();
        check.CompareBeginnings();
        await check.ReadRefusalsAsync();
        check.CompareCommands();
        check.CompareNotifications();
        await check.CompareOrdersAsync();
        await check.CompareFlagsAsync();
        await check.CompareNeighboursAsync();
        await check.CompareCommunesAsync();
        check.CompareDone();
        return check._wrong;
    }

    private async Task CompareVersionsAsync()
    {
        foreach (var sector in _world.Registry.Devices.Values.Select(record => record.Sector).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var held = (await _process.Get<IGridGrains>().Sector(sector).GetRules()).Rules.ToDictionary(rule => rule.Id, rule => (Version: (long?)rule.Version, rule.Kinds), StringComparer.Ordinal);
            foreach (var id in held.Keys.Union(_world.Writers.Known.Keys, StringComparer.Ordinal))
            {
                var published = _world.Writers.Known.GetValueOrDefault(id) is { } view ? view.Versions.FirstOrDefault(version => version.Version == view.Published) : null;
                var kinds = published is null ? DeviceKinds.None : KindsOf(published.Scope, sector);
                var expected = kinds == DeviceKinds.None ? default : (Version: (long?)published!.Version, Kinds: kinds);
                if (held.GetValueOrDefault(id) != expected)
                {
                    _wrong.Add($"sector {sector} follows version {held.GetValueOrDefault(id)} of {id}; published for it is {expected} ({published?.Scope})");
                }
            }
        }
    }

    /// <summary>The kinds for which a scope is competent in a sector today.</summary>
    private DeviceKinds KindsOf(string scope, string sector)
    {
        var commune = SectorMap.CommuneOf(sector);
        return scope.Split(':') switch
        {
            ["all"] => DeviceKinds.All,
            ["department", var code] => code == _world.Options.Department ? DeviceKinds.All : DeviceKinds.None,
            ["commune", var insee] => insee == commune ? DeviceKinds.All : DeviceKinds.None,
            ["device", var id] => _world.Registry.Devices.GetValueOrDefault(id)?.Sector == sector ? DeviceKinds.All : DeviceKinds.None,
            ["syndicate", var siren] => ParametersCheck.MembersToday(_world, commune).Where(member => member.Body == siren).Aggregate(DeviceKinds.None, (kinds, member) => kinds | member.Kinds),
            _ => throw new InvalidOperationException($"Nobody writes rules for {scope}."),
        };
    }

    private async Task ReadAlarmsAsync()
    {
        var sectors = _world.Registry.Devices.Values.Select(record => record.Sector).Concat(_world.Communes.Select(commune => SectorMap.SectorsOf(commune.InseeCode, commune.Population)[0]));
        foreach (var sector in sectors.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            foreach (var alarm in await _process.Get<IGridGrains>().Sector(sector).GetAlarms(new AlarmFilter { States = (1 << 7) - 1, WithChildren = true, Limit = int.MaxValue }))
            {
                if (alarm.IsActive && alarm.Condition.StartsWith(AlarmIds.RulePrefix, StringComparison.Ordinal))
                {
                    _alarms[alarm.Id] = alarm;
                }
            }
        }
    }

    private void CompareAlarms()
    {
        var decided = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var decision in _shadows.Decisions)
        {
            if (decision.Effect is RuleAlarm alarm)
            {
                decided[AlarmIds.Of(decision.Device, alarm.Condition)] = alarm.Active;
                if (!alarm.Active && alarm.Condition != AlarmIds.RulePrefix + alarm.Rule)
                {
                    _cleared.Add((decision.Device, alarm.Condition));
                }
            }
            else if (decision.Effect is null)
            {
                foreach (var id in decided.Keys.Where(id => AlarmIds.TryParse(id, out var source, out _) && source == decision.Device).ToArray())
                {
                    decided.Remove(id);
                }
            }
        }

        var active = _alarms.Values.Where(alarm => IsOfDevices(RuleOf(alarm))).Select(alarm => alarm.Id).ToHashSet(StringComparer.Ordinal);
        var held = decided.Where(alarm => alarm.Value).Select(alarm => alarm.Key).ToHashSet(StringComparer.Ordinal);
        Compare(active, held, "by what was acknowledged");

        // The same by what the rules mean, where none ended the alarm of another.
        var means = _naive.Holdings.Where(holding => holding.To is null && _world.Writers.DrawOf(holding.Rule, holding.Version).Raises)
            .Select(holding => (holding.Device, Condition: AlarmIds.RulePrefix + holding.Rule)).Where(alarm => !_cleared.Contains(alarm)).Select(alarm => AlarmIds.Of(alarm.Device, alarm.Condition));
        var evaluated = _naive.Devices.ToHashSet(StringComparer.Ordinal);
        var judged = _alarms.Values.Where(alarm => active.Contains(alarm.Id) && evaluated.Contains(alarm.Source) && !_cleared.Contains((alarm.Source, alarm.Condition))).Select(alarm => alarm.Id);
        Compare([.. judged], [.. means], "by what its rule means");
    }

    private void Compare(HashSet<string> active, HashSet<string> held, string how)
    {
        foreach (var id in active.Except(held).Order(StringComparer.Ordinal))
        {
            _wrong.Add($"alarm {id} is active since {_alarms[id].LastAt:HH:mm:ss}, and {how} it must not be");
        }

        foreach (var id in held.Except(active).Order(StringComparer.Ordinal))
        {
            _wrong.Add($"alarm {id} is not active, and {how} it must be");
        }
    }

    /// <summary>What was decided began when it must have by what the rules mean.</summary>
    private void CompareBeginnings()
    {
        var begun = _shadows.Decisions.Select(decision => (decision.Device, Began: BeganBy(decision.Effect))).Where(item => item.Began is not null)
            .Select(item => (item.Began!.Value.Rule, item.Device, item.Began.Value.At)).Distinct().ToLookup(item => (item.Rule, item.Device), item => item.At);
        var meant = _naive.Holdings.ToLookup(holding => (holding.Rule, holding.Device));
        foreach (var holding in _naive.Holdings.Where(holding => (holding.To ?? DateTimeOffset.MaxValue) - holding.FromAtLatest > 2 * Tolerance))
        {
            if (!begun[(holding.Rule, holding.Device)].Any(at => at >= holding.From - Tolerance && at <= holding.FromAtLatest + Tolerance))
            {
                _wrong.Add($"{holding.Rule} version {holding.Version} must have begun on {holding.Device} at {holding.From:HH:mm:ss}, and did not");
            }
        }

        foreach (var (rule, device) in begun.Select(group => group.Key).Where(key => _naive.Devices.Contains(key.Device)))
        {
            foreach (var at in begun[(rule, device)].Where(at => !meant[(rule, device)].Any(holding => holding.From <= at + Tolerance && !(holding.To < at - Tolerance))))
            {
                _wrong.Add($"{rule} began on {device} at {at:HH:mm:ss}, and it did not hold there");
            }
        }
    }

    private static (string Rule, DateTimeOffset At)? BeganBy(DeviceEffect? effect) => effect switch
    {
        RuleAlarm alarm when alarm.Active || alarm.Condition != AlarmIds.RulePrefix + alarm.Rule => (alarm.Rule, alarm.At),
        RuleFlag { IsSet: false } => null,
        RuleAction action => (action.Rule, action.At),
        _ => null,
    };

    private async Task ReadRefusalsAsync()
    {
        foreach (var sector in _decisions.Select(decision => decision.Sector).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var refused = await _process.Grains.GetGrain<IRuleActionsGrain>(sector).GetRefused();
            _refused.UnionWith(refused.Select(refusal => HashOf(refusal.Id)));
            if (refused.Length == RuleRefusal.Remembered)
            {
                _forgetful.Add(sector);
            }
        }
    }

    /// <summary>Each that was decided is given once or refused once, and no other is given.</summary>
    private void CompareCommands()
    {
        var given = _world.Grains.Records.Where(record => record.Key.State is "command" or "group").Select(record => record.Key.Grain.Key.ToString()!)
            .Where(id => id.StartsWith("rule-", StringComparison.Ordinal)).ToLookup(HashOf, StringComparer.Ordinal);
        var decided = Decided<RuleCommand>().ToList();
        foreach (var (decision, command) in decided)
        {
            if (given[HashOf(command.Id)].Distinct(StringComparer.Ordinal).Count() > 1)
            {
                _wrong.Add($"command of {command.Rule} to {decision.Device} was given as {string.Join(" and ", given[HashOf(command.Id)])}");
            }

            // One that would close a loop, or that a device or a group cannot do, is refused, and people can ask for the reason.
            if (given.Contains(HashOf(command.Id)) == _refused.Contains(HashOf(command.Id)) && !_forgetful.Contains(decision.Sector))
            {
                _wrong.Add($"{command.Rule} decided at {command.At:HH:mm:ss} to command {decision.Device} ({command.Receivers}), and {command.Id} was {(given.Contains(HashOf(command.Id)) ? "given and refused" : "neither given nor refused")}");
            }
        }

        var hashes = decided.Select(item => HashOf(item.Action.Id)).ToHashSet(StringComparer.Ordinal);
        foreach (var more in given.Where(id => !hashes.Contains(id.Key)))
        {
            _wrong.Add($"command {more.First()} was given and no rule decided it");
        }
    }

    private void CompareNotifications()
    {
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (decision, notification) in Decided<RuleNotification>())
        {
            var id = NotificationIds.Of("rule", notification.Id);
            expected.Add(id);
            var row = _world.Notifications.Rows.GetValueOrDefault(id);
            var isAsItMustBe = row?.State switch
            {
                NotificationState.Delivered => _world.Pagers.TakenTimes.GetValueOrDefault(id) > 0,
                NotificationState.Pending => _world.Clock.GetUtcNow() - row.Notification.CreatedAt <= DeliveredWithin,
                _ => false,
            };
            if (!isAsItMustBe)
            {
                _wrong.Add($"{notification.Rule} decided at {notification.At:HH:mm:ss} to tell of {decision.Device}, and that notification is {row?.State.ToString() ?? "not there"}");
            }
        }

        foreach (var row in _world.Notifications.Rows.Values.Where(row => row.Notification.Endpoint == Field.RuleWriters.Endpoint && !expected.Contains(row.Notification.Id)))
        {
            _wrong.Add($"{row.Notification.Fields["rule"]} told of {row.Notification.Fields.GetValueOrDefault("device") ?? row.Notification.Fields["commune"]}, and did not decide it");
        }
    }

    private async Task CompareOrdersAsync()
    {
        var orders = await WorkOrdersCheck.ListAsync(_world, _process);
        var byKey = orders.Where(order => order.Request is { Origin: WorkOrderOrigin.Rule, Key: not null }).ToLookup(order => order.Request.Key!, StringComparer.Ordinal);
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (decision, order) in Decided<RuleWorkOrder>())
        {
            expected.Add(order.Id);

            // Where the rule alarms too there may be an order of that alarm already: then it is that one.
            var alarm = AlarmIds.Of(decision.Device, AlarmIds.RulePrefix + order.Rule);
            var isThere = byKey.Contains(order.Id) || orders.Any(other => other.Request.Alarm == alarm);
            if (!isThere)
            {
                _wrong.Add($"{order.Rule} decided at {order.At:HH:mm:ss} to have {decision.Device} seen to, and there is no order {order.Id}");
            }
        }

        foreach (var same in byKey)
        {
            if (same.Count() > 1)
            {
                _wrong.Add($"{same.Key} of {same.First().Request.By} has {same.Count()} orders: {string.Join(", ", same.Select(order => order.Id))}");
            }

            if (!expected.Contains(same.Key) && !IsOfNeighbours(same.First().Request.By))
            {
                _wrong.Add($"order {same.First().Id} is of {same.First().Request.By}, which did not decide it");
            }
        }
    }

    private async Task CompareFlagsAsync()
    {
        var up = new HashSet<(string Commune, string Flag, string Device)>();
        foreach (var decision in _decisions)
        {
            var commune = SectorMap.CommuneOf(decision.Sector);
            if (decision.Effect is RuleFlag flag)
            {
                _ = flag.IsSet ? up.Add((commune, flag.Name, decision.Device)) : up.Remove((commune, flag.Name, decision.Device));
            }
            else if (decision.Effect is null)
            {
                up.RemoveWhere(item => item.Device == decision.Device);
            }
        }

        foreach (var commune in _world.Communes)
        {
            var flags = await _process.Grains.GetGrain<ICommuneFlagsGrain>(commune.InseeCode).Get();
            var expected = up.Where(item => item.Commune == commune.InseeCode).CountBy(item => item.Flag).ToDictionary(StringComparer.Ordinal);
            foreach (var neighbours in _alarms.Values.Where(alarm => alarm.Commune == commune.InseeCode && IsOfNeighbours(RuleOf(alarm)) && FollowedBy(RuleOf(alarm))?.Flag is not null))
            {
                var flag = FollowedBy(RuleOf(neighbours))!.Flag!;
                expected[flag] = expected.GetValueOrDefault(flag) + (_cleared.Contains((neighbours.Source, neighbours.Condition)) ? 0 : 1);
            }

            foreach (var name in flags.Keys.Union(expected.Keys, StringComparer.Ordinal).Where(name => flags.GetValueOrDefault(name) != expected.GetValueOrDefault(name)))
            {
                if (!IsOfNeighbours(name) || _cleared.All(item => !IsOfNeighbours(item.Condition)))
                {
                    _wrong.Add($"commune {commune.InseeCode} shows {flags.GetValueOrDefault(name)} for {name}; {expected.GetValueOrDefault(name)} devices hold it up");
                }
            }
        }
    }

    /// <summary>Nothing was carried out that was not decided.</summary>
    private void CompareDone()
    {
        var decided = _decisions.Select(decision => decision.Effect).OfType<RuleAction>().Select(action => action.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, task) in _world.Writers.Done.Where(done => !decided.Contains(done.Key)))
        {
            var action = task.WorkOrder ?? task.Notification ?? (RuleAction?)task.Flag;
            if (action is not null && !IsOfNeighbours(action.Rule))
            {
                _wrong.Add($"{id} of {action.Rule} on {task.Device} was carried out, and it did not decide it");
            }
        }

        foreach (var (decision, action) in Decided<RuleAction>().Where(item => item.Action is not RuleCommand && !_world.Writers.Done.ContainsKey(item.Action.Id)))
        {
            _wrong.Add($"{action.Rule} decided at {action.At:HH:mm:ss} a {action.GetType().Name} for {decision.Device}, and {action.Id} was not carried out");
        }
    }

    private Field.RuleDraw? FollowedBy(string rule) => _world.Writers.Known.GetValueOrDefault(rule) is { Published: { } version } ? _world.Writers.DrawOf(rule, version) : null;

    private IEnumerable<(Decision Decision, T Action)> Decided<T>()
        where T : RuleAction => _decisions.Where(decision => decision.Effect is T).Select(decision => (decision, (T)decision.Effect!));

    private static string HashOf(string command) => command[(command.LastIndexOf('-') + 1)..];

    private static string RuleOf(AlarmView alarm) => alarm.Condition[AlarmIds.RulePrefix.Length..];

    private static bool IsOfNeighbours(string rule) => Field.RuleDraw.IsOfNeighbours(rule);

    private static bool IsOfDevices(string rule) => !IsOfNeighbours(rule) && !Field.RuleDraw.IsOfCommunes(rule);
}
