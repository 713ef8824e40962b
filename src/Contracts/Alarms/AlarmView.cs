using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Alarms;

/// <summary>State of an alarm, after ISA-18.2 / IEC 62682. The numbers are stored: never renumber.</summary>
public enum AlarmState : byte
{
    /// <summary>The condition does not hold, and nobody has to look at it.</summary>
    Normal = 0,

    /// <summary>The condition holds and nobody has acknowledged it.</summary>
    Unacknowledged = 1,

    /// <summary>The condition holds and somebody has acknowledged it.</summary>
    Acknowledged = 2,

    /// <summary>The condition held, does so no more, and nobody has acknowledged that it did.</summary>
    ReturnedUnacknowledged = 3,

    /// <summary>An operator has put it aside until an instant; it comes back by itself.</summary>
    Shelved = 4,

    /// <summary>Put aside by design: what it would tell is known, such as that of a cabinet under works.</summary>
    Suppressed = 5,

    /// <summary>Taken out of service, until somebody puts it back.</summary>
    OutOfService = 6,
}

/// <summary>How fast somebody has to act. The numbers are stored: never renumber.</summary>
public enum AlarmPriority : byte
{
    /// <summary>Within days, with other work.</summary>
    Low = 0,

    /// <summary>Within a day.</summary>
    Medium = 1,

    /// <summary>Within an hour.</summary>
    High = 2,

    /// <summary>At once: people, or what cannot be mended, are in danger.</summary>
    Urgent = 3,
}

/// <summary>What an alarm is about, so that rules and on-call calendars can tell alarms apart. The numbers are stored: never renumber.</summary>
public enum AlarmClass : byte
{
    /// <summary>The service that the territory owes: light, water, warmth, collection.</summary>
    Service = 0,

    /// <summary>Danger to people.</summary>
    Safety = 1,

    /// <summary>Danger from or to the surroundings.</summary>
    Environment = 2,

    /// <summary>Somebody is where, or does what, nobody should.</summary>
    Security = 3,

    /// <summary>Wear, waste and upkeep.</summary>
    Maintenance = 4,

    /// <summary>The grid's own means: communication, rules, doors.</summary>
    System = 5,
}

/// <summary>What happened to an alarm. The numbers are stored: never renumber.</summary>
public enum AlarmAction : byte
{
    /// <summary>The condition began to hold.</summary>
    Raise = 0,

    /// <summary>The condition has ended.</summary>
    Return = 1,

    /// <summary>Somebody has taken note.</summary>
    Acknowledge = 2,

    /// <summary>Put aside until an instant.</summary>
    Shelve = 3,

    /// <summary>No longer put aside, by somebody or because its time has come.</summary>
    Unshelve = 4,

    /// <summary>Put aside by design.</summary>
    Suppress = 5,

    /// <summary>No longer put aside by design.</summary>
    Unsuppress = 6,

    /// <summary>Taken out of service.</summary>
    RemoveFromService = 7,

    /// <summary>Put back into service.</summary>
    ReturnToService = 8,

    /// <summary>Has come under another alarm that explains it.</summary>
    Fold = 9,

    /// <summary>Is no longer explained by another alarm.</summary>
    Unfold = 10,
}

/// <summary>An alarm: one for each source and condition, however often it repeats.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmView")]
public sealed record AlarmView
{
    /// <summary><c>source~condition</c>, as <see cref="AlarmIds"/> makes it.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Key of the device that it is about, or of what several devices hang on, such as <c>gateway:G7@29019</c>.</summary>
    [Id(1)] public required string Source { get; init; }

    /// <summary>Name of the condition, one of those in docs/rules.md and docs/alarms.md, or <c>rule.ID</c>.</summary>
    [Id(2)] public required string Condition { get; init; }

    /// <summary>Trade of the source; of several devices, that of the first.</summary>
    [Id(3)] public required DeviceKind Kind { get; init; }

    /// <summary>INSEE code of its commune.</summary>
    [Id(4)] public required string Commune { get; init; }

    /// <summary>How fast somebody has to act.</summary>
    [Id(5)] public required AlarmPriority Priority { get; init; }

