using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Water;

/// <summary>
/// What households do that looks like a fault and is none: holidays, guests, a pool that is filled in one evening, a garden that is watered at night, a toilet that runs until
/// the morning. Each drawn once per household and year. Hours are those of the mean sun over the commune: no change of the clock moves them.
/// </summary>
internal readonly struct HouseholdHabits(ulong key, Site site)
{
    // Shares of the households.
    private const double TakeHolidays = 0.6;
    private const double HaveGuests = 0.5;
    private const double FillAPool = 0.05;
    private const double WaterByNight = 0.08;
    private const double ToiletRuns = 0.2;

    private const int FirstDayOfMay = 120;
    private const int FirstDayOfJune = 151;
    private const int WateringNights = 46; // until the end of August

    /// <summary>Days away, of which each half of a year may have some: nothing is used.</summary>
    public UseSpell? Holiday(int year, int half)
    {
        var own = Seeded.Key(key ^ 0x401d, (2L * year) + half);
        if (Seeded.Unit(key, 0x401d) >= TakeHolidays || Seeded.Unit(own, 0) >= 0.8) return null;
        var days = (long)Seeded.Between(own, 1, 5, 17);
        var from = DayOf(year) + (half * 182) + (long)Seeded.Between(own, 2, 0, 182 - days);
        return new UseSpell(from, from + days, -1);
    }

    /// <summary>Some days with guests, who use less than the household again.</summary>
    public UseSpell? Guests(int year)
    {
        var own = Seeded.Key(key ^ 0x90e5, year);
        if (Seeded.Unit(own, 0) >= HaveGuests) return null;
        var from = DayOf(year) + (long)Seeded.Between(own, 1, 0, 355);
        return new UseSpell(from, from + (long)Seeded.Between(own, 2, 2, 8), Seeded.Between(own, 3, 0.4, 0.9));
    }

    /// <summary>A pool, filled by a hose from about six in the evening, in May or June.</summary>
    public FlowSpell? Pool(int year)
    {
        var own = Seeded.Key(key ^ 0x9001, year);
        if (Seeded.Unit(key, 0x9001) >= FillAPool) return null;
        var from = SunTime(DayOf(year) + FirstDayOfMay + (long)Seeded.Between(own, 1, 0, 60), Seeded.Between(own, 2, 15.5, 17));
        return new FlowSpell(from, from + Seeded.Between(own, 3, 3, 5) * SimulatedTime.Hour, Math.Round(Seeded.Between(own, 4, 400, 700)));
    }

    /// <summary>A garden, watered every second summer night for less than an hour, some time between midnight and three.</summary>
    public Watering? Garden(int year)
    {
        if (Seeded.Unit(key, 0x6a2d) >= WaterByNight) return null;
        var own = Seeded.Key(key ^ 0x6a2d, year);
        var first = SunTime(DayOf(year) + FirstDayOfJune + (long)Seeded.Between(own, 1, 0, 2), Seeded.Between(own, 2, -1.5, 1.2));
        return new Watering(first, WateringNights, Seeded.Between(own, 3, 20, 50) * 60, Math.Round(Seeded.Between(own, 4, 150, 500)));
    }

    /// <summary>A toilet that runs for one night, from the last flush to the first.</summary>
    public FlowSpell? Toilet(int year)
    {
        var own = Seeded.Key(key ^ 0x701e, year);
        if (Seeded.Unit(own, 0) >= ToiletRuns) return null;
        var from = SunTime(DayOf(year) + (long)Seeded.Between(own, 1, 0, 363), Seeded.Between(own, 2, 21, 22.5));
        return new FlowSpell(from, from + Seeded.Between(own, 3, 7, 9.5) * SimulatedTime.Hour, Math.Round(Seeded.Between(own, 4, 10, 120), 1));
    }

    /// <summary>The first day of a year of the simulator.</summary>
    private static long DayOf(int year) => (long)Math.Ceiling(year * SimulatedTime.Year / SimulatedTime.Day);

    private double SunTime(long day, double hour) => (day * SimulatedTime.Day) + ((hour - (site.Commune.Longitude / 15)) * SimulatedTime.Hour);
}
