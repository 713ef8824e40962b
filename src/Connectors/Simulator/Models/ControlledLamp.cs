using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A light point with its own controller on a permanent supply: follows its program, or a command until that ends. Some fail for days, and are repaired.
/// </summary>
internal sealed class ControlledLamp(string id, ulong key, Site site, double ratedWatts) : SimulatedDevice(id, key, site)
{
    private const double FailuresPerYear = 0.08;
    private const double StandbyWatts = 0.4; // lit, off or failed
    private const double FixedShare = 0.08; // of the rated power, drawn at any level

    private readonly LightingProgram _program = new((float)site.QuietDimming, (float)Seeded.Between(key, 1, -120, 120));
    private readonly float _ratedWatts = (float)(ratedWatts * Seeded.Between(key, 2, 0.97, 1.03));
    private LampMemory? _command;
    private long _version;

    /// <summary>What it keeps when everything else is lost; null before its first command.</summary>
    public LampMemory? Memory => _command is { } command ? command with { Version = _version } : null;

    /// <summary>Goes on from what was kept.</summary>
    public void Recall(LampMemory kept) => (_command, _version) = (kept, kept.Version);

    /// <summary>True when a desired state is no older than the one that it obeys; from then on only newer ones count.</summary>
    public bool TakesVersion(long version)
    {
        if (version < _version) return false;
        _version = version == long.MaxValue ? _version : version;
        return true;
    }

    /// <summary>Obeys at an instant: a level from 0 to 1, for ever or until another instant.</summary>
    public void SetLevel(double level, double now, double until)
    {
        var sums = SumsAt(now);
        _command = new LampMemory(_version, now, until, level, sums.BurningSeconds, sums.WattSeconds);
    }

    /// <summary>Follows its program again from an instant on.</summary>
    public void FollowProgram(double now) => SetLevel(0, now, now);

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var sums = SumsAt(now);
        var failed = IsFailed(now);
        return
        [
            Metric("dimmingPercent", Math.Round(sums.Level * 100, 1)),
            Metric("powerWatts", Math.Round(WattsAt(sums.Level, failed), 1)),
            Metric("energyWattHours", Index(sums.WattSeconds / 3600)),
            Metric("supplyVolts", Math.Round(231 + (5 * Seeded.Smooth(Site.Key ^ Key, now / SimulatedTime.Hour)), 1)),
            Metric("burningHours", Index(sums.BurningSeconds / 36) / 100),
            Metric("lampFailure", failed && sums.Level > 0 ? 1 : 0),
        ];
    }

    public override int SwitchState(double now) => (int)Math.Round(SumsAt(now).Level * 1000);

    public override PlantedFault? FaultIn(int year) => Failure(year) is var (from, until)
        ? new PlantedFault(Id, PlantedFaultKind.LampFailure, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until))
        : null;

    /// <summary>Power now and energy since the origin, for the cabinet that feeds it.</summary>
    public (double Watts, double WattSeconds) Draw(double now)
    {
        var sums = SumsAt(now);
        return (WattsAt(sums.Level, IsFailed(now)), sums.WattSeconds);
    }

    private Sums SumsAt(double now)
    {
        // From the last command, or from the origin: first what was commanded, then the program. Sums only ever grow.
        var command = _command.GetValueOrDefault();
        var (from, level, burning, energy) = (command.From, command.Level, command.BurningSeconds, command.WattSeconds);
        now = Math.Max(now, from);
        var until = Math.Max(Math.Min(command.Until, now), from);
        var plan = _program.At(Site.Nights, now);
        if (until > from)
        {
            burning += level > 0 ? until - from : 0;
            energy += (until - from) * StandbyWatts;
            energy += (until - from - FailedSeconds(from, until)) * LightWatts(level);
        }

        if (now > until)
        {
            var start = _program.At(Site.Nights, until);
            burning += plan.BurningSeconds - start.BurningSeconds;
            energy += ((now - until) * StandbyWatts) + PlanWattSeconds(start, plan) - FailedWattSeconds(until, now);
        }

        return new Sums(burning, energy, now < command.Until ? level : plan.Level);
    }

    private double LightWatts(double level) => level > 0 ? _ratedWatts * (FixedShare + ((1 - FixedShare) * level)) : 0;

    private double WattsAt(double level, bool failed) => failed ? StandbyWatts : StandbyWatts + LightWatts(level);

    private double PlanWattSeconds(Burnt start, Burnt end) =>
        _ratedWatts * ((FixedShare * (end.BurningSeconds - start.BurningSeconds)) + ((1 - FixedShare) * (end.FullSeconds - start.FullSeconds)));

    private (double From, double Until)? Failure(int year) => DrawFault(year, FailuresPerYear, 5, 30);

    private bool IsFailed(double now) => Failure(YearOf(now)) is var (from, until) && now >= from && now < until;

    private double FailedSeconds(double from, double until)
    {
        var failed = 0.0;
        for (var year = YearOf(from); year <= YearOf(until); year++)
        {
            if (Failure(year) is var (begin, end)) failed += Math.Max(0, Math.Min(until, end) - Math.Max(from, begin));
        }

        return failed;
    }

    private double FailedWattSeconds(double from, double until)
    {
        var failed = 0.0;
        for (var year = YearOf(from); year <= YearOf(until); year++)
        {
            if (Failure(year) is not var (begin, end)) continue;
            (begin, end) = (Math.Max(from, begin), Math.Min(until, end));
            if (end > begin) failed += PlanWattSeconds(_program.At(Site.Nights, begin), _program.At(Site.Nights, end));
        }

        return failed;
    }

    private readonly record struct Sums(double BurningSeconds, double WattSeconds, double Level);
}
