using System.Collections.Immutable;
using Orleans;

namespace Grid.Contracts.Lighting;

/// <summary>What a switch point hangs on. The numbers are stored: never renumber.</summary>
public enum SwitchAnchor : byte
{
    /// <summary>The clock of the place.</summary>
    Clock = 0,

    /// <summary>The sun's upper edge goes below the horizon.</summary>
    Sunset = 1,

    /// <summary>The sun's upper edge comes above the horizon.</summary>
    Sunrise = 2,

    /// <summary>The sun's centre goes through 6 degrees below the horizon in the evening.</summary>
    CivilDusk = 3,

    /// <summary>The same in the morning.</summary>
    CivilDawn = 4,
}

/// <summary>
/// A lighting plan as one controller runs it by itself, with its own clock and nobody to ask: switch points that hang on local time or on the sun at its place, which
/// of the control programs counts from which night on, and levels for a time that lie over them. What each of these means is in docs/lighting.md.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.ControllerProgram")]
public sealed record ControllerProgram
{
    /// <summary>Its number: what the controller reports as <c>programVersion</c> while it runs it. Another program of the same controller has a higher one.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>The plan that it comes from.</summary>
    [Id(1)] public required string Plan { get; init; }

    /// <summary>That plan's version.</summary>
    [Id(2)] public required long PlanVersion { get; init; }

    /// <summary>IANA zone of the controller's clock.</summary>
    [Id(3)] public required string ZoneId { get; init; }

    /// <summary>Degrees east, for the sun.</summary>
    [Id(4)] public required double Longitude { get; init; }

    /// <summary>Degrees north, for the sun.</summary>
    [Id(5)] public required double Latitude { get; init; }

    /// <summary>Least level from sunset to sunrise, 0 to 100; 0 for none.</summary>
    [Id(6)] public double MinimumPercent { get; init; }

    /// <summary>The control programs: the switch points of a night, each list in the order of the night.</summary>
    [Id(7)] public required ImmutableArray<ImmutableArray<ProgramPoint>> Programs { get; init; }

    /// <summary>Which of them counts, by date: each from the night that begins on its date until the next entry's; the last one for ever.</summary>
    [Id(8)] public required ImmutableArray<ProgramNight> Calendar { get; init; }

    /// <summary>Levels for a time: each lies over the programs and over those before it.</summary>
    [Id(9)] public required ImmutableArray<ProgramSpan> Spans { get; init; }
}

/// <summary>From when on which level.</summary>
/// <param name="Anchor">What it hangs on.</param>
/// <param name="Minutes">Clock: minutes since midnight. Otherwise minutes after the event, negative for before.</param>
/// <param name="Percent">Dimming, 0 to 100.</param>
/// <param name="RampSeconds">How long the level takes to get there, from the point on.</param>
[GenerateSerializer, Immutable, Alias("grid.ProgramPoint")]
public readonly record struct ProgramPoint(
    [property: Id(0)] SwitchAnchor Anchor, [property: Id(1)] int Minutes, [property: Id(2)] double Percent, [property: Id(3)] int RampSeconds);

/// <summary>From which night on which control program counts.</summary>
/// <param name="From">Date of the evening.</param>
/// <param name="Program">Index of the control program.</param>
[GenerateSerializer, Immutable, Alias("grid.ProgramNight")]
public readonly record struct ProgramNight([property: Id(0)] DateOnly From, [property: Id(1)] int Program);

/// <summary>A level for a time, by the clock of the place.</summary>
/// <param name="From">From when on.</param>
/// <param name="To">Its end, exclusive.</param>
/// <param name="Percent">Dimming, 0 to 100.</param>
/// <param name="NightPercent">Dimming from sunset to sunrise, where it is another one; null where it is not.</param>
[GenerateSerializer, Immutable, Alias("grid.ProgramSpan")]
public readonly record struct ProgramSpan(
    [property: Id(0)] DateTime From, [property: Id(1)] DateTime To, [property: Id(2)] double Percent, [property: Id(3)] double? NightPercent);
