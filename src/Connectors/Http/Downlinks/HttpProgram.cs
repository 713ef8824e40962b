using System.Globalization;
using Grid.Contracts.Lighting;

namespace Grid.Connectors.Http.Downlinks;

/// <summary>A controller's program over HTTP: local rules in words, as plans are written.</summary>
/// <param name="Version">What the controller reports as <c>programVersion</c> while it runs it.</param>
/// <param name="Plan">The plan that it comes from.</param>
/// <param name="PlanVersion">That plan's version.</param>
/// <param name="Zone">IANA zone of the clock.</param>
/// <param name="Longitude">Degrees east, for the sun.</param>
/// <param name="Latitude">Degrees north, for the sun.</param>
/// <param name="MinimumPercent">Least level from sunset to sunrise; 0 for none.</param>
/// <param name="Programs">The control programs: the switch points of a night.</param>
/// <param name="Calendar">Which of them counts from the night of a date on.</param>
/// <param name="Spans">Levels for a time, each over what comes before it.</param>
internal sealed record HttpProgram(
    long Version,
    string Plan,
    long PlanVersion,
    string Zone,
    double Longitude,
    double Latitude,
    double MinimumPercent,
    IReadOnlyList<IReadOnlyList<HttpProgramPoint>> Programs,
    IReadOnlyList<HttpProgramNight> Calendar,
    IReadOnlyList<HttpProgramSpan> Spans)
{
    private const string LocalForm = "yyyy-MM-dd'T'HH:mm";

    public static HttpProgram? Of(ControllerProgram? program) => program is null ? null : new(
        program.Version,
        program.Plan,
        program.PlanVersion,
        program.ZoneId,
        program.Longitude,
        program.Latitude,
        program.MinimumPercent,
        [.. program.Programs.Select(points => points.Select(point => new HttpProgramPoint(TextOf(point), point.Percent, point.RampSeconds)).ToArray())],
        [.. program.Calendar.Select(night => new HttpProgramNight(night.From, night.Program))],
        [.. program.Spans.Select(span => new HttpProgramSpan(Local(span.From), Local(span.To), span.Percent, span.NightPercent))]);

    private static string Local(DateTime time) => time.ToString(LocalForm, CultureInfo.InvariantCulture);

    private static string TextOf(ProgramPoint point)
    {
        var (hours, minutes) = Math.DivRem(Math.Abs(point.Minutes), 60);
        var time = string.Create(CultureInfo.InvariantCulture, $"{hours:00}:{minutes:00}");
        var anchor = point.Anchor switch
        {
            SwitchAnchor.Clock => string.Empty,
            SwitchAnchor.Sunset => "sunset",
            SwitchAnchor.Sunrise => "sunrise",
            SwitchAnchor.CivilDusk => "civilDusk",
            SwitchAnchor.CivilDawn => "civilDawn",
            _ => throw new ArgumentOutOfRangeException(nameof(point), point.Anchor, "is no anchor"),
        };
        return point.Anchor == SwitchAnchor.Clock ? time : point.Minutes == 0 ? anchor : $"{anchor}{(point.Minutes < 0 ? '-' : '+')}{time}";
    }
}

/// <summary>From when on which level.</summary>
internal sealed record HttpProgramPoint(string At, double Percent, int RampSeconds);

/// <summary>Which control program counts from the night of a date on.</summary>
internal sealed record HttpProgramNight(DateOnly From, int Program);

/// <summary>A level for a time by the clock of the place.</summary>
internal sealed record HttpProgramSpan(string From, string To, double Percent, double? NightPercent);
