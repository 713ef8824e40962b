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
internal sealed class ControlledLamp(string id, ulong key, Site site, double ratedWatts, Scheduling scheduling) : SimulatedDevice(id, key, site), IController
{
    private const double FailuresPerYear = 0.08;
    private const double StandbyWatts = 0.4; // lit, off or failed
    private const double FixedShare = 0.08; // of the rated power, drawn at any level

    private readonly LightingProgram _factory = new((float)site.QuietDimming, (float)Seeded.Between(key, 1, -120, 120));
    private readonly float _ratedWatts = (float)(ratedWatts * Seeded.Between(key, 2, 0.97, 1.03));
    private Told? _told;

    /// <inheritdoc/>
    public ControllerMemory? Memory => _told?.Memory;

    /// <inheritdoc/>
    public ProgramClock? Clock => _told?.Clock;

    private LightCourse Course => new(_told?.Lights[0] ?? default, _told?.Clock, scheduling == Scheduling.None ? null : _factory, Site.Nights);

    /// <inheritdoc/>
    public void Recall(ControllerMemory kept, ProgramClock? clock)
    {
        if (kept.Lights is not [var light]) return;
        var keeps = scheduling == Scheduling.Own;
        _told = new Told([light]) { Clock = keeps ? clock : null, ProgramVersion = keeps ? kept.ProgramVersion : 0 };
    }

    /// <inheritdoc/>
    public string? FindRefusal(string command, IReadOnlyDictionary<string, double> arguments, ControllerProgram? program)
    {
        if (command is CommandCatalog.FollowPlan or CommandCatalog.LoadProgram) return ControllerCommands.FindRefusal(scheduling, command, program);
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
        else told.SetLevel(0, scheduling, arguments["percent"] / 100, ControllerCommands.MinutesOf(arguments));
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
        var watts = Metric("powerWatts", Math.Round(WattsAt(level, failed), 1));
        var energy = Metric("energyWattHours", Index(sums.WattSeconds / 3600));
        var volts = Metric("supplyVolts", Math.Round(231 + (5 * Seeded.Smooth(Site.Key ^ Key, now / SimulatedTime.Hour)), 1));
        var burning = Metric("burningHours", Index(sums.BurningSeconds / 36) / 100);
        var failure = Metric("lampFailure", failed && level > 0 ? 1 : 0);
        return scheduling == Scheduling.Own
            ? [dimming, watts, energy, volts, burning, failure, Metric("programVersion", _told?.ProgramVersion ?? 0)]
            : [dimming, watts, energy, volts, burning, failure];
    }

    /// <summary>A level that is reached evenly is told when it begins to move and when it is there.</summary>
    public override int SwitchState(double now)
    {
        var level = Course.At(now);
        return ((int)Math.Round(level.Target * 1000) * 2) + (level.IsMoving ? 1 : 0);
    }

    public override IEnumerable<PlantedFault> FaultsIn(int year) => Failure(year) is var (from, until)
        ? [new PlantedFault(Id, PlantedFaultKind.LampFailure, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until))]
        : [];

    /// <summary>Power now and energy since the origin, for the cabinet that feeds it.</summary>
    public (double Watts, double WattSeconds) Draw(double now) => (WattsAt(Course.At(now).Level, IsFailed(now)), SumsAt(now).WattSeconds);

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

        var (burning, energy) = _told?.Lights[0] is { } told ? (told.BurningSeconds, told.WattSeconds) : (0, 0);
        return new Sums(burning + light.BurningSeconds, energy + ((now - from) * StandbyWatts) + LightWattSeconds(light - lost));
    }

    private double LightWatts(double level) => level > 0 ? _ratedWatts * (FixedShare + ((1 - FixedShare) * level)) : 0;

    private double WattsAt(double level, bool failed) => failed ? StandbyWatts : StandbyWatts + LightWatts(level);

    private double LightWattSeconds(in LightSums light) => _ratedWatts * ((FixedShare * light.BurningSeconds) + ((1 - FixedShare) * light.FullSeconds));

    private (double From, double Until)? Failure(int year) => DrawFault(year, FailuresPerYear, 5, 30);

    private bool IsFailed(double now) => Failure(YearOf(now)) is var (from, until) && now >= from && now < until;

    private readonly record struct Sums(double BurningSeconds, double WattSeconds);
}
