using System.Collections.Immutable;
using System.Numerics;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Grains.Devices;
using Grid.Grains.Sectors;

namespace Grid.Grains.Alarms;

/// <summary>
/// The alarms of a sector: a fold of its log, so that a replay gives the same. Conditions of devices, orders of people, signals of others and time move them, each as an entry of the log.
/// No I/O and no clock.
/// </summary>
internal sealed partial class SectorAlarms(string sector, SectorBook book)
{
    /// <summary>Most alarms that are kept, whatever their state. What comes beyond is dropped and counted.</summary>
    public const int MaximumAlarms = 50_000;

    /// <summary>Most that are normal and kept for looking back; beyond it the oldest are forgotten.</summary>
    public const int MaximumClosed = 1_000;

    /// <summary>As long is one that is normal kept.</summary>
    public static readonly TimeSpan ClosedFor = TimeSpan.FromDays(90);

    private readonly Dictionary<string, Alarm> _alarms = new(StringComparer.Ordinal);
    private readonly HashSet<string> _news = new(StringComparer.Ordinal);
    private long _due = long.MaxValue;
    private long _offset;
    private int _closed;
    private long _dropped;

    /// <summary>The next instant at which time alone changes one, in Unix milliseconds.</summary>
    public long Due => _due;

    /// <summary>Alarms that found no room since this was asked last.</summary>
    public long TakeDropped()
    {
        var dropped = _dropped;
        _dropped = 0;
        return dropped;
    }

    /// <summary>True when somebody is to be told of one.</summary>
    public bool HasUnacknowledged => _alarms.Values.Any(alarm => alarm.Parent is null && AlarmLife.StateOf(alarm) == AlarmState.Unacknowledged);

    /// <summary>The alarm of an id.</summary>
    public Alarm? Find(string id) => _alarms.GetValueOrDefault(id);

    /// <summary>All of them, for a snapshot; null while there was none.</summary>
    public StoredAlarms? ToSnapshot() => _alarms.Count == 0 && Settings.IsEmpty && _moving.Count == 0 && !_causes.Values.Any(cause => cause.Home is not null) ? null : new()
    {
        Folded = [.. _causes.Values.Where(cause => cause.Home is not null).Select(cause => new FoldedCause(cause.Key, cause.Home!))],
        Settings = Settings,
        Alarms = [.. _alarms.Values],
        Moving = [.. _moving.Values],
        Starts = [.. book.ToFigures().Kinds.SelectMany(kind => kind.AlarmStarts.Select(start => new AlarmStarts(kind.Kind, start.Minute, start.Count)))],
    };

    /// <summary>Goes on from a snapshot. The devices must be in the book.</summary>
    public void Resume(StoredAlarms? stored)
    {
        Use(stored?.Settings ?? []);
        foreach (var start in stored?.Starts ?? [])
        {
            book.CountAlarmStarts(start);
        }

        foreach (var alarm in stored?.Alarms ?? [])
        {
            _alarms[alarm.Id] = alarm;
            _closed += AlarmLife.StateOf(alarm) == AlarmState.Normal ? 1 : 0;
            _due = Math.Min(_due, alarm.Due);
            book.CountAlarm(alarm.Kind, AlarmCounts.BucketOf(alarm), +1);
        }

        ResumeMoving(stored is { Moving.IsDefault: false } ? stored.Moving : []);
        foreach (var (cause, home) in stored is { Folded.IsDefault: false } ? stored.Folded : [])
        {
            CauseOf(cause).Home = home;
        }

        ResumeCauses();
    }

    /// <summary>A device's conditions are others than before, by the entry at an offset.</summary>
    public void Change(SectorDevice device, int former, int now, long at, long offset)
    {
        _offset = offset;
        AdvanceTo(at);
        for (var rest = (uint)(former ^ now); rest != 0; rest &= rest - 1)
        {
            var condition = (Conditions)(rest & ~(rest - 1));
            var name = ConditionTable.NameOf(condition);
            if (((Conditions)now & condition) != 0)
            {
                Begin(AlarmOf(device.Id, device.Kind, name), at, condition);
            }
            else if (Find(AlarmIds.Of(device.Id, name)) is { } alarm && !HoldsOtherwise((Conditions)now, condition))
            {
                End(alarm, at);
            }
        }
    }

    /// <summary>The device is no longer here: its alarms return, and are put aside no more.</summary>
    public void Remove(SectorDevice device, long at, long offset)
    {
        Change(device, device.Holding, 0, at, offset);
        foreach (var alarm in OfSource(device.Id))
        {
            End(alarm with { ReturnDue = 0 }, at, isForced: true);
            Set(Find(alarm.Id)! with { IsAcknowledged = true, IsSuppressed = false, IsOutOfService = false, ShelvedUntil = 0 });
        }

        Place(device, null);
    }

