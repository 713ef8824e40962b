using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;
using Grid.Contracts.Sky;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A container with an ultrasonic sensor under its lid: what it says of its contents is off by some points in each report, and now and then by anything. It warms up in the sun.
/// Rarely one burns, or is tipped over.
/// </summary>
internal sealed class WasteBin(string id, ulong key, Site site) : SimulatedDevice(id, key, site)
{
    private const double FiresPerYear = 0.004;
    private const double FireDays = 50.0 / (24 * 60);
    private const double CoolDownSeconds = 20 * 60;
    private const double TippedPerYear = 0.25;
    private const double NoisePercent = 5; // at most; small errors are more frequent than large ones
    private const double WildShare = 0.004; // of the reports: an echo of something else
    private const double GreatestSunCelsius = 36; // what a dark lid in the open gains over the air

    private readonly BinContents _contents = new(key, site);
    private readonly float _sunCelsius = (float)(GreatestSunCelsius * Seeded.Unit(key, 3));

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var isTilted = Fault(PlantedFaultKind.Tipped, now) is not null || _contents.IsLifted(now);
        return
        [
            Metric("fillPercent", Math.Round(Measured(now, isTilted), 1)),
            Metric("temperatureCelsius", Math.Round(Celsius(now), 1)),
            Metric("tilted", isTilted ? 1 : 0),
            Metric("batteryPercent", BatteryPercent(now)),
        ];
    }

    protected override TimeSpan UsualInterval => TimeSpan.FromHours(1);

    public override bool RunsOnBattery => true;

    public override IEnumerable<PlantedFault> FaultsIn(int year)
    {
        foreach (var kind in (PlantedFaultKind[])[PlantedFaultKind.Fire, PlantedFaultKind.Tipped])
        {
            if (Draw(kind, year) is var (from, until)) yield return new PlantedFault(Id, kind, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until));
        }
    }

    /// <summary>What is true of it.</summary>
    public BinTruth TruthAt(double now, double fullPercent) => new(
        _contents.PercentAt(now),
        _contents.ReachedAt(fullPercent, now, 365) is { } full ? SimulatedTime.InstantAt(full) : null,
        SimulatedTime.InstantAt(_contents.EmptiedBefore(now)),
        SimulatedTime.InstantAt(_contents.EmptiedAfter(now)));

    private double Measured(double now, bool isTilted)
    {
        var draw = Seeded.Key(Key ^ 0x7017, (long)now);
        if (isTilted || Seeded.Unit(draw, 0) < WildShare) return 100 * Seeded.Unit(draw, 1);
        return Math.Clamp(_contents.PercentAt(now) + (NoisePercent * (Seeded.Unit(draw, 2) + Seeded.Unit(draw, 3) - 1)), 0, 100);
    }

    private double Celsius(double now)
    {
        var ambient = Site.OutdoorCelsius(now) + 1 + SunCelsius(now);
        // It still is hot a while after a fire is out.
        if (Fault(PlantedFaultKind.Fire, now, 4 * SimulatedTime.Hour) is not var (from, until)) return ambient;
        var (peak, pace) = (Seeded.Between(Key, 4, 180, 320), Seeded.Between(Key, 5, 3, 15) * 60);
        var hot = peak * (1 - Math.Exp(-(Math.Min(now, until) - from) / pace));
        return ambient + (hot * Math.Exp(-Math.Max(0, now - until) / CoolDownSeconds));
    }

    private double SunCelsius(double now)
    {
        var height = Math.Sin(Sun.ElevationDegrees(SimulatedTime.InstantAt(now), Site.Commune.Longitude, Site.Commune.Latitude) * Math.PI / 180);
        // Clouds come and go within hours; a lid follows slowly.
        return height <= 0 ? 0 : _sunCelsius * height * (1 + Seeded.Smooth(Site.Key ^ 0xc10d, now / (3 * SimulatedTime.Hour))) / 2;
    }

    private (double From, double Until)? Draw(PlantedFaultKind kind, int year) => kind == PlantedFaultKind.Fire
        ? DrawFault(year, FiresPerYear, FireDays, FireDays)
        : DrawFault(year, TippedPerYear, 0.1, 1.5, kind);

    private (double From, double Until)? Fault(PlantedFaultKind kind, double now, double after = 0) =>
        Draw(kind, YearOf(now)) is var (from, until) && now >= from && now < until + after ? (from, until) : null;
}
