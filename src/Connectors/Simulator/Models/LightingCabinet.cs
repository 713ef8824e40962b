using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Connectors.Simulator.Programs;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A cabinet: its segments of passive lamps are on while its program has a level above 0, or as it is told; a segment of controlled lamps is always supplied. Its meter
/// sums what its lamps draw.
/// </summary>
internal sealed class LightingCabinet : SimulatedDevice, IController
{
    private const double OwnWatts = 6;
    private static readonly string[] SegmentMetrics = [.. Enumerable.Range(1, MaximumSegments).Select(segment => $"segment{segment}On")];

    private readonly Segment[] _segments;
    private readonly ControlledLamp[] _controlled;
    private readonly Scheduling _scheduling;
    private Told? _told;

    /// <param name="id">Key.</param>
    /// <param name="key">Seeded key.</param>
    /// <param name="site">Its commune.</param>
    /// <param name="passiveWatts">Rated watts of the passive lamps by segment, 1 to 8 of them.</param>
    /// <param name="isPermanent">By segment: true when it feeds only controlled lamps.</param>
    /// <param name="controlled">The controlled lamps that it feeds.</param>
    /// <param name="scheduling">What it does by itself.</param>
    public LightingCabinet(
        string id, ulong key, Site site, ReadOnlySpan<double> passiveWatts, ReadOnlySpan<bool> isPermanent, ControlledLamp[] controlled, Scheduling scheduling)
        : base(id, key, site)
    {
        _scheduling = scheduling;
        var shift = (float)Seeded.Between(key, 1, -240, 240); // its clock and its photocell are its own
        _controlled = controlled;
        _segments = new Segment[passiveWatts.Length];
        for (var index = 0; index < _segments.Length; index++)
        {
            // Where lights go off in the quiet hours, a first segment here and there stays lit for its crossing.
            var goesQuiet = site.SwitchesOffInQuietHours && (index > 0 || Seeded.Unit(key, 2) < 0.75);
            _segments[index] = new Segment(new LightingProgram(goesQuiet ? 0 : 1, shift), (float)passiveWatts[index], isPermanent[index]);
        }
    }

    public const int MaximumSegments = 8;

    /// <inheritdoc/>
    public ControllerMemory? Memory => _told?.Memory;

    /// <inheritdoc/>
    public ProgramClock? Clock => _told?.Clock;

    /// <inheritdoc/>
    public void Recall(ControllerMemory kept, ProgramClock? clock)
    {
        // One that was registered with another number of segments since begins anew.
        if (kept.Lights.Length != _segments.Length) return;
        var keeps = _scheduling == Scheduling.Own;
        _told = new Told([.. kept.Lights]) { Clock = keeps ? clock : null, ProgramVersion = keeps ? kept.ProgramVersion : 0 };
    }

    /// <inheritdoc/>
    public string? FindRefusal(string command, IReadOnlyDictionary<string, double> arguments, ControllerProgram? program)
    {
        if (command is CommandCatalog.FollowPlan or CommandCatalog.LoadProgram) return ControllerCommands.FindRefusal(_scheduling, command, program);
        if (command != CommandCatalog.SetSegment) return $"the simulated device does not understand {command}";
        if (!arguments.TryGetValue("segment", out var segment) || segment != Math.Floor(segment) || !(segment >= 1) || segment > _segments.Length)
        {
            return $"segment must be a whole number from 1 to {_segments.Length}";
        }

        if (_segments[(int)segment - 1].IsPermanent) return $"segment {segment} feeds light points with their own controllers, and is always supplied";
        if (!arguments.TryGetValue("on", out var on) || on is not (0 or 1)) return "on must be 0 or 1";
        return ControllerCommands.FaultOfDuration(arguments);
    }

    /// <inheritdoc/>
    public void Obey(string command, IReadOnlyDictionary<string, double> arguments, double now, long version)
    {
        var told = _told ?? new Told(new LightMemory[_segments.Length]);
        if (command == CommandCatalog.SetSegment)
        {
            var segment = (int)arguments["segment"] - 1;
            if (!told.Takes(segment, version)) return;
            Checkpoint(told, now);
            told.SetLevel(segment, _scheduling, arguments["on"], ControllerCommands.MinutesOf(arguments));
            return;
        }

        // Each segment has its own order: one that was told something newer keeps that.
        Checkpoint(told, now);
        for (var segment = 0; segment < _segments.Length; segment++)
        {
            if (told.Takes(segment, version)) told.FollowProgram(segment);
        }
    }

    /// <inheritdoc/>
    public void Load(ProgramClock clock, long version, double now)
    {
        if (_told is { } known && version <= known.ProgramVersion) return;
        var told = _told ?? new Told(new LightMemory[_segments.Length]);
        Checkpoint(told, now);
        (told.Clock, told.ProgramVersion) = (clock, version);
    }

