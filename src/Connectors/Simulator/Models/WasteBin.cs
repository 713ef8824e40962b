using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Models;

/// <summary>A container that fills at its own pace until the round comes that its commune shares. Rarely one burns, or is tipped over.</summary>
internal sealed class WasteBin(string id, ulong key, Site site) : SimulatedDevice(id, key, site)
{
    private const double FiresPerYear = 0.004;
    private const double FireDays = 50.0 / (24 * 60);

    // A commune's rounds come every half week, week or fortnight; a bin is met some time within the morning's tour.
    private readonly float _roundSeconds = (float)(SimulatedTime.Day * (Seeded.Unit(site.Key, 7) < 0.5 ? 7 : Seeded.Unit(site.Key, 8) < 0.6 ? 3.5 : 14));
    private readonly float _firstRound = (float)((Math.Floor(Seeded.Between(site.Key, 9, 0, 14)) * SimulatedTime.Day) + Seeded.Between(key, 1, 5, 11) * SimulatedTime.Hour);
    private readonly float _fillAtRound = (float)Seeded.Between(key, 2, 35, 105);

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var sinceOrigin = now - _firstRound + (14 * SimulatedTime.Day);
        var round = (long)Math.Floor(sinceOrigin / _roundSeconds);
        var part = (sinceOrigin / _roundSeconds) - round;
        // Each round's waste differs, and within it days differ; the fill only grows until the truck comes.
        var waste = _fillAtRound * Seeded.Between(Key ^ 0xb1, round, 0.8, 1.2);
        var pace = part + (0.03 * Math.Sin(2 * Math.PI * part * _roundSeconds / (3.5 * SimulatedTime.Day)));
        var burning = IsBurning(now);
        return
        [
            Metric("fillPercent", Math.Round(Math.Clamp((waste * pace) + 1, 0, 100), 1)),
            Metric("temperatureCelsius", Math.Round(burning ? 260 + (60 * Seeded.Unit(Key, 4)) : Site.OutdoorCelsius(now) + 2, 1)),
            Metric("tilted", IsTipped(now) ? 1 : 0),
            Metric("batteryPercent", BatteryPercent(now)),
        ];
    }

    public override IEnumerable<PlantedFault> FaultsIn(int year) => DrawFault(year, FiresPerYear, FireDays, FireDays) is var (from, until)
        ? [new PlantedFault(Id, PlantedFaultKind.Fire, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until))]
        : [];

    private bool IsBurning(double now) => DrawFault(YearOf(now), FiresPerYear, FireDays, FireDays) is var (from, until) && now >= from && now < until;

    // About once in four years, for a few hours.
    private bool IsTipped(double now)
    {
        var day = (long)(now / SimulatedTime.Day);
        return Seeded.Unit(Key ^ 0x711, day) < 1.0 / 1_460 && (now % SimulatedTime.Day) < 6 * SimulatedTime.Hour;
    }
}