    /// <summary>Somebody's order; it was found to be one that can be carried out.</summary>
    public void Take(AlarmOrderEntry entry, long offset)
    {
        _offset = offset;
        var at = entry.ReceivedAt.ToMilliseconds();
        AdvanceTo(at);
        var id = AlarmIds.Of(entry.Device, entry.Condition);
        var alarm = Find(id) ?? New(entry.Device, entry.Condition, book.Find(entry.Device)?.Kind ?? DeviceKind.Cabinet);
        if (AlarmLife.Refuse(alarm, entry.Order, at) is not null)
        {
            return;
        }

        Set(AlarmLife.Carry(alarm, entry.Order, at));
        if (entry.Order.Action == AlarmAction.Acknowledge)
        {
            foreach (var child in ChildrenOf(id))
            {
                Set(AlarmLife.Carry(child, entry.Order, at));
            }
        }
    }

    /// <summary>What no device says of itself.</summary>
    public void Take(AlarmSignalEntry entry, long offset)
    {
        _offset = offset;
        var (signal, at) = (entry.Signal, entry.ReceivedAt.ToMilliseconds());
        AdvanceTo(at);
        var id = AlarmIds.Of(signal.Source, signal.Condition);
        if (!signal.IsActive)
        {
            if (Find(id) is { } ended)
            {
                End(ended with { Explains = [] }, at);
            }

            ExplainAll(id, [], at);
            return;
        }

        if (IsHere(signal.Source))
        {
            var alarm = Find(id) ?? New(signal.Source, signal.Condition, book.Find(signal.Source)?.Kind ?? signal.Kind ?? KindOf(signal.Explains));
            Begin(
                alarm with
                {
                    Text = signal.Text ?? alarm.Text,
                    Priority = signal.Priority ?? alarm.Priority,
                    Class = signal.Class ?? alarm.Class,
                    Explains = signal.Explains,
                },
                at);
        }

        ExplainAll(id, signal.Explains, at);
    }

    /// <summary>True when the signal would change something.</summary>
    public bool IsNews(AlarmSignal signal)
    {
        var alarm = Find(AlarmIds.Of(signal.Source, signal.Condition));
        var isHeld = alarm is { IsActive: true } or { RaiseDue: > 0 };
        return !signal.IsActive
            ? isHeld || ExplainedBy(AlarmIds.Of(signal.Source, signal.Condition)).Any()
            : !ExplainedBy(AlarmIds.Of(signal.Source, signal.Condition)).ToHashSet(StringComparer.Ordinal).SetEquals(signal.Explains)
              || (IsHere(signal.Source) && (!isHeld || (signal.Text is { } text && text != alarm!.Text)));
    }

    /// <summary>Time has passed.</summary>
    public void Take(AlarmClockEntry entry, long offset)
    {
        _offset = offset;
        AdvanceTo(entry.ReceivedAt.ToMilliseconds());
    }

    /// <summary>The alarms that changed since this was asked last, as far as they stand for themselves or did.</summary>
    public ImmutableArray<AlarmView> TakeNews()
    {
        if (_news.Count == 0)
        {
            return [];
        }

        var children = CountChildren();
        ImmutableArray<AlarmView> news = [.. _news.Select(id => _alarms.GetValueOrDefault(id)).OfType<Alarm>().Select(alarm => View(alarm, children.GetValueOrDefault(alarm.Id)))];
        _news.Clear();
        return news;
    }

    /// <summary>What time alone has done up to an instant, oldest first.</summary>
    private void AdvanceTo(long now)
    {
        if (now < _due)
        {
            return;
        }

        foreach (var alarm in _alarms.Values.Where(alarm => alarm.Due <= now).OrderBy(alarm => alarm.Due).ThenBy(alarm => alarm.Id, StringComparer.Ordinal).ToArray())
        {
            // What went before may have changed it.
            var next = AlarmLife.AdvanceTo(_alarms[alarm.Id], now);
            Moved(_alarms[alarm.Id], next, next.IsActive ? next.LastAt : Math.Max(next.ClearedAt, alarm.Due));
        }

        foreach (var cause in _causes.Values.Where(cause => cause.GraceUntil > 0 && cause.GraceUntil <= now).ToArray())
        {
            Settle(cause, ShareOf(cause), now);
        }

        _due = _alarms.Values.Select(alarm => alarm.Due)
            .Concat(_causes.Values.Where(cause => cause.GraceUntil > now).Select(cause => cause.GraceUntil))
            .DefaultIfEmpty(long.MaxValue).Min();
    }

    private void Begin(Alarm alarm, long at, Conditions condition = Conditions.None)
    {
        // The highest local level is an alarm of its own urgency: it is told again when it is reached.
        if (condition is Conditions.LocalLevel or Conditions.LocalLevelHighest)
        {
            var isHighest = condition == Conditions.LocalLevelHighest;
            var isWorse = isHighest && alarm is { IsActive: true };
            alarm = alarm with { Priority = isHighest ? AlarmPriority.Urgent : TermsOf(alarm).Priority, IsActive = alarm.IsActive && !isWorse, ClearedAt = isWorse ? at : alarm.ClearedAt };
        }

        alarm = Suppressed(alarm, at);
        Moved(Find(alarm.Id), AlarmLife.Begin(alarm, TermsOf(alarm).OnDelay, at), at);
    }