    /// <inheritdoc/>
    public void Swap(double now)
    {
        if (_told is not { } told) return;
        Checkpoint(told, now);
        (told.Clock, told.ProgramVersion) = (null, 0);
        for (var segment = 0; segment < _segments.Length; segment++)
        {
            told.FollowProgram(segment);
            told.Lights[segment] = told.Lights[segment] with { Version = 0 };
        }
    }

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var report = new MetricValue[_segments.Length + (_scheduling == Scheduling.Own ? 7 : 6)];
        var watts = OwnWatts;
        var wattSeconds = OwnWatts * now;
        for (var index = 0; index < _segments.Length; index++)
        {
            var isOn = IsOn(index, now);
            watts += isOn ? _segments[index].Watts : 0;
            wattSeconds += _segments[index].Watts * BurningSeconds(index, now);
            report[index] = Metric(SegmentMetrics[index], isOn ? 1 : 0);
        }

        foreach (var lamp in _controlled)
        {
            var (lampWatts, lampWattSeconds) = lamp.Draw(now);
            watts += lampWatts;
            wattSeconds += lampWattSeconds;
        }

        var volts = 232 + (5 * Seeded.Smooth(Key, now / SimulatedTime.Hour)) - (watts / 4_000);
        var moisture = Site.Weather.RainMillimetresPerHour(Site.Commune.Longitude, Site.Commune.Latitude, now);
        var rest = report.AsSpan(_segments.Length);
        rest[0] = Metric("powerWatts", Math.Round(watts, 1));
        rest[1] = Metric("energyWattHours", Index(wattSeconds / 3600));
        rest[2] = Metric("supplyVolts", Math.Round(volts, 1));
        rest[3] = Metric("leakageMilliamperes", Math.Round(Seeded.Between(Key, 3, 2, 9) + moisture, 1));
        rest[4] = Metric("doorOpen", IsVisited(now) ? 1 : 0);
        rest[5] = Metric("breakerTripped", 0);
        if (_scheduling == Scheduling.Own) rest[6] = Metric("programVersion", _told?.ProgramVersion ?? 0);
        return ImmutableCollectionsMarshal.AsImmutableArray(report);
    }

    public override int SwitchState(double now)
    {
        var state = 0;
        for (var index = 0; index < _segments.Length; index++)
        {
            if (IsOn(index, now)) state |= 1 << index;
        }

        return state;
    }

    /// <summary>How long a segment, counted from 0, was on since the origin; 0 for one that there is not.</summary>
    public double BurningSeconds(int segment, double now)
    {
        if ((uint)segment >= (uint)_segments.Length) return 0;
        if (_segments[segment].IsPermanent) return now;
        if (_told is null) return _scheduling == Scheduling.None ? 0 : _segments[segment].Factory.At(Site.Nights, now).BurningSeconds;
        var course = CourseOf(segment);
        return _told.Lights[segment].BurningSeconds + course.Between(course.From, Math.Max(now, course.From)).BurningSeconds;
    }

    /// <summary>What is true of a passive light point on a segment, counted from 0, since the origin.</summary>
    public LampTruth TruthAt(int segment, double watts, double now)
    {
        var burning = BurningSeconds(segment, now) / 3600;
        return new LampTruth(watts * burning, watts * Site.DarkSeconds(now) / 3600, watts, burning);
    }

    private bool IsOn(int segment, double now) => _segments[segment].IsPermanent || CourseOf(segment).At(now).Level > 0;

    private LightCourse CourseOf(int segment) =>
        new(_told?.Lights[segment] ?? default, _told?.Clock, _scheduling == Scheduling.None ? null : _segments[segment].Factory, Site.Nights);

    /// <summary>From now on the counters of its segments go on from what they are now.</summary>
    private void Checkpoint(Told told, double now)
    {
        for (var segment = 0; segment < _segments.Length; segment++)
        {
            var light = told.Lights[segment];
            var at = Math.Max(now, light.From);
            told.Lights[segment] = light with { From = at, Until = Math.Max(light.Until, at), BurningSeconds = BurningSeconds(segment, at) };
        }

        _told = told;
    }

    // A fitter opens the door for 40 minutes between 09:00 and 16:00, about every three months.
    private bool IsVisited(double now)
    {
        var local = Site.Clock.Local(now);
        var day = (long)(local / SimulatedTime.Day);
        if (Seeded.Unit(Key ^ 0xd004, day) >= 1.0 / 90) return false;
        var since = (local % SimulatedTime.Day) - Seeded.Between(Key ^ 0xd005, day, 9 * SimulatedTime.Hour, 16 * SimulatedTime.Hour);
        return since is >= 0 and < 2_400;
    }

    private readonly record struct Segment(LightingProgram Factory, float Watts, bool IsPermanent);
}
