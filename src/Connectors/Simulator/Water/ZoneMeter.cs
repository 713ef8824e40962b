using System.Collections.Immutable;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Water;

/// <summary>A large meter where water comes into a zone, or leaves it.</summary>
internal sealed class ZoneMeter(string id, ulong key, Site site, ZoneSupply supply) : SimulatedDevice(id, key, site)
{
    private readonly double _initial = Math.Floor(Seeded.Between(key, 3, 1e6, 9e8));

    internal ulong Seed => Key;

    protected override TimeSpan UsualInterval => TimeSpan.FromHours(1);

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var (litres, perHour) = supply.CountedAt(this, now);
        return
        [
            Metric("indexLitres", Index(_initial + litres)),
            Metric("flowLitresPerHour", Math.Round(perHour, 1)),
            Metric("backflowLitres", 0),
            Metric("tamper", 0),
            Metric("batteryPercent", BatteryPercent(now)),
        ];
    }

    public override IEnumerable<PlantedFault> FaultsIn(int year) => supply.FaultsIn(this, year);
}
