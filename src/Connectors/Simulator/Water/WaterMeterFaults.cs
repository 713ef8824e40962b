using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Water;

/// <summary>What befalls a water meter and what is behind it. Each sort is drawn by itself, once for each year.</summary>
internal readonly struct WaterMeterFaults(HouseholdMeter meter)
{
    // Shares of the meters in a year.
    private const double LeaksPerYear = 0.03;
    private const double BurstsPerYear = 0.005;
    private const double BackflowsPerYear = 0.003;
    private const double TampersPerYear = 0.002;
    private const double AbnormalUsesPerYear = 0.01;
    private const double SwapsPerYear = 0.02;
    private const double WrongClocksPerYear = 0.005;
    private const double SilencesPerYear = 0.01;
    private const double HourOfADay = 1 / 24.0;

    /// <summary>A joint, a toilet, a pipe in the garden.</summary>
    public FlowSpell? Leak(int year) => Spell(year, LeaksPerYear, 10, 60, null, 0x1ea4, 4, 60);

    /// <summary>A burst pipe, until somebody shuts the tap. A service of 15 mm passes some 3,000 l/h.</summary>
    public FlowSpell? Burst(int year) => Spell(year, BurstsPerYear, 4 * HourOfADay, 1, PlantedFaultKind.Burst, 0xb0257, 800, 3_000);

    /// <summary>More than twice the use, from a day on.</summary>
    public UseSpell? AbnormalUse(int year)
    {
        if (meter.Draw(year, AbnormalUsesPerYear, 45, 120, PlantedFaultKind.AbnormalUse) is not var (from, until)) return null;
        return new UseSpell((long)(from / SimulatedTime.Day), (long)(until / SimulatedTime.Day), Size(0xab40, year, 2.3, 4, 2) - 1);
    }

    /// <summary>What has come back since a valve stopped closing, in whole litres, at least one; 0 while it closes. The index does not fall: it counts one way.</summary>
    public double BackflowLitresAt(double now) =>
        Backflow((int)(now / SimulatedTime.Year)) is { } spell && spell.FlowAt(now) > 0 ? Math.Max(1, Math.Floor(spell.LitresAt(now))) : 0;

    /// <summary>A magnet, a broken seal.</summary>
    public bool IsTamperedWith(double now) => Tamper((int)(now / SimulatedTime.Year)) is var (from, until) && now >= from && now < until;

    /// <summary>Its battery is dead.</summary>
    public bool IsSilent(double now) => Silence((int)(now / SimulatedTime.Year)) is var (from, until) && now >= from && now < until;

    /// <summary>By how much its clock is ahead; negative when it is behind.</summary>
    public double ClockErrorMinutes(double now)
    {
        var year = (int)(now / SimulatedTime.Year);
        return WrongClock(year) is var (from, until) && now >= from && now < until ? MinutesAhead(year) : 0;
    }

    /// <summary>When the meter was replaced last, and the index of the new one then: 0, or what the test bench left on it.</summary>
    public (double At, double Restart)? LastSwap(double now)
    {
        for (var year = (int)(now / SimulatedTime.Year); year >= 0; year--)
        {
            if (Swap(year) is var (at, _) && at <= now) return (at, Restart(year));
        }

        return null;
    }

    /// <summary>Every fault of a year, but what follows from its index.</summary>
    public IEnumerable<PlantedFault> In(int year)
    {
        var faults = new List<PlantedFault>();
        var id = meter.Id;
        if (Leak(year) is { } leak) Add(PlantedFaultKind.Leak, leak.From, leak.Until, leak.LitresPerHour);
        if (Burst(year) is { } burst) Add(PlantedFaultKind.Burst, burst.From, burst.Until, burst.LitresPerHour);
        if (Backflow(year) is { } backflow) Add(PlantedFaultKind.Backflow, backflow.From, backflow.Until, backflow.LitresPerHour);
        if (Tamper(year) is var (tamper, sealedAgain)) Add(PlantedFaultKind.Tamper, tamper, sealedAgain, 0);
        if (AbnormalUse(year) is { } use) Add(PlantedFaultKind.AbnormalUse, meter.StartOf(use.From), meter.StartOf(use.Until), use.More + 1);
        if (Swap(year) is var (swapped, _)) Add(PlantedFaultKind.MeterSwapped, swapped, swapped, Restart(year));
        if (WrongClock(year) is var (wrong, set)) Add(PlantedFaultKind.ClockWrong, wrong, set, MinutesAhead(year));
        if (Silence(year) is var (silent, heard)) Add(PlantedFaultKind.Silence, silent, heard, 0);
        return faults;

        void Add(PlantedFaultKind sort, double from, double until, double size) => faults.Add(
            new PlantedFault(id, sort, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until), size));
    }

    private FlowSpell? Backflow(int year) => Spell(year, BackflowsPerYear, 4 * HourOfADay, 3, PlantedFaultKind.Backflow, 0xbacf, 2, 40);

    private (double From, double Until)? Tamper(int year) => meter.Draw(year, TampersPerYear, HourOfADay, 10, PlantedFaultKind.Tamper);

    private (double From, double Until)? Swap(int year) => meter.Draw(year, SwapsPerYear, 0, 0, PlantedFaultKind.MeterSwapped);

    private (double From, double Until)? WrongClock(int year) => meter.Draw(year, WrongClocksPerYear, 2, 60, PlantedFaultKind.ClockWrong);

    private (double From, double Until)? Silence(int year) => meter.Draw(year, SilencesPerYear, 5, 60, PlantedFaultKind.Silence);

    private double Restart(int year) => Seeded.Unit(meter.Seed ^ 0x50a9, year) < 0.5 ? 0 : Size(0x50aa, year, 1, 3_000, 0);

    // One in three is ahead, and by less than the 10 minutes beyond which nothing is taken.
    private double MinutesAhead(int year) => Seeded.Unit(meter.Seed ^ 0xc10c, year) < 1 / 3.0 ? Size(0xc10d, year, 2, 9, 0) : -Size(0xc10e, year, 10, 360, 0);

    private FlowSpell? Spell(int year, double perYear, double shortestDays, double longestDays, PlantedFaultKind? sort, ulong salt, double least, double most) =>
        meter.Draw(year, perYear, shortestDays, longestDays, sort) is var (from, until) ? new FlowSpell(from, until, Size(salt, year, least, most, 1)) : null;

    private double Size(ulong salt, int year, double least, double most, int digits) => Math.Round(Seeded.Between(meter.Seed ^ salt, year, least, most), digits);
}
