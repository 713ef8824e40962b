using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Connectors.Simulator.Water;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A meter of a household: nothing at night, peaks in the morning and the evening, days that differ. Behind a water meter people have their habits
/// (<see cref="HouseholdHabits"/>), and it and what it measures have their faults (<see cref="WaterMeterFaults"/>). Meters of the other fluids follow the same days over a base load.
/// </summary>
internal sealed class HouseholdMeter : SimulatedDevice
{
    /// <summary>What a person uses in a day, in the mean over households.</summary>
    public const double WaterLitresPerPerson = 120;

    private const double DayToDay = 0.5; // how far a day may lie from the mean, as a share of it
    private const double BaseLoadShare = 0.4; // of the other fluids

    // Share of a day's consumption by local hour. Zero from 00:00 to 05:00, and a household's own shift is at most half an hour:
    // so between 00:30 and 04:30 nothing flows, and the hour that a change of the clock repeats adds nothing.
    private static readonly double[] HourShare = Normalize(
        [0, 0, 0, 0, 0, 2, 8, 14, 10, 5, 4, 4.5, 6, 5, 3, 3, 3.5, 5.5, 8, 8.5, 7, 4.5, 2, 1]);

    private static readonly double[] ShareBefore = Cumulate(HourShare);

    // In a public building water is used in the morning, when each of them is open, and on all days alike.
    private static readonly double[] BuildingHourShare = Normalize([0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 5, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

    private static readonly double[] BuildingShareBefore = Cumulate(BuildingHourShare);

    private readonly bool _isOfBuilding;
    private readonly MeterFluid _fluid;
    private readonly float _meanPerDay;
    private readonly float _shift;
    private readonly double _initial;
    private readonly double _indexMaximum;
    private readonly float _pulse;

    /// <param name="id">Its key.</param>
    /// <param name="key">Its seed.</param>
    /// <param name="site">Its commune.</param>
    /// <param name="fluid">What it measures.</param>
    /// <param name="persons">How many live there.</param>
    /// <param name="pulseLitres">How much each step of its index is.</param>
    /// <param name="indexMaximum">Where its index starts again from 0; 0 when it never does.</param>
    /// <param name="isOfBuilding">True where it is that of a public building.</param>
    public HouseholdMeter(string id, ulong key, Site site, MeterFluid fluid, double persons, double pulseLitres = 1, double indexMaximum = 0, bool isOfBuilding = false)
        : base(id, key, site)
    {
        (_fluid, _pulse, _indexMaximum, _isOfBuilding) = (fluid, (float)Math.Max(1, Math.Floor(pulseLitres)), indexMaximum, isOfBuilding);
        _meanPerDay = (float)(persons * MeanPerPerson(fluid) * Seeded.Between(key, 1, 0.7, 1.3));
        _shift = (float)Seeded.Between(key, 2, -1_800, 1_800);
        // A register that starts again does so within its first two years here: that is what it is for.
        var initial = indexMaximum > 0 ? Math.Max(0, indexMaximum - (_meanPerDay * Seeded.Between(key, 3, 1, 730))) : Seeded.Between(key, 3, 10_000, 900_000);
        _initial = Math.Floor(initial / _pulse) * _pulse;
    }

    /// <summary>True for a water meter that writes down each full hour and sends a day at once.</summary>
    public bool KeepsDays { get; init; }

    public override bool SendsFrames => KeepsDays;

    public override IncomingReading? Frame(double now, int batchIndex) => KeepsDays ? new DayLog(this).Newest(now, batchIndex) : null;

    protected override TimeSpan UsualInterval => TimeSpan.FromHours(1);

    private WaterMeterFaults Faults => new(this);

    private HouseholdHabits Habits => new(Key, Site);

    public override ImmutableArray<MetricValue> Report(double now)
    {
        if (_fluid is MeterFluid.Electricity or MeterFluid.Heat)
        {
            var (energy, watts) = OtherFluidAt(now);
            return [Metric("indexWattHours", Index(_initial + energy)), Metric("powerWatts", Math.Round(watts, 1))];
        }

        var (amount, perHour) = _fluid == MeterFluid.Water ? WaterAt(now) : OtherFluidAt(now);
        return
        [
            Metric("indexLitres", _fluid == MeterFluid.Water ? IndexAt(now, amount) : Index(_initial + amount)),
            Metric("flowLitresPerHour", Math.Round(perHour, 1)),
            Metric("backflowLitres", _fluid == MeterFluid.Water ? Faults.BackflowLitresAt(now) : 0),
            Metric("tamper", _fluid == MeterFluid.Water && Faults.IsTamperedWith(now) ? 1 : 0),
            Metric("batteryPercent", BatteryPercent(now)),
        ];
    }

    /// <summary>What a water meter says at the beginning of a frame: what flows at that instant is of no use then.</summary>
    public ImmutableArray<MetricValue> ReportOfFrame(double at) => Report(at).RemoveAt(1);

    /// <summary>What a water meter's index is; null while it is without power, and so writes nothing down.</summary>
    public double? WrittenAt(double at) => Speaks(at) && !IsBatteryEmpty(at) ? IndexAt(at, WaterAt(at).Amount) : null;

    /// <summary>By how much the index of the same meter has grown from one value to a later one.</summary>
    public double Growth(double from, double to) => to >= from || _indexMaximum <= 0 ? to - from : to - from + _indexMaximum;

    /// <summary>When the meter was replaced last; null when it never was.</summary>
    public double? ReplacedAt(double now) => Faults.LastSwap(now)?.At;

    public override bool RunsOnBattery => _fluid is MeterFluid.Water or MeterFluid.Gas;

    public override bool Speaks(double now) => _fluid != MeterFluid.Water || !Faults.IsSilent(now);

    public override double ClockErrorMinutes(double now) => _fluid == MeterFluid.Water ? Faults.ClockErrorMinutes(now) : 0;

    public override IEnumerable<PlantedFault> FaultsIn(int year) => _fluid == MeterFluid.Water ? [.. Faults.In(year), .. RolloversIn(year)] : [];

    /// <summary>What its register has counted since the origin, in litres: whole pulses, through replacements and rollovers. And what flows.</summary>
    public (double Litres, double PerHour) CountedAt(double now)
    {
        var (litres, perHour) = WaterAt(now);
        return (Pulses(litres), perHour);
    }

    /// <summary>The fault of a sort and a year: see <see cref="SimulatedDevice.DrawFault"/>.</summary>
    internal (double From, double Until)? Draw(int year, double probability, double shortestDays, double longestDays, PlantedFaultKind? sort) =>
        DrawFault(year, probability, shortestDays, longestDays, sort);

    internal ulong Seed => Key;

    /// <summary>The instant at which a local day of the commune begins, in seconds since the origin.</summary>
    internal double StartOf(long localDay) => Site.Clock.StartOf(localDay);

    private double Pulses(double litres) => Math.Floor(litres / _pulse) * _pulse;

    private double IndexAt(double now, double litres)
    {
        var index = _initial + Pulses(litres);
        if (Faults.LastSwap(now) is var (at, restart)) index = (Math.Floor(restart / _pulse) * _pulse) + Pulses(litres) - Pulses(WaterAt(at).Amount);
        return Index(_indexMaximum > 0 ? index % _indexMaximum : index);
    }

    private (double Amount, double PerHour) WaterAt(double now)
    {
        var (day, usual, usualPerHour) = CourseAt(now);
        // While nobody is there the rate is exactly 0, so that the index stands still to the last bit.
        var (rate, since) = (1.0, 0.0);
        var (flowed, flow) = (0.0, 0.0);
        for (var year = 0; year <= YearOf(now); year++)
        {
            Use(Habits.Holiday(year, 0));
            Use(Habits.Holiday(year, 1));
            Use(Habits.Guests(year));
            Use(Faults.AbnormalUse(year));
            Flow(Habits.Pool(year));
            Flow(Habits.Toilet(year));
            Flow(Faults.Leak(year));
            Flow(Faults.Burst(year));
            if (Habits.Garden(year) is not { } garden) continue;
            flowed += garden.LitresAt(now);
            flow += garden.FlowAt(now);
        }

        return ((_meanPerDay * ((usual * rate) + since)) + flowed, (_meanPerDay * usualPerHour * rate) + flow);

        void Use(UseSpell? spell)
        {
            if (spell is not { } use || day < use.From) return;
            since -= use.More * DaysBefore(use.From);
            if (day >= use.Until) since += use.More * DaysBefore(use.Until);
            else rate += use.More;
        }

        void Flow(FlowSpell? spell)
        {
            if (spell is not { } water) return;
            flowed += water.LitresAt(now);
            flow += water.FlowAt(now);
        }
    }

    private (double Amount, double PerHour) OtherFluidAt(double now)
    {
        var (_, usual, perHour) = CourseAt(now);
        var baseLoad = BaseLoadShare * _meanPerDay;
        return (((1 - BaseLoadShare) * _meanPerDay * usual) + (baseLoad * now / SimulatedTime.Day), ((1 - BaseLoadShare) * _meanPerDay * perHour) + (baseLoad / 24));
    }

    /// <summary>Its day, what is usually used since the origin, in mean days, and what is used in an hour.</summary>
    private (long Day, double Days, double PerHour) CourseAt(double now)
    {
        var local = Math.Max(0, Site.Clock.Local(now) - _shift);
        var day = (long)(local / SimulatedTime.Day);
        var hours = (local - (day * SimulatedTime.Day)) / SimulatedTime.Hour;
        var hour = (int)hours;
        var before = DaysBefore(day);
        var today = DaysBefore(day + 1) - before;
        var (share, shareBefore) = _isOfBuilding ? (BuildingHourShare[hour], BuildingShareBefore[hour]) : (HourShare[hour], ShareBefore[hour]);
        return (day, before + (today * (shareBefore + (share * (hours - hour)))), today * share);
    }

    // Consumption of all days before one, in mean days: whole days plus a draw that differs by less than DayToDay from day to day. It grows, and needs no loop.
    private double DaysBefore(long day) => day + (DayToDay * Seeded.Unit(Key ^ 0xda7, day));

    /// <summary>When the index starts again, found by halving: the index only grows until it does.</summary>
    private IEnumerable<PlantedFault> RolloversIn(int year)
    {
        if (_indexMaximum <= 0) yield break;
        var (from, until) = (year * SimulatedTime.Year, (year + 1) * SimulatedTime.Year);
        for (var target = (Math.Floor((_initial + CountedAt(from).Litres) / _indexMaximum) + 1) * _indexMaximum; _initial + CountedAt(until).Litres >= target; target += _indexMaximum)
        {
            var (low, high) = (from, until);
            while (high - low > 1)
            {
                var middle = (low + high) / 2;
                (low, high) = _initial + CountedAt(middle).Litres >= target ? (low, middle) : (middle, high);
            }

            // Another meter has another register.
            if (Faults.LastSwap(high) is null) yield return new PlantedFault(Id, PlantedFaultKind.IndexRollover, SimulatedTime.InstantAt(high), SimulatedTime.InstantAt(high), _indexMaximum);
        }
    }

    private static double MeanPerPerson(MeterFluid fluid) => fluid switch
    {
        MeterFluid.Water => WaterLitresPerPerson,
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