    /// <summary>What it is about.</summary>
    [Id(6)] public required AlarmClass Class { get; init; }

    /// <summary>Its state.</summary>
    [Id(7)] public required AlarmState State { get; init; }

    /// <summary>When it was raised.</summary>
    [Id(8)] public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When the condition began to hold the last time.</summary>
    [Id(9)] public required DateTimeOffset LastAt { get; init; }

    /// <summary>When the condition ended; null while it holds.</summary>
    [Id(10)] public DateTimeOffset? ClearedAt { get; init; }

    /// <summary>How often the condition began to hold since it was raised.</summary>
    [Id(11)] public required int Count { get; init; }

    /// <summary>Id of the alarm that explains it; null when it stands for itself.</summary>
    [Id(12)] public string? Parent { get; init; }

    /// <summary>How many alarms it explains now.</summary>
    [Id(13)] public int Children { get; init; }

    /// <summary>When it comes back by itself; null unless it is shelved.</summary>
    [Id(14)] public DateTimeOffset? ShelvedUntil { get; init; }

    /// <summary>A text of its own, given by a rule; null for a condition that the catalogue has texts for.</summary>
    [Id(15)] public string? Text { get; init; }

    /// <summary>What happened to it, oldest first; the newest <see cref="MaximumHistory"/>. Left out where many alarms are listed.</summary>
    [Id(16)] public ImmutableArray<AlarmEvent> History { get; init; } = [];

    /// <summary>By when the action averts the consequence; null when nobody says.</summary>
    [Id(17)] public DateTimeOffset? RespondBy { get; init; }

    /// <summary>How far its telling had come where its device was before; null for an alarm that has not moved, or of which nobody is to be told.</summary>
    [Id(18)] public OpenPage? Page { get; init; }

    /// <summary>True when it goes on with its device in another sector: whoever shows it forgets it here.</summary>
    [Id(19)] public bool HasLeft { get; init; }

    /// <summary>INSEE codes of communes that its device has left since it was raised, the newest last: there may be a work order of it there.</summary>
    [Id(20)] public ImmutableArray<string> FormerCommunes { get; init; } = [];

    /// <summary>Events of one alarm that are kept.</summary>
    public const int MaximumHistory = 40;

    /// <summary>True while the condition holds.</summary>
    public bool IsActive => ClearedAt is null;
}

/// <summary>Something that happened to an alarm.</summary>
/// <param name="Action">What.</param>
/// <param name="At">When.</param>
/// <param name="By">Who: a user, or <c>system</c>.</param>
/// <param name="Note">In their own words, or why; null for none.</param>
[GenerateSerializer, Immutable, Alias("grid.AlarmEvent")]
public sealed record AlarmEvent(
    [property: Id(0)] AlarmAction Action,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string By,
    [property: Id(3)] string? Note);

/// <summary>How the ids of alarms are made.</summary>
public static class AlarmIds
{
    /// <summary>Stands between source and condition, and in neither.</summary>
    public const char Separator = '~';

    /// <summary>Stands before the sector in a source that is no device, and in no key of a device.</summary>
    public const char SectorMark = '@';

    /// <summary>Before the id of a rule, in the condition of the alarms that it raises.</summary>
    public const string RulePrefix = "rule.";

    /// <summary>The id of the alarm of a source and a condition.</summary>
    public static string Of(string source, string condition) => $"{source}{Separator}{condition}";

    /// <summary>Source and condition of an id; false when it is none.</summary>
    public static bool TryParse(string id, out string source, out string condition)
    {
        var at = id.IndexOf(Separator, StringComparison.Ordinal);
        (source, condition) = at > 0 && at < id.Length - 1 ? (id[..at], id[(at + 1)..]) : ("", "");
        return source.Length > 0 && condition.IndexOf(Separator, StringComparison.Ordinal) < 0;
    }

    /// <summary>The sector of a source that is no device; null for a device.</summary>
    public static string? SectorOf(string source) => source.IndexOf(SectorMark, StringComparison.Ordinal) is > 0 and var at ? source[(at + 1)..] : null;
}
