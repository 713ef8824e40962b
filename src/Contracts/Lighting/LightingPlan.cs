using System.Collections.Immutable;
using Orleans;

namespace Grid.Contracts.Lighting;

/// <summary>
/// What lights do by night, in TALQ's terms: control programs hold the switch points of a night, a calendar says which program on which night.
/// Everything is a local rule, as it was written; it becomes instants only for a place and a date.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.LightingPlan")]
public sealed record LightingPlan
{
    /// <summary>For people, 1 to 200 characters.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The decision that it carries out, null while there is none.</summary>
    [Id(1)] public PlanDecision? Decision { get; init; }

    /// <summary>What the hours of the law depend on, null for roads.</summary>
    [Id(2)] public PlanInstallation? Installation { get; init; }

    /// <summary>Control programs by name.</summary>
    [Id(3)] public required ImmutableArray<ControlProgram> Programs { get; init; }

    /// <summary>Which program on which night. Among the entries that hold, the highest priority counts; among equals, the first.</summary>
    [Id(4)] public required ImmutableArray<CalendarEntry> Calendar { get; init; }

    /// <summary>Levels for a time, above the programs and the pauses.</summary>
    [Id(5)] public ImmutableArray<PlanOverride> Overrides { get; init; } = [];

    /// <summary>Times in which the programs do not count.</summary>
    [Id(6)] public ImmutableArray<PlanPause> Pauses { get; init; } = [];
}

/// <summary>The decision that a plan carries out: the mayor keeps the police power even where lighting is transferred.</summary>
/// <param name="Reference">Its reference, 1 to 200 characters.</param>
/// <param name="Date">Its date.</param>
[GenerateSerializer, Immutable, Alias("grid.PlanDecision")]
public sealed record PlanDecision([property: Id(0)] string Reference, [property: Id(1)] DateOnly Date);

/// <summary>Installations as the arrêté of 27 December 2018 on light nuisance tells them apart. The numbers are stored: never renumber.</summary>
public enum InstallationCategory : byte
{
    /// <summary>Roads and other public ways (article 1, a): no hours.</summary>
    Road = 0,

    /// <summary>Outdoor lighting of an economic activity in an enclosed site (article 1, a).</summary>
    EnclosedSite = 1,

    /// <summary>Heritage and built surroundings that are lit up (article 1, b).</summary>
    Heritage = 2,

    /// <summary>Parks and gardens (article 1, b).</summary>
    Park = 3,

    /// <summary>Sports grounds (article 1, c): no hours.</summary>
    Sports = 4,

    /// <summary>Façades of buildings that are no dwellings (article 1, d).</summary>
    Facade = 5,

    /// <summary>Shop and exhibition windows (article 1, d).</summary>
    ShopFront = 6,

    /// <summary>Indoor light of workplaces that shines out (article 1, d).</summary>
    Workplace = 7,

    /// <summary>Car parks of a place or an area of activity (article 1, e).</summary>
    CarPark = 8,

    /// <summary>Outdoor events (article 1, f): no hours.</summary>
    Event = 9,

    /// <summary>Outdoor work sites (article 1, g).</summary>
    WorkSite = 10,
}

/// <summary>What the hours of the law depend on.</summary>
/// <param name="Category">The installation's category.</param>
/// <param name="ActivityFrom">When activity begins, local <c>HH:mm</c>; null when unknown.</param>
/// <param name="ActivityTo">When activity, occupation or opening ends, local <c>HH:mm</c>; null when unknown.</param>
[GenerateSerializer, Immutable, Alias("grid.PlanInstallation")]
public sealed record PlanInstallation(
    [property: Id(0)] InstallationCategory Category, [property: Id(1)] string? ActivityFrom, [property: Id(2)] string? ActivityTo);

/// <summary>The switch points of a night, in the order of the night.</summary>
/// <param name="Name">1 to 64 of <c>A-Z a-z 0-9 . _ : -</c>.</param>
/// <param name="Points">At least 1, at most 48.</param>
[GenerateSerializer, Immutable, Alias("grid.ControlProgram")]
public sealed record ControlProgram([property: Id(0)] string Name, [property: Id(1)] ImmutableArray<SwitchPoint> Points);

/// <summary>From when on which level.</summary>
/// <param name="At">
/// <c>22:30</c>, or <c>sunset</c>, <c>sunrise</c>, <c>civilDusk</c>, <c>civilDawn</c> with or without an offset of at most 12 hours, such as
/// <c>sunset-00:10</c>. A point never takes effect before the one listed before it.
/// </param>
/// <param name="Percent">Dimming, 0 (off) to 100.</param>
/// <param name="RampSeconds">How long the level takes to get there, from the point on; 0 to 3,600.</param>
[GenerateSerializer, Immutable, Alias("grid.SwitchPoint")]
public sealed record SwitchPoint([property: Id(0)] string At, [property: Id(1)] double Percent, [property: Id(2)] int RampSeconds);

/// <summary>A program, and the nights on which it counts. A night belongs to the date of its evening.</summary>
/// <param name="When">
/// Terms that must all hold, with spaces between: <c>always</c>, weekdays (<c>mon-thu</c>, <c>fri,sat</c>), dates (<c>2026-12-24</c>,
/// <c>2026-12-24..2027-01-02</c>, every year <c>12-24..01-02</c>), <c>holidays</c>, <c>holidayEves</c>; a <c>!</c> before a term turns it round.
/// </param>
/// <param name="Program">Name of a program of the plan.</param>
/// <param name="Priority">0 to 1,000; the highest counts.</param>
[GenerateSerializer, Immutable, Alias("grid.CalendarEntry")]
public sealed record CalendarEntry([property: Id(0)] string When, [property: Id(1)] string Program, [property: Id(2)] int Priority);

/// <summary>A level for a time.</summary>
/// <param name="From">Local time, <c>2026-07-14T22:00</c>.</param>
/// <param name="To">Local time of its end, exclusive; at most 366 days after.</param>
/// <param name="Percent">Dimming, 0 to 100.</param>
/// <param name="Reason">For people, 1 to 200 characters.</param>
/// <param name="Commune">Only in this commune (INSEE code); null for wherever the plan is assigned.</param>
[GenerateSerializer, Immutable, Alias("grid.PlanOverride")]
public sealed record PlanOverride(
    [property: Id(0)] string From, [property: Id(1)] string To, [property: Id(2)] double Percent, [property: Id(3)] string Reason, [property: Id(4)] string? Commune);

/// <summary>Why the programs do not count for a time. The numbers are stored: never renumber.</summary>
public enum PauseCause : byte
{
    /// <summary>Works on the installation: it stays dark.</summary>
    Works = 0,

    /// <summary>An event: lit in full from sunset to sunrise, without dimming.</summary>
    Event = 1,
}

/// <summary>A time in which the programs do not count.</summary>
/// <param name="From">Local time, <c>2026-07-14T12:00</c>.</param>
/// <param name="To">Local time of its end, exclusive; at most 366 days after.</param>
/// <param name="Cause">Why.</param>
/// <param name="Note">For people, at most 200 characters.</param>
/// <param name="Commune">Only in this commune (INSEE code); null for wherever the plan is assigned.</param>
[GenerateSerializer, Immutable, Alias("grid.PlanPause")]
public sealed record PlanPause(
    [property: Id(0)] string From, [property: Id(1)] string To, [property: Id(2)] PauseCause Cause, [property: Id(3)] string? Note, [property: Id(4)] string? Commune);
