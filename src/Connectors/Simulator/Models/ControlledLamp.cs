using System.Collections.Immutable;
using Grid.Connectors.Simulator.Programs;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A light point with its own controller on a permanent supply: follows its program, or a command until that ends. Some fail for days, and are repaired.
/// </summary>
internal sealed class ControlledLamp : SimulatedDevice, IController
{
    /// <summary>What light-emitting diodes are rated for.</summary>
    public const double UsualLifeHours = 100_000;

    private const double EndsPerYear = 0.03;
    private const int YearsAhead = 12; // in which its end is looked for
    private const double DriftingShare = 0.5; // of the lamps that end
    private const double HoursPerYear = 3_920; // of a lamp that burns all night
    private const double FailuresPerYear = 0.08;
    private const double StandbyWatts = 0.4; // lit, off or failed
    private const double FixedShare = 0.08; // of the rated power, drawn at any level

    private readonly Scheduling _scheduling;
    private readonly LightingProgram _factory;
    private readonly float _ratedWatts;
    private readonly LampEndOfLife? _end;

    // What the lamp had burnt at the simulator's origin.
    private readonly float _hoursAtOrigin;
    private Told? _told;

    /// <param name="id">Its key.</param>
    /// <param name="key">Its seed.</param>
    /// <param name="site">Its commune.</param>
    /// <param name="ratedWatts">Power at full light.</param>
    /// <param name="scheduling">What its controller keeps.</param>
    /// <param name="ratedLifeHours">Hours after which lamps of its sort end, give or take some.</param>
    public ControlledLamp(string id, ulong key, Site site, double ratedWatts, Scheduling scheduling, double ratedLifeHours = UsualLifeHours)
        : base(id, key, site)
    {
        _scheduling = scheduling;
        _factory = new((float)site.QuietDimming, (float)Seeded.Between(key, 1, -120, 120));
        _ratedWatts = (float)(ratedWatts * Seeded.Between(key, 2, 0.97, 1.03));
        _end = FindEnd();
        _hoursAtOrigin = (float)(_end is { } end
            ? Math.Max(0, (ratedLifeHours * Seeded.Between(key, 4, 0.93, 1.07)) - (end.From / SimulatedTime.Year * UsualHoursPerYear))
            : Seeded.Between(key, 4, 0, 0.45) * ratedLifeHours);
    }

    /// <inheritdoc/>
    public ControllerMemory? Memory => _told?.Memory;

    /// <inheritdoc/>
    public ProgramClock? Clock => _told?.Clock;

    private LightCourse Course => new(_told?.Lights[0] ?? default, _told?.Clock, _scheduling == Scheduling.None ? null : _factory, Site.Nights);

    /// <inheritdoc/>
    public void Recall(ControllerMemory kept, ProgramClock? clock)
    {
        if (kept.Lights is not [var light]) return;
        var keeps = _scheduling == Scheduling.Own;
        _told = new Told([light]) { Clock = keeps ? clock : null, ProgramVersion = keeps ? kept.ProgramVersion : 0 };
    }

    /// <inheritdoc/>
    public string? FindRefusal(string command, IReadOnlyDictionary<string, double> arguments, ControllerProgram? program)
    {
        if (command is CommandCatalog.FollowPlan or CommandCatalog.LoadProgram) return ControllerCommands.FindRefusal(_scheduling, command, program);
        if (command != CommandCatalog.SetDimming) return $"the simulated device does not understand {command}";
        if (!arguments.TryGetValue("percent", out var percent) || !(percent is >= 0 and <= 100)) return "percent must be from 0 to 100";
        return ControllerCommands.FaultOfDuration(arguments);
    }

    /// <inheritdoc/>
    public void Obey(string command, IReadOnlyDictionary<string, double> arguments, double now, long version)
    {
        var told = _told ?? new Told(new LightMemory[1]);
        if (!told.Takes(0, version)) return;
        Checkpoint(told, now);
        if (command == CommandCatalog.FollowPlan) told.FollowProgram(0);
        else told.SetLevel(0, _scheduling, arguments["percent"] / 100, ControllerCommands.MinutesOf(arguments));
    }

    /// <inheritdoc/>
    public void Load(ProgramClock clock, long version, double now)
    {
        if (_told is { } known && version <= known.ProgramVersion) return;
        var told = _told ?? new Told(new LightMemory[1]);
        Checkpoint(told, now);
        (told.Clock, told.ProgramVersion) = (clock, version);
    }

