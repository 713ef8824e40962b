using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Lighting;

namespace Grid.Connectors.Simulator.Programs;

/// <summary>
/// A controller program as its controllers run it, by their own clock and nobody's help: the level at any instant, and the light between two, exact to the millisecond.
/// Shared by all controllers that have the program. Not safe for several threads.
/// </summary>
/// <remarks>Where no entry of the calendar has begun, the first one counts.</remarks>
internal sealed class ProgramClock
{
    // Nights are worked out again when asked after longer than this; their sums are kept.
    private const int NightsKept = 16;

    private static readonly long Origin = SimulatedTime.Origin.ToUnixTimeMilliseconds();

    private readonly ProgramPlace _place;
    private readonly NightCourse?[] _nights = new NightCourse?[NightsKept];
    private readonly List<LightSums> _before = [];
    private int _firstDay;

    /// <param name="program">What it runs; its version does not matter here.</param>
    /// <exception cref="ArgumentException">What is wrong with it: see <see cref="FindFault"/>.</exception>
    public ProgramClock(ControllerProgram program)
    {
        if (FindFault(program) is { } fault) throw new ArgumentException(fault, nameof(program));
        Program = program;
        _place = new ProgramPlace(program.ZoneId, program.Longitude, program.Latitude);
    }

    /// <summary>The program.</summary>
    public ControllerProgram Program { get; }

    /// <summary>Why a controller cannot run a program; null when it can.</summary>
    public static string? FindFault(ControllerProgram? program)
    {
        if (program is null) return "there is no program to load";
        if (NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(program.ZoneId) is null) return $"zoneId '{program.ZoneId}' is no known time zone";
        if (!(Math.Abs(program.Longitude) <= 180) || !(Math.Abs(program.Latitude) <= 90)) return "longitude or latitude is out of range";
        if (!IsPercent(program.MinimumPercent)) return "minimumPercent must be from 0 to 100";
        if (program.Programs.IsDefaultOrEmpty || program.Calendar.IsDefaultOrEmpty || program.Spans.IsDefault) return "programs or calendar are empty";
        if (program.Programs.Any(points => points.IsDefault || points.Any(point => !IsPercent(point.Percent) || point.RampSeconds < 0))) return "a switch point has a level or a ramp out of range";
        if (program.Calendar.Any(night => night.Program < 0 || night.Program >= program.Programs.Length)) return "calendar names a program that there is not";
        if (program.Calendar.Zip(program.Calendar.Skip(1)).Any(pair => pair.Second.From <= pair.First.From)) return "calendar is not in the order of its dates";
        return program.Spans.Any(span => !IsPercent(span.Percent) || (span.NightPercent is { } night && !IsPercent(night))) ? "a span has a level out of range" : null;
    }

    /// <summary>Where its lights stand at an instant, in seconds since the simulator's origin.</summary>
    public LightLevel At(double now)
    {
        var instant = Milliseconds(now);
        return NightAt(instant).At(instant);
    }

    /// <summary>The light from one instant until another that is not before it.</summary>
    public LightSums Between(double from, double to) => to > from ? Until(Milliseconds(to), Milliseconds(from)) : default;

    private static bool IsPercent(double value) => value is >= 0 and <= 100;

    private static long Milliseconds(double now) => Origin + (long)Math.Round(now * 1_000);

    private LightSums Until(long to, long from)
    {
        var (first, last) = (DayAt(from), DayAt(to));
        Cover(first);
        Cover(last);
        return _before[last - _firstDay] + Night(last).Until(to) - _before[first - _firstDay] - Night(first).Until(from);
    }

    private NightCourse NightAt(long instant) => Night(DayAt(instant));

    private int DayAt(long instant)
    {
        // Most instants are in a night that is at hand.
        foreach (var night in _nights)
        {
            if (night is not null && night.Contains(instant)) return night.Day;
        }

        return _place.NightOf(instant).DayNumber;
    }

    // Sums count from the first night that was asked for.
    private void Cover(int day)
    {
        if (_before.Count == 0)
        {
            _firstDay = day;
            _before.Add(default);
        }

        while (day < _firstDay)
        {
            var whole = Night(--_firstDay).Whole;
            for (var index = 0; index < _before.Count; index++) _before[index] += whole;
            _before.Insert(0, default);
        }

        while (day - _firstDay >= _before.Count) _before.Add(_before[^1] + Night(_firstDay + _before.Count - 1).Whole);
    }

    private NightCourse Night(int day)
    {
        ref var kept = ref _nights[day % NightsKept];
        return kept?.Day == day ? kept : kept = Make(DateOnly.FromDayNumber(day));
    }

    private NightCourse Make(DateOnly date)
    {
        var (start, end) = (_place.NoonOf(date), _place.NoonOf(date.AddDays(1)));
        var night = new NightCourse(date.DayNumber, start, end);
        var entry = Program.Calendar[0];
        foreach (var later in Program.Calendar)
        {
            if (later.From <= date) entry = later;
        }

        foreach (var point in Program.Programs[entry.Program])
        {
            night.Switch(_place.Of(date, start, end, point.Anchor, point.Minutes), point.Percent, point.RampSeconds * 1_000L);
        }

        var (sunset, sunrise) = (_place.Of(date, start, end, SwitchAnchor.Sunset, 0), _place.Of(date, start, end, SwitchAnchor.Sunrise, 0));
        foreach (var span in Program.Spans)
        {
            var (from, to) = (_place.ByClock(span.From), _place.ByClock(span.To));
            night.Hold(from, to, span.Percent);
            if (span.NightPercent is { } percent) night.Hold(Math.Max(from, sunset), Math.Min(to, sunrise), percent);
        }

        if (Program.MinimumPercent > 0) night.Raise(sunset, sunrise, Program.MinimumPercent);
        return night;
    }
}
