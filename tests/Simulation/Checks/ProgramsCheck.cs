using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Grains.Lighting;

namespace Grid.Simulation.Checks;

/// <summary>
/// I9: a controller that was given a program follows it, whether Grid is there or not. What it must show is worked out from the preview of plans; what it was told
/// is written down here, apart from the simulator.
/// </summary>
internal sealed class ProgramsCheck(World world)
{
    private const double RoundingPercent = 0.05;

    // A report is of an instant; a level that moves may be that of a moment before or after.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Given> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<(ControllerProgram Program, DateOnly Date), (NightProfile Profile, LocalNight Night)> _nights = [];
    private HashSet<(string Cabinet, int Segment)> _permanent = [];

    /// <summary>Reports that were held against a program.</summary>
    public long Judged { get; private set; }

    /// <summary>Those of them that were made while no process was alive.</summary>
    public long JudgedAlone { get; private set; }

    /// <summary>These devices are in the field now. What was taken away is forgotten: another controller that comes in its place knows nothing.</summary>
    public void Serve(IReadOnlyCollection<DeviceDescriptor> devices)
    {
        // Segments that feed nothing but lamps with their own controllers are always supplied.
        _permanent =
        [
            .. devices.Where(device => device.Kind == DeviceKind.Streetlight && device.Text("cabinet") is not null)
                .GroupBy(lamp => (lamp.Text("cabinet")!, (int)(lamp.Number("segment") ?? 1)))
                .Where(segment => !segment.Any(lamp => lamp.Flag("passive")))
                .Select(segment => segment.Key),
        ];
        var present = devices.Select(device => device.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _given.Keys.Where(device => !present.Contains(device)).ToList())
        {
            _given.Remove(gone);
        }
    }

    /// <summary>A controller got a message.</summary>
    public void Told(string device, string name, IReadOnlyDictionary<string, double> arguments, long version, ControllerProgram? program)
    {
        if (!_given.TryGetValue(device, out var given))
        {
            _given.Add(device, given = new Given());
        }

        switch (name)
        {
            case CommandCatalog.LoadProgram when program is not null && program.Version > (given.Program?.Version ?? 0):
                given.Program = program;
                break;
            case CommandCatalog.FollowPlan:
                for (var light = 0; light < given.Lights.Length; light++)
                {
                    Tell(ref given.Lights[light], version, DateTimeOffset.MinValue);
                }

                break;
            case CommandCatalog.SetDimming or CommandCatalog.SetSegment:
                var until = arguments.TryGetValue("durationMinutes", out var minutes) ? world.Clock.GetUtcNow().AddMinutes(minutes) : DateTimeOffset.MaxValue;
                Tell(ref given.Lights[name == CommandCatalog.SetSegment ? (int)arguments["segment"] : 0], version, until);
                break;
            default:
                break;
        }
    }

    /// <summary>A device says something.</summary>
    public void Judge(IncomingReading reading)
    {
        if (!_given.TryGetValue(reading.Device, out var given) || given.Program is not { } program || reading.Time is not { } at)
        {
            return;
        }

        foreach (var metric in reading.Metrics)
        {
            if (metric.Name == "programVersion")
            {
                Expect(reading, metric, metric.Value == program.Version, $"version {program.Version}");
            }
            else if (metric.Name == "dimmingPercent" && at >= given.Lights[0].Until)
            {
                var (least, most) = Range(program, at);
                Expect(reading, metric, metric.Value >= least - RoundingPercent && metric.Value <= most + RoundingPercent, $"{least} to {most}");
            }
            else if (SegmentOf(metric.Name) is { } segment && !_permanent.Contains((reading.Device, segment)) && at >= given.Lights[segment].Until)
            {
                var (least, most) = Range(program, at);
                Expect(reading, metric, metric.Value == 0 ? least == 0 : most > 0, $"a level of {least} to {most}");
            }
        }
    }

    private static int? SegmentOf(string metric) =>
        metric.Length == 10 && metric.StartsWith("segment", StringComparison.Ordinal) && metric.EndsWith("On", StringComparison.Ordinal) ? metric[7] - '0' : null;

    private static void Tell(ref Light light, long version, DateTimeOffset until)
    {
        if (version >= light.Version)
        {
            light = new Light(version, until);
        }
    }

    private void Expect(IncomingReading reading, MetricValue metric, bool isRight, string expected)
    {
        Judged++;
        JudgedAlone += world.Process is null ? 1 : 0;
        if (!isRight)
        {
            world.Violated("I9", string.Create(CultureInfo.InvariantCulture, $"{reading.Device} shows {metric.Name} {metric.Value} at {reading.Time:O}; its program says {expected}"));
        }
    }

    /// <summary>The levels of a program about an instant.</summary>
    private (double Least, double Most) Range(ControllerProgram program, DateTimeOffset at)
    {
        ReadOnlySpan<double> levels = [LevelAt(program, at - Slack), LevelAt(program, at), LevelAt(program, at + Slack)];
        return (Math.Min(levels[0], Math.Min(levels[1], levels[2])), Math.Max(levels[0], Math.Max(levels[1], levels[2])));
    }

    private double LevelAt(ControllerProgram program, DateTimeOffset at)
    {
        var instant = at.ToUnixTimeMilliseconds();
        var date = DateOnly.FromDateTime(at.UtcDateTime);
        for (var earlier = -2; earlier <= 1; earlier++)
        {
            var (profile, night) = NightOf(program, date.AddDays(earlier));
            if (instant >= night.Start && instant < night.End)
            {
                return profile.LevelAt(instant);
            }
        }

        throw new InvalidOperationException($"{at:O} is in no night.");
    }

    private (NightProfile Profile, LocalNight Night) NightOf(ControllerProgram program, DateOnly date)
    {
        if (_nights.TryGetValue((program, date), out var known))
        {
            return known;
        }

        var night = new LocalNight(new LightingPlace(string.Empty, string.Empty, program.ZoneId, program.Longitude, program.Latitude), date);
        var points = program.Programs[program.Calendar.LastOrDefault(entry => entry.From <= date, program.Calendar[0]).Program];
        var profile = NightProfile.Of(
            night.Start, night.End, points.Select(point => (night.Instant(new SwitchTime(point.Anchor, point.Minutes)), point.Percent, point.RampSeconds * 1_000L)));
        foreach (var span in program.Spans)
        {
            var (from, to) = (night.Instant(span.From), night.Instant(span.To));
            profile = profile.With(from, to, span.Percent);
            if (span.NightPercent is { } percent)
            {
                profile = profile.With(Math.Max(from, night.Sunset), Math.Min(to, night.Sunrise), percent);
            }
        }

        return _nights[(program, date)] = (profile.AtLeast(night.Sunset, night.Sunrise, program.MinimumPercent), night);
    }

    private sealed class Given
    {
        public ControllerProgram? Program { get; set; }

        /// <summary>Of a lamp the first; of a cabinet those from 1 to 8.</summary>
        public Light[] Lights { get; } = new Light[9];
    }

    /// <summary>Until when a light does what it was told.</summary>
    private readonly record struct Light(long Version, DateTimeOffset Until);
}