    /// <inheritdoc/>
    public void Swap(double now)
    {
        if (_told is not { } told) return;
        Checkpoint(told, now);
        (told.Clock, told.ProgramVersion) = (null, 0);
        told.FollowProgram(0);
        told.Lights[0] = told.Lights[0] with { Version = 0 };
    }

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var sums = SumsAt(now);
        var failed = IsFailed(now);
        var level = Course.At(now).Level;
        var dimming = Metric("dimmingPercent", Math.Round(level * 100, 1));
        var watts = Metric("powerWatts", Math.Round(WattsAt(level, failed, now), 1));
        var energy = Metric("energyWattHours", Index(sums.WattSeconds / 3600));
        var volts = Metric("supplyVolts", Math.Round(231 + (5 * Seeded.Smooth(Site.Key ^ Key, now / SimulatedTime.Hour)), 1));
        var burning = Metric("burningHours", Index(BurntHours(now, sums.BurningSeconds / 3600) * 100) / 100);
        var failure = Metric("lampFailure", failed && level > 0 ? 1 : 0);
        return _scheduling == Scheduling.Own
            ? [dimming, watts, energy, volts, burning, failure, Metric("programVersion", _told?.ProgramVersion ?? 0)]
            : [dimming, watts, energy, volts, burning, failure];
    }

    /// <summary>A level that is reached evenly is told when it begins to move and when it is there.</summary>
    public override int SwitchState(double now)
    {
        var level = Course.At(now);
        return ((int)Math.Round(level.Target * 1000) * 2) + (level.IsMoving ? 1 : 0);
    }

    public override IEnumerable<PlantedFault> FaultsIn(int year)
    {
        if (Failure(year) is var (from, until)) yield return new PlantedFault(Id, PlantedFaultKind.LampFailure, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until));
        if (_end is { } end && YearOf(end.From) == year) yield return new PlantedFault(Id, PlantedFaultKind.LampEndOfLife, SimulatedTime.InstantAt(end.From), SimulatedTime.InstantAt(end.Until));
    }

    /// <summary>Power now and energy since the origin, for the cabinet that feeds it.</summary>
    public (double Watts, double WattSeconds) Draw(double now) => (WattsAt(Course.At(now).Level, IsFailed(now), now), SumsAt(now).WattSeconds);

    /// <summary>What is true of it since the origin.</summary>
    public LampTruth TruthAt(double now)
    {
        var sums = SumsAt(now);
        var full = StandbyWatts + _ratedWatts;
        return new LampTruth(sums.WattSeconds / 3600, full * Site.DarkSeconds(now) / 3600, full, sums.BurningSeconds / 3600);
    }

    /// <summary>From now on its counters go on from what they are now.</summary>
    private void Checkpoint(Told told, double now)
    {
        var sums = SumsAt(now);
        var light = told.Lights[0];
        now = Math.Max(now, light.From);
        told.Lights[0] = light with { From = now, Until = Math.Max(light.Until, now), BurningSeconds = sums.BurningSeconds, WattSeconds = sums.WattSeconds };
        _told = told;
    }

    private Sums SumsAt(double now)
    {
        // From what it was told last, or from the origin. Sums only ever grow.
        var course = Course;
        var from = course.From;
        now = Math.Max(now, from);
        var light = course.Between(from, now);
        var lost = default(LightSums);
        for (var year = YearOf(from); year <= YearOf(now); year++)
        {
            if (Failure(year) is var (begin, end)) lost += course.Between(Math.Max(from, begin), Math.Min(now, end));
        }

        var grown = 0.0;
        if (_end is { } ending && now > ending.FirstSign)
        {
            lost += course.Between(Math.Max(from, ending.From), Math.Min(now, ending.Until));
            foreach (var (begin, end, drift) in ending.Drifts(from, now)) grown += drift * LightWattSeconds(course.Between(begin, end));
        }

        var (burning, energy) = _told?.Lights[0] is { } told ? (told.BurningSeconds, told.WattSeconds) : (0, 0);
        return new Sums(burning + light.BurningSeconds, energy + ((now - from) * StandbyWatts) + LightWattSeconds(light - lost) + grown);
    }

    /// <summary>What the lamp itself has burnt: another one begins at 0.</summary>
    private double BurntHours(double now, double sinceOrigin) => _end is { } end && now >= end.Until
        ? Math.Max(0, sinceOrigin - (end.Until / SimulatedTime.Year * UsualHoursPerYear))
        : _hoursAtOrigin + sinceOrigin;

    /// <summary>What a lamp of the commune burns in a year without being told anything.</summary>
    private double UsualHoursPerYear => Site.SwitchesOffInQuietHours ? HoursPerYear - (6.5 * 365) : HoursPerYear;

    private LampEndOfLife? FindEnd()
    {
        for (var year = 0; year < YearsAhead; year++)
        {
            if (DrawFault(year, EndsPerYear, 5, 30, PlantedFaultKind.LampEndOfLife) is not var (from, until)) continue;
            return new LampEndOfLife(from, until, Seeded.Unit(Key ^ 0xe0d, 0) < DriftingShare ? Seeded.Between(Key ^ 0xe0d, 1, 0.22, 0.4) : 0);
        }

        return null;
    }

    private double LightWatts(double level) => level > 0 ? _ratedWatts * (FixedShare + ((1 - FixedShare) * level)) : 0;

    private double WattsAt(double level, bool failed, double now) => failed ? StandbyWatts : StandbyWatts + (LightWatts(level) * (1 + (_end?.DriftAt(now) ?? 0)));

    private double LightWattSeconds(in LightSums light) => _ratedWatts * ((FixedShare * light.BurningSeconds) + ((1 - FixedShare) * light.FullSeconds));

    /// <summary>One that is near its end has no other failure.</summary>
    private (double From, double Until)? Failure(int year) =>
        DrawFault(year, FailuresPerYear, 5, 30) is var (from, until) && !(from < _end?.Until && until > _end.FirstSign) ? (from, until) : null;

    private bool IsFailed(double now) =>
        (Failure(YearOf(now)) is var (from, until) && now >= from && now < until) || (_end is { } end && now >= end.From && now < end.Until);

    private readonly record struct Sums(double BurningSeconds, double WattSeconds);
}
