using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Orleans;

namespace Grid.Contracts.Notifications;

/// <summary>
/// Who is paged, and in which order. Everything is a rule by the local clock of its zone, as it was written; it becomes instants only for a moment that is asked about.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.OnCallCalendar")]
public sealed record OnCallCalendar
{
    /// <summary>Levels at most.</summary>
    public const int MaximumLevels = 10;

    /// <summary>IANA zone of its local times.</summary>
    [Id(0)] public required string ZoneId { get; init; }

    /// <summary>From the first that is paged to the last.</summary>
    [Id(1)] public required ImmutableArray<OnCallLevel> Levels { get; init; }

    /// <summary>Minutes until the last level is paged again when nobody answers, 1 to 1,440; null and it is not.</summary>
    [Id(2)] public int? RepeatEveryMinutes { get; init; }

    /// <summary>How often the last level is paged again at most, 0 to 20.</summary>
    [Id(3)] public int RepeatAtMost { get; init; }

    /// <summary>Priorities of alarms that page; the others are for the list alone.</summary>
    [Id(4)] public ImmutableArray<AlarmPriority> Priorities { get; init; } = [AlarmPriority.Urgent, AlarmPriority.High];
}

/// <summary>A level: whose turn it is, when anybody is on call at all, and what was agreed for once.</summary>
[GenerateSerializer, Immutable, Alias("grid.OnCallLevel")]
public sealed record OnCallLevel
{
    /// <summary>Whose turn it is.</summary>
    [Id(0)] public required OnCallRotation Rotation { get; init; }

    /// <summary>When somebody is on call; empty for always.</summary>
    [Id(1)] public ImmutableArray<WeeklyWindow> Windows { get; init; } = [];

    /// <summary>What counts instead of the rotation and the windows; of several that hold, the last.</summary>
    [Id(2)] public ImmutableArray<OnCallOverride> Overrides { get; init; } = [];

    /// <summary>Minutes until the next level is paged when nobody of this one answers, 1 to 1,440.</summary>
    [Id(3)] public required int AfterMinutes { get; init; }
}

/// <summary>Turns that follow each other, from an anchor on without end, and backwards before it.</summary>
[GenerateSerializer, Immutable, Alias("grid.OnCallRotation")]
public sealed record OnCallRotation
{
    /// <summary>In their order, 1 to 100.</summary>
    [Id(0)] public required ImmutableArray<OnCallTurn> Turns { get; init; }

    /// <summary>Days of a turn, 1 to 366.</summary>
    [Id(1)] public required int Days { get; init; }

    /// <summary>Local date on which the first turn begins.</summary>
    [Id(2)] public required DateOnly From { get; init; }

    /// <summary>Local time at which one turn hands over to the next. Where the clock skips it, at that moment; where it comes twice, the first time.</summary>
    [Id(3)] public required TimeOnly HandOver { get; init; }
}

/// <summary>Who has a turn.</summary>
/// <param name="Name">For people.</param>
/// <param name="Endpoints">Ids of the endpoints through which they are told, 1 to 10; none in an override for nobody.</param>
[GenerateSerializer, Immutable, Alias("grid.OnCallTurn")]
public sealed record OnCallTurn([property: Id(0)] string Name, [property: Id(1)] ImmutableArray<string> Endpoints);

/// <summary>Days of the week as a set.</summary>
[Flags]
public enum WeekDays : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Monday.</summary>
    Monday = 1,

    /// <summary>Tuesday.</summary>
    Tuesday = 2,

    /// <summary>Wednesday.</summary>
    Wednesday = 4,

    /// <summary>Thursday.</summary>
    Thursday = 8,

    /// <summary>Friday.</summary>
    Friday = 16,

    /// <summary>Saturday.</summary>
    Saturday = 32,

    /// <summary>Sunday.</summary>
    Sunday = 64,
}

/// <summary>A time of the week. One that ends at or before the time at which it begins ends on the day after.</summary>
/// <param name="Days">Days on which it begins.</param>
/// <param name="From">Local time at which it begins.</param>
/// <param name="To">Local time at which it ends, exclusive.</param>
[GenerateSerializer, Immutable, Alias("grid.WeeklyWindow")]
public readonly record struct WeeklyWindow([property: Id(0)] WeekDays Days, [property: Id(1)] TimeOnly From, [property: Id(2)] TimeOnly To);

/// <summary>What was agreed for once.</summary>
/// <param name="From">Local date and time from which it holds.</param>
/// <param name="To">Local date and time until which it holds, exclusive.</param>
/// <param name="Turn">Who is on call; without endpoints nobody is.</param>
[GenerateSerializer, Immutable, Alias("grid.OnCallOverride")]
public sealed record OnCallOverride([property: Id(0)] DateTime From, [property: Id(1)] DateTime To, [property: Id(2)] OnCallTurn Turn);
