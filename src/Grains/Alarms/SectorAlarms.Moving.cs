using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Alarms.Settings;
using Grid.Grains.Devices;
using Grid.Grains.Sectors;

namespace Grid.Grains.Alarms;

/// <summary>Alarms of devices that move from sector to sector: each is the same alarm before and after, with all that happened to it.</summary>
internal sealed partial class SectorAlarms
{
    /// <summary>Most devices that have left and of which the alarms are kept; beyond it the earliest are forgotten, and their alarms count as dropped. All that one start of the program completes.</summary>
    public const int MaximumMoving = 5_000;

    /// <summary>As long are they kept when nobody says that they were taken.</summary>
    public static readonly TimeSpan MovingFor = TimeSpan.FromDays(30);

    /// <summary>What devices say of themselves; everything else is found by somebody: a rule, a finding, a common cause.</summary>
    private static readonly FrozenSet<string> OwnConditions = Enum.GetValues<Conditions>().Where(condition => condition != Conditions.None)
        .Select(ConditionTable.NameOf).ToFrozenSet(StringComparer.Ordinal);

    private readonly Dictionary<string, MovingAlarms> _moving = new(StringComparer.Ordinal);

    /// <summary>Devices that have left and of which an alarm is still here for those who show it.</summary>
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);

    /// <summary>Devices that have come, and of which an alarm waits for whoever finds it again.</summary>
    private readonly HashSet<string> _unsettled = new(StringComparer.Ordinal);

    /// <summary>The alarm that is put in its place and is no news to anybody.</summary>
    private string? _arriving;

    /// <summary>What devices that have left take along, of those that had alarms.</summary>
    public ImmutableArray<MovingAlarms> MovingOf(IEnumerable<string> devices) => [.. devices.Select(_moving.GetValueOrDefault).OfType<MovingAlarms>()];

    /// <summary>It was taken, of those that left by a revision or before.</summary>
    public void ForgetMoving(IEnumerable<string> devices, long revision)
    {
        foreach (var device in devices)
        {
            if (_moving.GetValueOrDefault(device)?.Revision <= revision)
            {
                _moving.Remove(device);
            }
        }
    }

    /// <summary>The device goes on in another sector: its alarms are kept as they are, to go with it, and hold no more here.</summary>
    public void Leave(SectorDevice device, RemovedEntry entry, long offset)
    {
        _offset = offset;
        var at = entry.ReceivedAt.ToMilliseconds();
        AdvanceTo(at);
        var told = entry.Told.IsDefaultOrEmpty ? [] : entry.Told.ToDictionary(one => one.Alarm, one => one.Page, StringComparer.Ordinal);
        ImmutableArray<Alarm> taken =
        [
            .. OfSource(device.Id).Where(alarm => !alarm.HasLeft)
                .OrderBy(alarm => AlarmLife.StateOf(alarm) == AlarmState.Normal).ThenByDescending(alarm => alarm.LastAt).ThenBy(alarm => alarm.Id, StringComparer.Ordinal)
                .Take(MovingAlarms.MaximumAlarms).Select(alarm => Packed(alarm, told.GetValueOrDefault(alarm.Id))),
        ];
        var holding = device.Holding;
        Remove(device, at, offset);
        _moving.Remove(device.Id);
        if (taken.IsEmpty)
        {
            return;
        }

        foreach (var alarm in OfSource(device.Id))
        {
            Set(alarm with { HasLeft = true });
        }

        _left.Add(device.Id);
        _moving[device.Id] = new MovingAlarms { Device = device.Id, Revision = entry.Revision, LeftAt = at, Holding = holding, Alarms = taken };
        ForgetOldest(at);
    }

    /// <summary>
    /// A device has come, and brings along what it has of alarms. What it says of itself goes on; what somebody else found goes on when its rule, or whoever it was, finds it again by the entry that
    /// brought it (<see cref="Confirm"/>), or later (<see cref="SettleArrived"/>). True when there were any.
    /// </summary>
    public bool Arrive(SectorDevice device, MovingAlarms? moving, RuleSet rules, long at, long offset)
    {
        // One that was on its way and stays after all has left its alarms here.
        moving ??= _moving.GetValueOrDefault(device.Id);
        _moving.Remove(device.Id);
        if (_left.Remove(device.Id))
        {
            foreach (var former in OfSource(device.Id).Where(alarm => alarm.HasLeft))
            {
                Drop(former);
            }
        }

        if (moving is null)
        {
            return false;
        }

        _offset = offset;
        AdvanceTo(at);
        _unsettled.Add(device.Id);
        device.Holding = moving.Holding;
        foreach (var taken in moving.Alarms.Where(alarm => alarm.Source == device.Id))
        {
            var alarm = Unpacked(taken, device.Kind);
            var isFound = alarm.IsActive && !OwnConditions.Contains(alarm.Condition);
            if (isFound && Find(alarm.Id) is { IsActive: true })
            {
                // What several devices have in common is found as soon as the first of them has come.
                Put(alarm, at);
            }
            else if (isFound && alarm.Condition.StartsWith(AlarmIds.RulePrefix, StringComparison.Ordinal) && !IsHeld(rules, alarm))
            {
                Put(AlarmLife.EndMoved(alarm, at), at);
            }
            else
            {
                Put(Suppressed(alarm with { IsInterrupted = alarm.IsInterrupted || isFound }, at), at);
            }
        }

        return true;
    }

    /// <summary>A rule holds for a device that has come: its alarm goes on.</summary>
    public void Confirm(string id, long offset)
    {
        if (Find(id) is { IsActive: true, IsInterrupted: true } alarm)
        {
            _offset = offset;
            Set(alarm with { IsInterrupted = false });
        }
    }

    /// <summary>The entry that brought a device is applied: what nobody has found again returns until somebody does.</summary>
    public void SettleArrived(SectorDevice device, long at, long offset)
    {
        if (!_unsettled.Remove(device.Id))
        {
            return;
        }

        _offset = offset;
        foreach (var alarm in OfSource(device.Id).Where(alarm => alarm is { IsActive: true, IsInterrupted: true }))
        {
            Moved(alarm, AlarmLife.Interrupt(alarm, at), at);
        }
    }

    private void ResumeMoving(ImmutableArray<MovingAlarms> moving)
    {
        foreach (var taken in moving)
        {
            _moving[taken.Device] = taken;
        }

        _left.UnionWith(_alarms.Values.Where(alarm => alarm.HasLeft).Select(alarm => alarm.Source));
        _unsettled.UnionWith(_alarms.Values.Where(alarm => alarm is { IsActive: true, IsInterrupted: true }).Select(alarm => alarm.Source));
    }

    private void ForgetOldest(long now)
    {
        var least = now - (long)MovingFor.TotalMilliseconds;
        if (_moving.Count <= MaximumMoving && _moving.Values.All(taken => taken.LeftAt >= least))
        {
            return;
        }

        foreach (var taken in _moving.Values.OrderBy(taken => taken.LeftAt).ThenBy(taken => taken.Revision).ToArray())
        {
            if (taken.LeftAt >= least && _moving.Count <= MaximumMoving)
            {
                break;
            }

            _moving.Remove(taken.Device);
            _dropped += taken.LeftAt < least ? 0 : taken.Alarms.Length;
        }
    }

    /// <summary>As it goes: with nothing of what the territory gives to its definition, and of what it explains here. What a snapshot of an older version did not have is empty.</summary>
    private Alarm Packed(Alarm alarm, OpenPage? page)
    {
        var (here, anywhere) = (TermsOf(alarm), AlarmTerms.Of([], alarm.Condition, alarm.Kind));
        return alarm with
        {
            Priority = alarm.Priority == here.Priority ? anywhere.Priority : alarm.Priority,
            Class = alarm.Class == here.Class ? anywhere.Class : alarm.Class,
            Explains = [],
            Orders = alarm.Orders.IsDefault ? [] : alarm.Orders,
            History = alarm.History.IsDefault ? [] : alarm.History,
            Page = page ?? alarm.Page,
            Communes = [.. (alarm.Communes.IsDefault ? [] : alarm.Communes).Where(commune => commune != _commune).TakeLast(Alarm.MaximumCommunes - 1), _commune],
            ChangedAt = 0,
        };
    }

    private Alarm Unpacked(Alarm taken, DeviceKind kind)
    {
        var (here, anywhere) = (TermsOf(taken.Condition, kind), AlarmTerms.Of([], taken.Condition, kind));
        return taken with
        {
            Kind = kind,
            Priority = taken.Priority == anywhere.Priority ? here.Priority : taken.Priority,
            Class = taken.Class == anywhere.Class ? here.Class : taken.Class,
            Communes = taken.Communes.Remove(_commune),

            // Whether one that holds is explained here is looked at when it is put in its place.
            Parent = taken.IsActive ? taken.Parent : null,
        };
    }

    private void Put(Alarm alarm, long at)
    {
        _arriving = alarm.Id;
        if (alarm.IsActive && Find(alarm.Id) is not { IsActive: true })
        {
            Joined(alarm, at);
        }
        else
        {
            Set(alarm);
        }

        _arriving = null;
    }

    private static bool IsHeld(RuleSet rules, Alarm alarm) => rules.Rules.Any(rule => alarm.Condition == AlarmIds.RulePrefix + rule.Id && rule.Kinds.HasFlag((DeviceKinds)(1 << (int)alarm.Kind)));
}
