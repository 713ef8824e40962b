using System.Collections.Immutable;
using Orleans;

namespace Grid.Contracts.Interventions;

/// <summary>Days of the week, numbered as in ISO 8601. The numbers are stored: never renumber.</summary>
public enum Weekday : byte
{
    /// <summary>Monday.</summary>
    Monday = 1,

    /// <summary>Tuesday.</summary>
    Tuesday = 2,

    /// <summary>Wednesday.</summary>
    Wednesday = 3,

    /// <summary>Thursday.</summary>
    Thursday = 4,

    /// <summary>Friday.</summary>
    Friday = 5,

    /// <summary>Saturday.</summary>
    Saturday = 6,

    /// <summary>Sunday.</summary>
    Sunday = 7,
}

/// <summary>Hours on a day of the week, by the local clock.</summary>
/// <param name="Day">The day of the week.</param>
/// <param name="From">From this minute after 00:00 on, 0 to 1,439.</param>
/// <param name="To">Until before this minute, greater than <paramref name="From"/>, at most 1,440.</param>
[GenerateSerializer, Immutable, Alias("grid.WorkingInterval")]
public readonly record struct WorkingInterval([property: Id(0)] Weekday Day, [property: Id(1)] int From, [property: Id(2)] int To);

/// <summary>When the clock of a deadline runs: a local rule and a zone, never instants.</summary>
[GenerateSerializer, Immutable, Alias("grid.WorkingCalendar")]
public sealed record WorkingCalendar
{
    /// <summary>Minutes of a day by the clock.</summary>
    public const int MinutesOfDay = 24 * 60;

    /// <summary>IANA zone.</summary>
    [Id(0)] public required string Zone { get; init; }

    /// <summary>Code of the department whose public holidays count.</summary>
    [Id(1)] public required string Department { get; init; }

    /// <summary>The working hours of a week, by day and begin; those of a day do not overlap. At least one.</summary>
    [Id(2)] public required ImmutableArray<WorkingInterval> Hours { get; init; }

    /// <summary>True when it runs on public holidays as on other days.</summary>
    [Id(3)] public bool RunsOnHolidays { get; init; }

    /// <summary>One that never stands still.</summary>
    public static WorkingCalendar AroundTheClock(string zone, string department) => new()
    {
        Zone = zone,
        Department = department,
        Hours = [.. Enum.GetValues<Weekday>().Select(day => new WorkingInterval(day, 0, MinutesOfDay))],
        RunsOnHolidays = true,
    };
}
