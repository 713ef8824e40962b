using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A meter of a household: nothing at night, peaks in the morning and the evening, days that differ. A few water meters leak for weeks. Meters of the other fluids follow
/// the same days over a base load.
/// </summary>
internal sealed class HouseholdMeter(string id, ulong key, Site site, MeterFluid fluid, double persons) : SimulatedDevice(id, key, site)
{
    private const double LeaksPerYear = 0.03;
    private const double DayToDay = 0.5; // how far a day may lie from the mean, as a share of it
    private const double BaseLoadShare = 0.4; // of the other fluids

    // Share of a day's consumption by local hour. Zero from 00:00 to 05:00, and a household's own shift is at most half an hour:
    // so between 00:30 and 04:30 nothing flows, and the hour that a change of the clock repeats adds nothing.
    private static readonly double[] HourShare = Normalize(
        [0, 0, 0, 0, 0, 2, 8, 14, 10, 5, 4, 4.5, 6, 5, 3, 3, 3.5, 5.5, 8, 8.5, 7, 4.5, 2, 1]);

    private static readonly double[] ShareBefore = Cumulate(HourShare);

    private readonly float _meanPerDay = (float)(persons * MeanPerPerson(fluid) * Seeded.Between(key, 1, 0.7, 1.3));
    private readonly float _shift = (float)Seeded.Between(key, 2, -1_800, 1_800);
    private readonly float _initial = (float)Seeded.Between(key, 3, 10_000, 900_000);

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var (amount, perHour) = ConsumedAt(now);
        if (fluid is MeterFluid.Electricity or MeterFluid.Heat)
        {
            return [Metric("indexWattHours", Index(_initial + amount)), Metric("powerWatts", Math.Round(perHour, 1))];
        }

        return
        [
            Metric("indexLitres", Index(_initial + amount)),
            Metric("flowLitresPerHour", Math.Round(perHour, 1)),
            Metric("backflowLitres", 0),
            Metric("tamper", 0),
            Metric("batteryPercent", BatteryPercent(now)),
        ];
    }

    public override IEnumerable<PlantedFault> FaultsIn(int year) => Leak(year) is var (from, until, flow)
        ? [new PlantedFault(Id, PlantedFaultKind.Leak, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until), flow)]
        : [];

    private (double Amount, double PerHour) ConsumedAt(double now)
    {
        var local = Math.Max(0, Site.Clock.Local(now) - _shift);
        var day = (long)(local / SimulatedTime.Day);
        var hours = (local - (day * SimulatedTime.Day)) / SimulatedTime.Hour;
        var hour = (int)hours;
        var before = DaysBefore(day);
        var today = DaysBefore(day + 1) - before;
        var amount = _meanPerDay * (before + (today * (ShareBefore[hour] + (HourShare[hour] * (hours - hour)))));
        var perHour = _meanPerDay * today * HourShare[hour];
        if (fluid != MeterFluid.Water)
        {
            var baseLoad = BaseLoadShare * _meanPerDay;
            return (((1 - BaseLoadShare) * amount) + (baseLoad * now / SimulatedTime.Day), ((1 - BaseLoadShare) * perHour) + (baseLoad / 24));
        }

        for (var year = 0; year <= YearOf(now); year++)
        {
            if (Leak(year) is not var (from, until, flow) || now <= from) continue;
            amount += flow * (Math.Min(now, until) - from) / SimulatedTime.Hour;
            if (now < until) perHour += flow;
        }

        return (amount, perHour);
    }

    // Consumption of all days before one, in mean days: whole days plus a draw that differs by less than DayToDay from day to day. It grows, and needs no loop.
    private double DaysBefore(long day) => day + (DayToDay * Seeded.Unit(Key ^ 0xda7, day));

    private (double From, double Until, double LitresPerHour)? Leak(int year) =>
        fluid == MeterFluid.Water && DrawFault(year, LeaksPerYear, 10, 60) is var (from, until)
            ? (from, until, Math.Round(Seeded.Between(Key ^ 0x1ea4, year, 4, 60), 1))
            : null;

    private static double MeanPerPerson(MeterFluid fluid) => fluid switch
    {
        MeterFluid.Water => 120, // litres a day
        MeterFluid.Gas => 1_000, // litres a day
        MeterFluid.Electricity => 5_000, // watt-hours a day
        MeterFluid.Heat => 12_000, // watt-hours a day
        _ => throw new ArgumentOutOfRangeException(nameof(fluid), fluid, null),
    };

    private static double[] Normalize(double[] weights) => [.. weights.Select(weight => weight / weights.Sum())];

    private static double[] Cumulate(double[] shares) => [.. Enumerable.Range(0, shares.Length).Select(hour => shares.Take(hour).Sum())];
}

/// <summary>What a meter measures.</summary>
internal enum MeterFluid : byte
{
    Water,
    Electricity,
    Gas,
    Heat,
}
