using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Models;

/// <summary>A public building: heated against the weather to a set point while occupied and set back when not, with the air and the power of its people. What goes wrong with it is in <see cref="BuildingFaults"/>.</summary>
internal sealed class PublicBuilding(string id, ulong key, Site site, string type, double floorSquareMetres) : SimulatedDevice(id, key, site)
{
    private const double OutdoorCo2Ppm = 420;
    private const double SetBackCelsius = 16;
    private const double PreheatSeconds = 2 * SimulatedTime.Hour;
    private const double WarmUpSeconds = 0.6 * SimulatedTime.Hour;
    private const double CoolDownSeconds = 9 * SimulatedTime.Hour;

    // A thermometer that starts anew says 85 degrees once; one report in about three thousand.
    private const double BadSampleShare = 1.0 / 3_000;
    private const double BadSampleCelsius = 85;

    private readonly OpenDays _days = site.DaysOf(WeekCalendar.Of(type));
    private readonly float _baseWatts = (float)(floorSquareMetres * Seeded.Between(key, 1, 1, 2.5));
    private readonly float _occupiedWatts = (float)(floorSquareMetres * Seeded.Between(key, 2, 6, 14) * (type == "pool" ? 3 : 1));
    private readonly float _wattsPerKelvin = (float)(floorSquareMetres * Seeded.Between(key, 3, 0.9, 2.2));
    private readonly float _setPointCelsius = (float)((type == "pool" ? 26 : 19) + Seeded.Between(key, 4, -0.5, 1.2));
    private readonly float _crowdPpm = (float)Seeded.Between(key, 5, 250, 650);

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var local = Site.Clock.Local(now);
        var (isOccupied, since) = _days.At(local);
        var outdoor = Site.OutdoorCelsius(now);
        var people = isOccupied ? 1 - Math.Exp(-since / SimulatedTime.Hour) : Math.Exp(-since / (1.5 * SimulatedTime.Hour));
        var bustle = 1 + (0.15 * Seeded.Smooth(Key, now / SimulatedTime.Hour));
        var isBadSample = Seeded.Unit(Key ^ 0xbad5, (long)(now / 60)) < BadSampleShare;
        return
        [
            Metric("temperatureCelsius", isBadSample ? BadSampleCelsius : Math.Round(IndoorCelsius(local, now), 2)),
            Metric("co2Ppm", Math.Round(OutdoorCo2Ppm + (CrowdPpmAt(now) * people * bustle))),
            Metric("humidityPercent", Math.Round(45 + (6 * people) + (8 * Seeded.Smooth(Key ^ 1, now / SimulatedTime.Day)), 1)),
            Metric("powerWatts", Math.Round(_baseWatts + LeftOnWatts(now) + (isOccupied ? _occupiedWatts * bustle : 0))),
            Metric("energyWattHours", Index((((double)_baseWatts * now) + LeftOnWattSeconds(now) + (_occupiedWatts * _days.OccupiedSeconds(local))) / 3600)),
            Metric("heatWattHours", Index(_wattsPerKelvin * HeatedKelvinSeconds(now) / 3600)),
            Metric("occupied", isOccupied ? 1 : 0),
            Metric("outdoorCelsius", Math.Round(outdoor, 1)),
        ];
    }

    public override IEnumerable<PlantedFault> FaultsIn(int year)
    {
        if (Draw(BuildingFaults.Ventilation, year) is var (from, until)) yield return Fault(BuildingFaults.Ventilation, from, until, CrowdPpmAt(from));
        if (Draw(BuildingFaults.LeftOn, year) is var (on, off)) yield return Fault(BuildingFaults.LeftOn, on, off, LeftOnWatts(on));
        if (Draw(BuildingFaults.Efficiency, year) is var (worn, mended)) yield return Fault(BuildingFaults.Efficiency, worn, mended, 100 * BuildingFaults.LossOf(Key, year));
        foreach (var fault in ClosedDaysHeatedIn(year)) yield return fault;
        foreach (var fault in UnheatedIn(year)) yield return fault;
    }

    private double IndoorCelsius(double local, double now)
    {
        // A failed heating lets it go towards the outdoor air; mended, it is warm again within hours.
        for (var year = YearOf(now); year >= Math.Max(0, YearOf(now) - 1); year--)
        {
            if (Draw(BuildingFaults.Heating, year) is not var (from, until) || now < from || now > until + SimulatedTime.Day) continue;
            var cold = UnheatedCelsius(from, Math.Min(now, until));
            var heated = HeatedCelsius(local, now);
            return now <= until ? Math.Min(heated, cold) : heated - (Math.Max(0, heated - cold) * Math.Exp(-(now - until) / (2 * SimulatedTime.Hour)));
        }

        return HeatedCelsius(local, now);
    }

    private double HeatedCelsius(double local, double now)
    {
        // The heating starts ahead of the people; from each change on, the building approaches its new set point.
        var (isWarm, since) = _days.At(local, PreheatSeconds, ClosedDaysTakenForOpen(now));
        var heated = isWarm
            ? _setPointCelsius - ((_setPointCelsius - SetBackCelsius) * Math.Exp(-since / WarmUpSeconds))
            : SetBackCelsius + ((_setPointCelsius - SetBackCelsius) * Math.Exp(-since / CoolDownSeconds));
        // In summer it follows the mean of day and night, and its people and sun add to that.
        return Math.Max(heated, MeanOutdoorCelsius(now) + 4) + (0.2 * Seeded.Smooth(Key ^ 2, now / SimulatedTime.Hour));
    }

    // With a window open, as the heating that nobody notices to have failed is in a building that nobody is in: a degree above the outdoor air in the end.
    private double UnheatedCelsius(double from, double now)
    {
        var end = MeanOutdoorCelsius(now) + 1;
        return end + ((HeatedCelsius(Site.Clock.Local(from), from) - end) * Math.Exp(-(now - from) / (14 * SimulatedTime.Hour)));
    }

    private double MeanOutdoorCelsius(double now) => (Site.OutdoorCelsius(now) + Site.OutdoorCelsius(Math.Max(0, now - (12 * SimulatedTime.Hour)))) / 2;

    /// <summary>Degree seconds that it has been heated for, with what goes wrong.</summary>
    private double HeatedKelvinSeconds(double now)
    {
        var sum = _days.KelvinSeconds(now);
        for (var year = 0; year <= YearOf(now); year++)
        {
            if (Draw(BuildingFaults.Closed, year) is var (from, until) && now > from) sum += _days.SparedKelvinSeconds(Math.Min(now, until)) - _days.SparedKelvinSeconds(from);
            if (Draw(BuildingFaults.Heating, year) is var (failed, mended) && now > failed) sum -= _days.KelvinSeconds(Math.Min(now, mended)) - _days.KelvinSeconds(failed);
            if (Draw(BuildingFaults.Efficiency, year) is var (worn, better) && now > worn)
            {
                sum += BuildingFaults.LossOf(Key, year) * (_days.KelvinSeconds(Math.Min(now, better)) - _days.KelvinSeconds(worn));
            }
        }

        return sum;
    }

    private double CrowdPpmAt(double now) => Draw(BuildingFaults.Ventilation, YearOf(now)) is var (from, until) && now >= from && now < until ? Math.Max(1_150, 2.2 * _crowdPpm) : _crowdPpm;

    private double LeftOnWatts(double now) => Draw(BuildingFaults.LeftOn, YearOf(now)) is var (from, until) && now >= from && now < until ? LeftOnWattsIn(YearOf(now)) : 0;

    private double LeftOnWattsIn(int year) => Math.Round(_baseWatts * BuildingFaults.LeftOnShareOf(Key, year));

    private double LeftOnWattSeconds(double now)
    {
        var sum = 0.0;
        for (var year = 0; year <= YearOf(now); year++)
        {
            if (Draw(BuildingFaults.LeftOn, year) is var (from, until) && now > from) sum += LeftOnWattsIn(year) * (Math.Min(now, until) - from);
        }

        return sum;
    }

    private (long From, long Until) ClosedDaysTakenForOpen(double now) =>
        Draw(BuildingFaults.Closed, YearOf(now)) is var (from, until) ? (DayOf(from), DayOf(until)) : default;

    private static long DayOf(double at) => (long)(at / SimulatedTime.Day);

    /// <summary>Each closed day on which it is heated: the truth is by the day, as an open day shows nothing.</summary>
    private IEnumerable<PlantedFault> ClosedDaysHeatedIn(int year)
    {
        if (Draw(BuildingFaults.Closed, year) is not var (from, until)) yield break;
        for (var day = DayOf(from); day < DayOf(until); day++)
        {
            if (!_days.IsClosed(day) || !_days.IsHeated(day)) continue;
            var (open, close) = _days.On(day, (day, day + 1));
            var midnight = (day * SimulatedTime.Day) - (Site.Clock.Local(day * SimulatedTime.Day) - (day * SimulatedTime.Day));
            yield return Fault(BuildingFaults.Closed, midnight + open - PreheatSeconds, midnight + close, Math.Round(_setPointCelsius - SetBackCelsius, 1));
        }
    }

    /// <summary>A failed heating, and the time in which it is freezing cold inside for it: only that is a danger.</summary>
    private IEnumerable<PlantedFault> UnheatedIn(int year)
    {
        if (Draw(BuildingFaults.Heating, year) is not var (from, until)) yield break;
        var (first, last, coldest) = (double.NaN, double.NaN, double.MaxValue);
        for (var at = from; at < until; at += SimulatedTime.Hour / 4)
        {
            var inside = UnheatedCelsius(from, at);
            coldest = Math.Min(coldest, inside);
            if (inside >= BuildingFaults.FreezingCelsius) continue;
            first = double.IsNaN(first) ? at : first;
            last = at;
        }

        yield return Fault(BuildingFaults.Heating, from, until, Math.Round(coldest, 1));
        if (last - first >= SimulatedTime.Hour)
        {
            yield return new PlantedFault(Id, PlantedFaultKind.Frost, SimulatedTime.InstantAt(first), SimulatedTime.InstantAt(last), Math.Round(coldest, 1));
        }
    }

    private (double From, double Until)? Draw(BuildingFaults.Sort sort, int year) => DrawFault(year, sort.PerYear, sort.ShortestDays, sort.LongestDays, sort.Kind);

    private PlantedFault Fault(BuildingFaults.Sort sort, double from, double until, double size) =>
        new(Id, sort.Kind, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until), size);
}
