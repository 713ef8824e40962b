using FsCheck;
using FsCheck.Fluent;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

public sealed class HeldEnergyTests
{
    private const long Hour = 3_600_000;
    private const long NoLimit = 48 * Hour;

    private static readonly LocalCalendar Paris = new("Europe/Paris");

    private static long At(int year, int month, int day, int hour, int minute = 0) =>
        new DateTimeOffset(year, month, day, hour, minute, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static HeldEnergy From(long at) => default(HeldEnergy).Until(0, at, NoLimit, Paris);

    [Fact]
    public void Power_over_time_is_energy()
    {
        var at = At(2026, 1, 15, 8);

        Assert.Equal(new DayAmounts(Entries.StartDay, 50_000, 0), From(at).Until(100_000, at + (Hour / 2), NoLimit, Paris).Amounts);
    }

    [Fact]
    public void Power_is_not_believed_for_longer_than_the_limit()
    {
        var at = At(2026, 1, 15, 8);

        Assert.Equal(100_000, From(at).Until(100_000, at + (5 * Hour), Hour, Paris).Amount);
    }

    [Fact]
    public void A_night_is_split_at_local_midnight()
    {
        // 22:00 to 02:00 in Paris.
        var night = From(At(2026, 1, 14, 21)).Until(100_000, At(2026, 1, 15, 1), NoLimit, Paris);

        Assert.Equal(new DayAmounts(Entries.StartDay, 200_000, 200_000), night.Amounts);
    }

    [Theory]
    [InlineData(2026, 3, 29, 23)]
    [InlineData(2026, 10, 25, 25)]
    public void A_day_of_daylight_saving_has_the_energy_of_its_hours(int year, int month, int day, int hours)
    {
        var noonBefore = At(year, month, day, 12) - (24 * Hour);

        var held = From(noonBefore).Until(1_000_000, noonBefore + NoLimit, NoLimit, Paris);

        Assert.Equal(Entries.DayNumber(year, month, day) + 1, held.Day);
        Assert.Equal(hours * 1_000_000, held.PreviousAmount);
    }

    [Fact]
    public void Nothing_is_lost_to_rounding_however_often_a_lamp_reports()
    {
        // 1 mW for a day, told every 7 seconds, is 24 mWh less the rest that has no whole mWh yet.
        var start = Paris.DayOf(At(2026, 1, 15, 12)).Start;
        var held = From(start);
        for (var at = start + 7_000; at < start + (24 * Hour); at += 7_000)
        {
            held = held.Until(1, at, Hour, Paris);
        }

        Assert.Equal(23, held.Amount);
        Assert.True(held.Rest > 3_500_000);
    }

    [Fact]
    public void Splitting_the_time_changes_no_sum()
    {
        var start = At(2026, 1, 15, 6);
        var cuts = Gen.Choose(1, 1_800_000).NonEmptyListOf();
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(cuts.ToArbitrary(), steps =>
        {
            var at = start;
            var pieces = From(start);
            foreach (var step in steps.Take(20))
            {
                at += step;
                pieces = pieces.Until(33_333, at, NoLimit, Paris);
            }

            return pieces.Amounts == From(start).Until(33_333, at, NoLimit, Paris).Amounts;
        }));
    }
}
