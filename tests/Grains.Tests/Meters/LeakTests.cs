using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Meters;

public sealed class LeakTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Local midnight of a winter Friday in Brest.</summary>
    private static readonly DateTimeOffset Midnight = new(2026, 1, 16, 0, 0, 0, Hour);

    private static TestDevice Meter(params (string, object)[] more) => TestDevice.Of(DeviceKind.Meter, [("fluid", "water"), .. more]);

    private static bool IsLeaking(TestDevice meter) => meter.Conditions.Any(condition => condition.Condition == "leak");

    private static double? Derived(TestDevice meter, string name, DateTimeOffset now) =>
        meter.View(now).Derived.Where(figure => figure.Name == name).Select(figure => figure.Value).SingleOrDefault();

    /// <summary>What a household has used since midnight of the first day, in litres: nothing from 00:30 to 05:00, and something in each hour of the day but two.</summary>
    private static double Household(DateTimeOffset at)
    {
        double[] hours = [5, 0, 0, 0, 0, 6, 30, 25, 12, 0, 8, 14, 20, 9, 0, 4, 8, 16, 25, 22, 18, 10, 6, 8];
        var passed = at - Midnight;
        var local = at.ToOffset(Hour);
        var whole = (double)(passed.Days * hours.Sum());
        for (var hour = 0; hour < local.Hour; hour++)
        {
            whole += hours[hour];
        }

        return whole + (hours[local.Hour] * (local.Hour == 0 ? Math.Min(1, local.Minute / 30.0) : local.Minute / 60.0));
    }

    private static double Leak(DateTimeOffset at, DateTimeOffset from, double litresPerHour) => at <= from ? 0 : (at - from).TotalHours * litresPerHour;

    /// <summary>The readings of a register that counts whole pulses.</summary>
    private static IEnumerable<(DateTimeOffset At, double Litres)> Readings(
        Func<DateTimeOffset, double> used, DateTimeOffset from, DateTimeOffset until, double everyMinutes, double pulse = 1, double phase = 0)
    {
        for (var at = from.AddMinutes(phase); at <= until; at = at.AddMinutes(everyMinutes))
        {
            yield return (at, 100_000 + (Math.Floor(used(at) / pulse) * pulse));
        }
    }

    private static DateTimeOffset? FirstLeak(TestDevice meter, IEnumerable<(DateTimeOffset At, double Litres)> readings)
    {
        foreach (var (at, litres) in readings)
        {
            meter.Report(at, ("indexLitres", litres));
            if (IsLeaking(meter))
            {
                return at;
            }
        }

        return null;
    }

    [Theory]
    [InlineData(60, 0, 1)]
    [InlineData(60, 17, 1)]
    [InlineData(60, 59, 1)]
    [InlineData(15, 0, 1)]
    [InlineData(15, 7, 1)]
    [InlineData(60, 0, 10)]
    [InlineData(60, 17, 10)]
    [InlineData(15, 7, 10)]
    [InlineData(120, 10, 1)]
    public void A_leak_of_five_litres_an_hour_is_found_within_three_nights(double everyMinutes, double phase, double pulse)
    {
        // Whenever it begins.
        for (var begun = 0; begun < 24; begun++)
        {
            var from = Midnight.AddHours(24 + begun);
            var found = FirstLeak(
                Meter(("pulseLitres", pulse)), Readings(at => Household(at) + Leak(at, from, 5.01), Midnight, Midnight.AddDays(6), everyMinutes, pulse, phase));

            Assert.NotNull(found);
            Assert.InRange(found.Value - from, TimeSpan.FromHours(24), TimeSpan.FromHours(58));
        }
    }

    [Theory]
    [InlineData(60, 17, 1)]
    [InlineData(15, 7, 1)]
    [InlineData(60, 17, 10)]
    public void A_household_without_a_leak_has_none(double everyMinutes, double phase, double pulse) =>
        Assert.Null(FirstLeak(Meter(("pulseLitres", pulse)), Readings(Household, Midnight, Midnight.AddDays(30), everyMinutes, pulse, phase)));

    [Fact]
    public void Who_gets_up_at_night_does_not_leak()
    {
        // A flush of 8 litres each night at 02:30 and at 03:30: in hourly reports the flow never reaches zero, but the meter stands still at another time of every day.
        static double Used(DateTimeOffset at) => Household(at) + Enumerable.Range(0, 12).Sum(night => Flush(at, night, 2.5) + Flush(at, night, 3.5) + Flush(at, night, 1.5));
        static double Flush(DateTimeOffset at, int night, double hour) => at >= Midnight.AddDays(night).AddHours(hour) ? 8 : 0;

        Assert.Null(FirstLeak(Meter(), Readings(Used, Midnight, Midnight.AddDays(12), 60, phase: 17)));
    }

    [Fact]
    public void A_toilet_that_runs_for_one_night_is_no_leak()
    {
        var from = Midnight.AddHours(22);
        double Used(DateTimeOffset at) => Household(at) + Math.Min(Leak(at, from, 100), 900);

        Assert.Null(FirstLeak(Meter(), Readings(Used, Midnight, Midnight.AddDays(6), 60, phase: 17)));
    }

    [Fact]
    public void A_leak_ends_after_the_first_night_in_which_the_flow_reaches_zero()
    {
        var (from, mended) = (Midnight.AddHours(12), Midnight.AddDays(4).AddHours(12));
        var meter = Meter();
        var ended = default(DateTimeOffset?);
        foreach (var (at, litres) in Readings(at => Household(at) + Leak(at < mended ? at : mended, from, 12), Midnight, Midnight.AddDays(7), 60))
        {
            var was = IsLeaking(meter);
            meter.Report(at, ("indexLitres", litres));
            ended = was && !IsLeaking(meter) ? at : ended;
        }

        Assert.Equal(Midnight.AddDays(5).AddHours(6), ended);
        Assert.Equal(0, Derived(meter, "nightMinimumLitresPerHour", Midnight.AddDays(7)));
        Assert.Equal(0, Derived(meter, "leakNights", Midnight.AddDays(7)));
    }

    [Fact]
    public void A_leak_is_counted_and_explained()
    {
        var meter = Meter();
        FirstLeak(meter, Readings(at => Household(at) + Leak(at, Midnight, 12), Midnight, Midnight.AddDays(2), 60));
        var figure = meter.View(Midnight.AddDays(2)).Derived.Single(figure => figure.Name == "nightMinimumLitresPerHour");

        Assert.Equal(ContributionFlags.LeakSuspect, meter.Contribution.Flags);
        Assert.Equal(new ActiveCondition("leak", DeviceStatus.Warning, Midnight.AddDays(1).AddHours(6)), Assert.Single(meter.Conditions));
        Assert.Equal((12.0, 4.0, Midnight.AddDays(1).AddHours(4), "night"), (figure.Value, figure.High, figure.At, figure.Basis));
        Assert.Equal(2, Derived(meter, "leakNights", Midnight.AddDays(2)));
    }

    [Fact]
    public void Late_reports_of_a_night_count_until_it_is_judged()
    {
        // Both nights look like a leak in what came in time; of the second one the report of 03:00 comes at 05:30, and says that nothing flowed since 02:00.
        var meter = Meter();
        double[] litres = [100, 110, 120, 130, 140];
        for (var night = 0; night < 2; night++)
        {
            for (var hour = 1; hour <= 5; hour++)
            {
                if (night == 0 || hour != 3)
                {
                    meter.Report(Midnight.AddDays(night).AddHours(hour), ("indexLitres", litres[hour - 1] + (night * 240)));
                }
            }
        }

        var second = Midnight.AddDays(1);
        meter.Take(Entries.Reading("D1", second.AddHours(3), second.AddHours(5.5), ("indexLitres", 350)));
        meter.Report(second.AddHours(6), ("indexLitres", 390));
        Assert.False(IsLeaking(meter));
        Assert.Equal(0, Derived(meter, "nightMinimumLitresPerHour", second.AddHours(7)));
    }

    [Fact]
    public void The_order_of_the_reports_of_a_night_does_not_matter()
    {
        var cases = from steps in Gen.Choose(0, 12).ArrayOf(20)
                    let readings = Enumerable.Range(0, 20).Select(place => (Minutes: 45 + (place * 13), Litres: 1_000 + steps.Take(place + 1).Sum())).ToArray()
                    from shuffled in Gen.Shuffle(readings)
                    select (Ordered: readings, Shuffled: shuffled);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(cases.ToArbitrary(), night => Judged(night.Ordered) == Judged(night.Shuffled)));

        static (double?, double?) Judged((int Minutes, int Litres)[] readings)
        {
            var meter = Meter();
            meter.Report(Midnight.AddMinutes(-30), ("indexLitres", 1_000));

            // All of the night comes within two seconds, some of it twice, as after a pause of the network.
            foreach (var (minutes, litres) in readings.Concat(readings.Where((_, place) => place % 3 == 0)))
            {
                meter.Take(Entries.Reading("D1", Midnight.AddMinutes(minutes), Midnight.AddHours(5.9), ("indexLitres", litres)));
            }

            meter.Report(Midnight.AddHours(8), ("indexLitres", 2_000));
            return (Derived(meter, "nightMinimumLitresPerHour", Midnight.AddHours(9)), Derived(meter, "leakNights", Midnight.AddHours(9)));
        }
    }

    [Theory]
    [InlineData(new[] { 2.5 })] // one report
    [InlineData(new[] { 0.5, 3.9 })] // too far apart
    [InlineData(new[] { 1.5, 2.4 })] // a fifth of the hours
    public void A_night_with_too_few_reports_says_nothing(double[] hours)
    {
        var meter = Meter();
        var (begun, litres) = (Midnight.AddHours(0.6), 1_000.0);
        Report(0, [1, 2, 3, 4, 5]);
        Report(1, hours);
        Assert.Equal(1, Derived(meter, "leakNights", Midnight.AddDays(2)));
        Report(2, [1, 2, 3, 4, 5]);
        Assert.True(IsLeaking(meter));
        Assert.Equal(2, Derived(meter, "leakNights", Midnight.AddDays(3)));

        void Report(int night, double[] hours)
        {
            foreach (var hour in (double[])[.. hours, 12])
            {
                var at = Midnight.AddDays(night).AddHours(hour);
                meter.Report(at, ("indexLitres", litres + Math.Floor((at - begun).TotalHours * 20)));
            }
        }
    }

    [Fact]
    public void Nights_that_are_more_than_a_week_apart_are_not_one_leak()
    {
        var meter = Meter();
        FirstLeak(meter, Readings(at => Leak(at, Midnight, 20), Midnight, Midnight.AddHours(12), 60));
        FirstLeak(meter, Readings(at => Leak(at, Midnight, 20), Midnight.AddDays(9), Midnight.AddDays(9).AddHours(12), 60));
        Assert.Equal(1, Derived(meter, "leakNights", Midnight.AddDays(10)));
        Assert.False(IsLeaking(meter));
    }

    [Theory]
    [InlineData(2026, 3, 29)]
    [InlineData(2026, 10, 25)]
    public void The_nights_of_a_change_of_the_clock_are_judged_like_the_others(int year, int month, int day)
    {
        // Hourly reports on the full hour, a leak from the day before on: the second night is that of the change, of one hour or of three.
        var from = new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).AddDays(-2).AddHours(10);
        var found = FirstLeak(Meter(), Readings(at => Leak(at, from, 6), from.AddHours(-10), from.AddDays(4), 60));

        // 06:00 on the clock of that day.
        Assert.Equal(new DateTimeOffset(year, month, day, month == 3 ? 4 : 5, 0, 0, TimeSpan.Zero), found);
    }

    [Fact]
    public void An_hour_without_flow_at_the_change_of_the_clock_is_an_hour_without_flow()
    {
        // From 02:00 to 02:00: the hour that comes twice. Nothing flows in the second one.
        var night = new DateTimeOffset(2026, 10, 25, 0, 0, 0, TimeSpan.Zero);
        var meter = Meter();
        foreach (var (hour, litres) in new[] { (-1, 0), (0, 10), (1, 20), (2, 20), (3, 30), (4, 40), (6, 60) })
        {
            meter.Report(night.AddHours(hour), ("indexLitres", 1_000 + litres));
        }

        Assert.Equal(0, Derived(meter, "nightMinimumLitresPerHour", night.AddHours(7)));
    }

    [Fact]
    public void A_meter_that_reports_only_its_flow_is_judged_by_it()
    {
        var (leaking, dry) = (Meter(), Meter());
        for (var at = Midnight; at < Midnight.AddDays(2).AddHours(8); at = at.AddMinutes(30))
        {
            leaking.Report(at, ("flowLitresPerHour", 7));
            dry.Report(at, ("flowLitresPerHour", at.ToOffset(Hour) is { Hour: 3, Minute: 0 } ? 0 : 7));
        }

        Assert.True(IsLeaking(leaking));
        Assert.False(IsLeaking(dry));
    }

    [Fact]
    public void A_register_that_rolls_over_in_the_night_goes_on_leaking()
    {
        double Used(DateTimeOffset at) => Household(at) + Leak(at, Midnight, 30);
        var meter = Meter(("indexMaximum", 10_000));
        var readings = Readings(Used, Midnight, Midnight.AddDays(2), 60).ToArray();
        var offset = readings.First(reading => reading.At == Midnight.AddDays(1).AddHours(3)).Litres;

        Assert.Equal(Midnight.AddDays(1).AddHours(6), FirstLeak(meter, readings.Select(reading => (reading.At, (reading.Litres - offset + 20_000) % 10_000))));
    }

    [Fact]
    public void A_meter_that_is_replaced_in_the_night_has_no_flow_between_the_two()
    {
        var meter = Meter();
        foreach (var (hour, litres) in new[] { (0, 9_000), (1, 9_010), (2, 9_020), (3, 5), (4, 15), (5, 25), (8, 55) })
        {
            meter.Report(Midnight.AddHours(hour), ("indexLitres", litres));
        }

        // Half of the hours are known, and in them 10 litres an hour.
        Assert.Equal(10, Derived(meter, "nightMinimumLitresPerHour", Midnight.AddHours(9)));
        Assert.Equal(1, Derived(meter, "leakNights", Midnight.AddHours(9)));
    }

    [Theory]
    [InlineData("leakNights", 0)]
    [InlineData("zoneRole", "inlet")]
    [InlineData("fluid", "gas")]
    public void Where_leaks_are_not_looked_for_there_are_none(string attribute, object value)
    {
        var meter = TestDevice.Of(DeviceKind.Meter, [(attribute, value)]);

        Assert.Null(FirstLeak(meter, Readings(at => Leak(at, Midnight, 50), Midnight, Midnight.AddDays(6), 60)));
        Assert.DoesNotContain(meter.View(Midnight.AddDays(7)).Derived, figure => figure.Basis == "night");
    }

    [Fact]
    public void Without_a_right_to_values_finer_than_a_day_nothing_finer_than_a_day_is_concluded()
    {
        var meter = Meter(("dwelling", true), ("legalBasis", "contract"), ("subscriber", "S1"));
        ReadingEntry Reading(DateTimeOffset at, double litres, bool isDaily) => Entries.Reading("D1", at, at, ("indexLitres", litres)) with
        {
            Personal = new PersonalReading { Subscriber = "S1", Day = isDaily ? Midnight : null },
        };

        // With it, a leak and a burst are found; the first reading that stands for its day ends both.
        foreach (var (at, litres) in Readings(at => Leak(at, Midnight, 2_000), Midnight, Midnight.AddDays(3), 60))
        {
            meter.Take(Reading(at, litres, isDaily: false));
        }

        Assert.Equal(["leak", "burst"], meter.Conditions.Select(condition => condition.Condition));
        foreach (var (at, litres) in Readings(at => Leak(at, Midnight, 2_000), Midnight.AddDays(3).AddHours(1), Midnight.AddDays(9), 60))
        {
            meter.Take(Reading(at, litres, isDaily: true));
            Assert.Empty(meter.Conditions);
            Assert.Equal(ContributionFlags.None, meter.Contribution.Flags);
            Assert.DoesNotContain(meter.View(at).Derived, figure => figure.Basis == "night");
        }
    }

    [Fact]
    public void A_restart_in_the_middle_of_the_night_forgets_nothing()
    {
        var meter = Meter();
        foreach (var (at, litres) in Readings(at => Household(at) + Leak(at, Midnight, 9), Midnight, Midnight.AddDays(2), 15))
        {
            meter.Report(at, ("indexLitres", litres));
            meter = meter.Restart(meter.Json());
        }

        meter.Report(Midnight.AddDays(2).AddMinutes(1), ("tamper", 0));
        Assert.Equal(["leak"], meter.Conditions.Select(condition => condition.Condition));
    }
}