    private void End(Alarm alarm, long at, bool isForced = false) =>
        Moved(Find(alarm.Id), AlarmLife.End(alarm, isForced ? default : TermsOf(alarm).OffDelay, at), at);

    /// <summary>Puts an alarm in its place, with what follows for those that it explains or that explain it.</summary>
    private void Moved(Alarm? former, Alarm next, long at)
    {
        if (next.IsActive == (former?.IsActive == true))
        {
            // Raised once more on top of what held: it is explained as before.
            Set(next.IsActive && former!.Parent is { } parent && next.Parent is null ? AlarmLife.Explain(next, parent, at) : next);
        }
        else if (next.IsActive)
        {
            Joined(next, at);
        }
        else
        {
            Set(next);
            Left(next, at);
        }
    }

    private void Set(Alarm alarm)
    {
        var id = alarm.Id;
        var former = _alarms.GetValueOrDefault(id);
        if (ReferenceEquals(former, alarm) || alarm == former)
        {
            return;
        }

        if (former is null && _alarms.Count >= MaximumAlarms)
        {
            _dropped++;
            return;
        }

        if (alarm.Page is not null && (alarm.Parent is not null || !(alarm.IsInterrupted || AlarmLife.StateOf(alarm) == AlarmState.Unacknowledged)))
        {
            alarm = alarm with { Page = null };
        }

        _alarms[id] = alarm with { ChangedAt = _offset };
        _due = Math.Min(_due, alarm.Due);
        var (was, state) = (former is null ? AlarmState.Normal : AlarmLife.StateOf(former), AlarmLife.StateOf(alarm));
        var (from, to) = (former is null ? AlarmBucket.None : AlarmCounts.BucketOf(former), AlarmCounts.BucketOf(alarm));
        if (from != to)
        {
            book.CountAlarm(alarm.Kind, from, -1);
            book.CountAlarm(alarm.Kind, to, +1);
        }

        if (id != _arriving && alarm.Parent is null && state == AlarmState.Unacknowledged && (was != AlarmState.Unacknowledged || alarm.LastAt != former!.LastAt))
        {
            book.CountAlarmStarts(new AlarmStarts(alarm.Kind, (int)(alarm.LastAt / 60_000), 1));
        }

        if (alarm.Parent is null || former is { Parent: null })
        {
            _news.Add(id);
        }

        _closed += (state == AlarmState.Normal ? 1 : 0) - (former is not null && was == AlarmState.Normal ? 1 : 0);
        if (_closed > MaximumClosed)
        {
            Forget(alarm.LastAt);
        }
    }

    /// <summary>Forgets a tenth of those that are normal, the oldest, so that this is seldom.</summary>
    private void Forget(long now)
    {
        var closed = _alarms.Values.Where(alarm => AlarmLife.StateOf(alarm) == AlarmState.Normal && alarm is { RaiseDue: 0, IsActive: false }).OrderBy(alarm => alarm.ClearedAt).ToArray();
        var least = now - (long)ClosedFor.TotalMilliseconds;
        for (var index = 0; index < closed.Length && (index < MaximumClosed / 10 || closed[index].ClearedAt < least); index++)
        {
            Drop(closed[index]);
        }
    }

    private void Drop(Alarm closed)
    {
        _alarms.Remove(closed.Id);
        _closed -= AlarmLife.StateOf(closed) == AlarmState.Normal ? 1 : 0;
    }

    private Alarm AlarmOf(string source, DeviceKind kind, string condition) => Find(AlarmIds.Of(source, condition)) ?? New(source, condition, kind);

    private Alarm New(string source, string condition, DeviceKind kind)
    {
        var terms = TermsOf(condition, kind);
        return new Alarm
        {
            Source = source,
            Condition = condition,
            Kind = kind,
            Priority = terms.Priority,
            Class = terms.Class,
        };
    }

    private IEnumerable<Alarm> OfSource(string source) => _alarms.Values.Where(alarm => alarm.Source == source).ToArray();

    private bool IsHere(string source) => book.Find(source) is not null || AlarmIds.SectorOf(source) == sector;

    private DeviceKind KindOf(ImmutableArray<string> devices) => devices.Select(book.Find).OfType<SectorDevice>().FirstOrDefault()?.Kind ?? DeviceKind.Cabinet;

    /// <summary>Both bits of the local level are one alarm.</summary>
    private static bool HoldsOtherwise(Conditions now, Conditions ended) =>
        ended is Conditions.LocalLevel or Conditions.LocalLevelHighest && (now & (Conditions.LocalLevel | Conditions.LocalLevelHighest)) != 0;
}
