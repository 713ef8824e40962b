using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;

namespace Grid.Grains.Alarms;

/// <summary>What readers see of the alarms of a sector.</summary>
internal sealed partial class SectorAlarms
{
    private readonly string _commune = SectorMap.CommuneOf(sector);

    /// <summary>Those that a reader wants, the newest first.</summary>
    public ImmutableArray<AlarmView> List(AlarmFilter filter)
    {
        var children = CountChildren();
        return
        [
            .. _alarms.Values
                .Where(alarm => IsWanted(alarm, filter))
                .Select(alarm => (Alarm: alarm, Place: new AlarmPlace(alarm.RaisedAt, alarm.Id)))
                .Where(item => filter.After is not { } after || item.Place.IsAfter(after))
                .OrderByDescending(item => item.Place.RaisedAt).ThenBy(item => item.Place.Id, StringComparer.Ordinal)
                .Take(filter.Limit)
                .Select(item => View(item.Alarm, children.GetValueOrDefault(item.Place.Id)) with { History = [] }),
        ];
    }

    /// <summary>Those that changed after an offset and stand for themselves, or did; with 0, those that stand for themselves and are not normal.</summary>
    public ImmutableArray<AlarmView> ChangedAfter(long offset, long upTo, DeviceKinds kinds)
    {
        var changed = _alarms.Values.Where(alarm =>
            (kinds & (DeviceKinds)(1 << (int)alarm.Kind)) != 0
            && (offset < 0
                ? alarm.Parent is null && AlarmLife.StateOf(alarm) != AlarmState.Normal
                : alarm.ChangedAt > offset && alarm.ChangedAt <= upTo && alarm.RaisedAt > 0)).ToArray();
        if (changed.Length == 0)
        {
            return [];
        }

        var children = CountChildren();
        return [.. changed.OrderBy(alarm => alarm.ChangedAt).Select(alarm => View(alarm, children.GetValueOrDefault(alarm.Id)) with { History = [] })];
    }

    /// <summary>One with its history.</summary>
    public AlarmView? Show(string id) => Find(id) is { HasLeft: false } alarm ? View(alarm) : null;

    private AlarmView View(Alarm alarm) => View(alarm, _alarms.Values.Count(other => other.IsActive && other.Parent == alarm.Id));

    private AlarmView View(Alarm alarm, int children) => new()
    {
        Id = alarm.Id,
        Source = alarm.Source,
        Condition = alarm.Condition,
        Kind = alarm.Kind,
        Commune = _commune,
        Priority = alarm.Priority,
        Class = alarm.Class,
        State = AlarmLife.StateOf(alarm),
        RaisedAt = DateTimeOffset.FromUnixTimeMilliseconds(alarm.RaisedAt),
        LastAt = DateTimeOffset.FromUnixTimeMilliseconds(alarm.LastAt),
        ClearedAt = alarm.IsActive || alarm.RaisedAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(alarm.ClearedAt),
        Count = alarm.Count,
        Parent = alarm.Parent,
        Children = children,
        ShelvedUntil = alarm.ShelvedUntil == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(alarm.ShelvedUntil),
        Text = alarm.Text,
        RespondBy = alarm.RaisedAt > 0 && TermsOf(alarm).TimeToRespond is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(alarm.RaisedAt) + time : null,
        History = alarm.History,
        Page = alarm.Page,
        HasLeft = alarm.HasLeft,
        FormerCommunes = alarm.Communes.IsDefault ? [] : alarm.Communes,
    };

    private Dictionary<string, int> CountChildren()
    {
        var children = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var alarm in _alarms.Values)
        {
            if (alarm is { IsActive: true, Parent: { } parent })
            {
                children[parent] = children.GetValueOrDefault(parent) + 1;
            }
        }

        return children;
    }

    /// <summary>True for an alarm of the cause itself, and of a device that hangs on it.</summary>
    private bool IsOf(Alarm alarm, string cause) =>
        alarm.Source == cause
        || (alarm.Source.Length > cause.Length && alarm.Source[cause.Length] == AlarmIds.SectorMark && alarm.Source.StartsWith(cause, StringComparison.Ordinal))
        || book.Find(alarm.Source)?.Topology?.Causes().Contains(cause, StringComparer.Ordinal) == true;

    private bool IsWanted(Alarm alarm, AlarmFilter filter)
    {
        var state = AlarmLife.StateOf(alarm);
        return !alarm.HasLeft
            && (filter.States == 0 ? state != AlarmState.Normal : (filter.States & (1 << (int)state)) != 0)
            && (state != AlarmState.Normal || alarm.RaisedAt > 0)
            && (filter.Kinds & (DeviceKinds)(1 << (int)alarm.Kind)) != 0
            && (filter.Priorities == 0 || (filter.Priorities & (1 << (int)alarm.Priority)) != 0)
            && (filter.Source is null || alarm.Source == filter.Source)
            && (filter.Condition is null || alarm.Condition == filter.Condition)
            && (filter.Cause is null || IsOf(alarm, filter.Cause))
            && (filter.Parent is { } parent ? alarm.Parent == parent : filter.WithChildren || alarm.Parent is null);
    }
}
