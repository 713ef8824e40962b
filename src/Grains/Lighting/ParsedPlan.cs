using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Lighting;

namespace Grid.Grains.Lighting;

/// <summary>A plan whose texts have been understood: compiles to what a light does on a date at a place. Pure.</summary>
public sealed class ParsedPlan
{
    /// <summary>A switch point, understood.</summary>
    public readonly record struct Point(SwitchTime At, double Percent, int RampSeconds);

    /// <summary>A calendar entry, understood.</summary>
    public sealed record Entry(DayRule When, string Program, int Priority);

    /// <summary>A time at a level, or paused; local, without a zone.</summary>
    public sealed record Span(DateTime From, DateTime To, double Percent, PauseCause? Cause, string? Commune);

    /// <summary>Switch points by program.</summary>
    public required FrozenDictionary<string, ImmutableArray<Point>> Programs { get; init; }

    /// <summary>The calendar, as listed.</summary>
    public required ImmutableArray<Entry> Calendar { get; init; }

    /// <summary>Pauses, then overrides: each lies over those before it.</summary>
    public required ImmutableArray<Span> Spans { get; init; }

    /// <summary>What the hours of the law depend on.</summary>
    public required PlanInstallation? Installation { get; init; }

    /// <summary>The program of a night: that of the entry with the highest priority that holds; among equals, the first.</summary>
    public string ProgramOf(DateOnly date, string department)
    {
        var best = default(Entry);
        foreach (var entry in Calendar)
        {
            if ((best is null || entry.Priority > best.Priority) && entry.When.HoldsOn(date, department))
            {
                best = entry;
            }
        }

        // Validation demands an entry that always holds.
        return best?.Program ?? throw new InvalidOperationException($"The plan has no program for {date:yyyy-MM-dd}.");
    }

    /// <summary>What a light does on a night at a place: the program, over it the pauses, over them the overrides.</summary>
    public NightProfile Compile(LightingPlace place, LocalNight night)
    {
        var points = Programs[ProgramOf(night.Date, place.Department)];
        var profile = NightProfile.Of(night.Start, night.End, points.Select(point => (night.Instant(point.At), point.Percent, point.RampSeconds * 1000L)));
        foreach (var span in Spans)
        {
            if (span.Commune is null || span.Commune == place.Commune)
            {
                var (from, to) = (night.Instant(span.From), night.Instant(span.To));
                profile = profile.With(from, to, span.Percent);
                if (span.Cause == PauseCause.Event)
                {
                    profile = profile.With(Math.Max(from, night.Sunset), Math.Min(to, night.Sunrise), 100);
                }
            }
        }

        return profile;
    }
}
