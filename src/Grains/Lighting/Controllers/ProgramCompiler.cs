using System.Collections.Immutable;
using Grid.Contracts.Lighting;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>From a plan to what one controller runs by itself. Pure.</summary>
public static class ProgramCompiler
{
    /// <summary>Nights that a program names: more than a year, so that a controller that nobody reaches has its holidays.</summary>
    public const int Nights = 400;

    /// <summary>A program is made anew when it names fewer nights than this from today on.</summary>
    public const int NightsBeforeRenewal = 120;

    /// <summary>The program of a plan at a place, from a night on.</summary>
    /// <param name="plan">The plan, understood.</param>
    /// <param name="id">The plan's id.</param>
    /// <param name="planVersion">The plan's version.</param>
    /// <param name="place">Where the controller stands.</param>
    /// <param name="minimumPercent">Least level from sunset to sunrise; 0 for none.</param>
    /// <param name="from">The first night that it names.</param>
    /// <param name="version">The program's own version.</param>
    public static ControllerProgram Compile(
        ParsedPlan plan, string id, long planVersion, LightingPlace place, double minimumPercent, DateOnly from, long version)
    {
        var names = new List<string>();
        var calendar = ImmutableArray.CreateBuilder<ProgramNight>();
        for (var night = 0; night < Nights; night++)
        {
            var date = from.AddDays(night);
            var name = plan.ProgramOf(date, place.Department);
            var program = names.IndexOf(name);
            if (program < 0)
            {
                program = names.Count;
                names.Add(name);
            }

            if (calendar.Count == 0 || calendar[^1].Program != program)
            {
                calendar.Add(new ProgramNight(date, program));
            }
        }

        return new ControllerProgram
        {
            Version = version,
            Plan = id,
            PlanVersion = planVersion,
            ZoneId = place.ZoneId,
            Longitude = place.Longitude,
            Latitude = place.Latitude,
            MinimumPercent = minimumPercent,
            Programs = [.. names.Select(name => plan.Programs[name].Select(point => new ProgramPoint(point.At.Anchor, point.At.Minutes, point.Percent, point.RampSeconds)).ToImmutableArray())],
            Calendar = calendar.ToImmutable(),
            Spans = [.. plan.Spans.Where(span => span.Commune is null || span.Commune == place.Commune).Select(SpanOf)],
        };
    }

    /// <summary>True when two programs have a controller do the same, whatever version of the plan they come from.</summary>
    public static bool AreSame(ControllerProgram left, ControllerProgram right) =>
        left.Version == right.Version && left.Plan == right.Plan && left.ZoneId == right.ZoneId && left.Longitude == right.Longitude && left.Latitude == right.Latitude
        && left.MinimumPercent == right.MinimumPercent && left.Calendar.SequenceEqual(right.Calendar) && left.Spans.SequenceEqual(right.Spans)
        && left.Programs.Length == right.Programs.Length && left.Programs.Zip(right.Programs).All(pair => pair.First.SequenceEqual(pair.Second));

    private static ProgramSpan SpanOf(ParsedPlan.Span span) => new(span.From, span.To, span.Percent, span.Cause == PauseCause.Event ? 100 : null);
}
