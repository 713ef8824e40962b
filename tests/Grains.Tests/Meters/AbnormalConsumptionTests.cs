using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Meters;

public sealed class AbnormalConsumptionTests
{
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    private static TestDevice Meter(params (string, object)[] more) => TestDevice.Of(DeviceKind.Meter, [("fluid", "water"), .. more]);

    private static bool IsAbnormal(TestDevice meter) => meter.Conditions.Any(condition => condition.Condition == "abnormalConsumption");

    private static DateTimeOffset MidnightAfter(DateOnly day)
    {
        var local = day.AddDays(1).ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, Paris.GetUtcOffset(local));
    }

    /// <summary>One index a day, at the midnight that ends it; the first day on which consumption is abnormal.</summary>
    private static DateOnly? FirstAbnormal(TestDevice meter, DateOnly from, DateOnly until, Func<DateOnly, int> litresADay)
    {
        var index = 100_000L;
        for (var day = from; day <= until; day = day.AddDays(1))
        {
            index += litresADay(day);
            meter.Report(MidnightAfter(day), ("indexLitres", index));
            if (IsAbnormal(meter))
            {
                return day;
            }
        }

        return null;
    }

    private static DerivedFigure Month(TestDevice meter, DateOnly day) => meter.View(MidnightAfter(day)).Derived.Single(figure => figure.Name == "consumedThisMonthLitres");

    [Fact]
    public void More_than_twice_the_mean_of_the_same_month_of_three_years_is_abnormal()
    {
        // March has 90, 100 and 110 litres a day in three years, all other months three times as much.
        var meter = Meter();
        int Used(DateOnly day) => day.Month != 3 ? 300 : day.Year switch { 2023 => 90, 2024 => 100, 2025 => 110, _ => day.Day < 10 ? 200 : 201 };

        // Nine days of exactly twice as much are not more; of the tenth day the litre is in the reading of the eleventh.
        Assert.Equal(new DateOnly(2026, 3, 11), FirstAbnormal(meter, new(2023, 1, 1), new(2026, 3, 31), Used));
        var figure = Month(meter, new(2026, 3, 11));
        Assert.Equal((2_001.0, 2_000.0, "threeYears"), (figure.Value, figure.High, figure.Basis));
        Assert.Equal(MidnightAfter(new(2026, 3, 10)), figure.At);
    }

    [Fact]
    public void With_fewer_years_the_mean_is_of_those_that_there_are()
    {
        var meter = Meter();
        Assert.Null(FirstAbnormal(meter, new(2025, 1, 1), new(2026, 2, 20), _ => 150));
        Assert.Equal((150 * 19.0, 300 * 19.0, "oneYear"), (Month(meter, new(2026, 2, 20)).Value, Month(meter, new(2026, 2, 20)).High, Month(meter, new(2026, 2, 20)).Basis));
    }

    [Fact]
    public void Without_a_year_the_mean_is_that_of_comparable_dwellings()
    {
        Assert.Null(FirstAbnormal(Meter(("comparableLitresPerDay", 150)), new(2026, 1, 1), new(2026, 2, 20), _ => 300));

        // The month begins with what is known of it; seven whole days, and the next reading says that the seventh is over.
        var meter = Meter(("comparableLitresPerDay", 150));
        Assert.Equal(new DateOnly(2026, 2, 8), FirstAbnormal(meter, new(2026, 1, 1), new(2026, 2, 20), day => day.Month == 1 ? 300 : 301));
        Assert.Equal("comparable", Month(meter, new(2026, 2, 8)).Basis);
    }

    [Fact]
    public void Without_any_mean_nothing_is_abnormal()
    {
        var meter = Meter();
        Assert.Null(FirstAbnormal(meter, new(2026, 1, 1), new(2026, 2, 20), day => day.Day * 100));
        Assert.Equal((null, "index"), (Month(meter, new(2026, 2, 20)).High, Month(meter, new(2026, 2, 20)).Basis));
    }

    [Fact]
    public void It_ends_when_the_month_so_far_is_within_twice_the_mean_again()
    {
        var meter = Meter(("comparableLitresPerDay", 100));
        FirstAbnormal(meter, new(2026, 1, 1), new(2026, 2, 8), day => day.Month == 1 ? 100 : 300);
        Assert.True(IsAbnormal(meter));

        // 8 x 300 litres, then 50 a day: 2,650 in 13 whole days are more than 2,600, 2,700 in 14 are less than 2,800; and the 15th says that the 14th is over.
        var index = meter.Shown("indexLitres")!.Value;
        var ended = Enumerable.Range(9, 15).Select(day => new DateOnly(2026, 2, day)).First(day =>
        {
            meter.Report(MidnightAfter(day), ("indexLitres", index += 50));
            return !IsAbnormal(meter);
        });
        Assert.Equal(new DateOnly(2026, 2, 15), ended);
    }

    [Fact]
    public void A_new_month_is_judged_after_a_week_and_until_then_the_last_one_stands()
    {
        var meter = Meter(("comparableLitresPerDay", 100));
        var abnormal = new List<DateOnly>();
        var index = 0L;
        for (var day = new DateOnly(2026, 1, 1); day <= new DateOnly(2026, 2, 20); day = day.AddDays(1))
        {
            index += day.Month == 1 ? 250 : 100;
            meter.Report(MidnightAfter(day), ("indexLitres", index));
            if (IsAbnormal(meter))
            {
                abnormal.Add(day);
            }
        }

        Assert.Equal((new DateOnly(2026, 1, 9), new DateOnly(2026, 2, 7)), (abnormal[0], abnormal[^1]));
        Assert.Equal(30, abnormal.Count);
    }

    [Fact]
    public void A_late_index_moves_consumption_to_its_month()
    {
        // The index of the last of January comes three days late: what was consumed is the same, and so is each month's mean.
        DerivedFigure After(bool isLate)
        {
            var meter = Meter();
            var (index, kept) = (0L, 0L);
            for (var day = new DateOnly(2025, 1, 1); day <= new DateOnly(2026, 1, 20); day = day.AddDays(1))
            {
                index += day.Month == 1 ? 100 : 700;
                if (isLate && day == new DateOnly(2025, 1, 31))
                {
                    kept = index;
                    continue;
                }

                meter.Report(MidnightAfter(day), ("indexLitres", index));
                if (isLate && day == new DateOnly(2025, 2, 1))
                {
                    meter.Take(Entries.Reading("D1", MidnightAfter(new(2025, 1, 31)), MidnightAfter(day).AddHours(5), ("indexLitres", kept)));
                }
            }

            return Month(meter, new(2026, 1, 20));
        }

        Assert.Equal(After(isLate: false), After(isLate: true));
        Assert.Equal(2 * 100 * 19, After(isLate: true).High);
    }

    [Fact]
    public void A_meter_that_was_replaced_has_the_years_of_the_one_before()
    {
        var meter = Meter();
        var index = 500_000L;
        for (var day = new DateOnly(2025, 1, 1); day <= new DateOnly(2026, 1, 20); day = day.AddDays(1))
        {
            index = day == new DateOnly(2025, 6, 10) ? 0 : index + 100;
            meter.Report(MidnightAfter(day), ("indexLitres", index));
        }

        Assert.Equal((1_900.0, 3_800.0, "oneYear"), (Month(meter, new(2026, 1, 20)).Value, Month(meter, new(2026, 1, 20)).High, Month(meter, new(2026, 1, 20)).Basis));
    }

    [Fact]
    public void Years_are_kept_for_three_years_and_no_longer()
    {
        var meter = Meter();
        FirstAbnormal(meter, new(2020, 1, 1), new(2026, 1, 20), day => 100 + day.Year - 2020);

        // 103, 104 and 105 litres a day in the Januaries of 2023 to 2025.
        Assert.Equal((2 * 104.0 * 19, "threeYears"), (Month(meter, new(2026, 1, 20)).High, Month(meter, new(2026, 1, 20)).Basis));
        Assert.True(meter.Json().Length < 1_500);
    }

    [Fact]
    public void One_index_a_day_is_enough_and_another_persons_months_are_not_compared_with()
    {
        var meter = Meter(("dwelling", true), ("legalBasis", "contract"), ("subscriber", "S1"), ("comparableLitresPerDay", 50));
        var index = 0L;
        for (var day = new DateOnly(2025, 1, 1); day <= new DateOnly(2026, 1, 20); day = day.AddDays(1))
        {
            index += day.Year == 2025 ? 100 : 201;
            meter.Take(Entries.Reading("D1", MidnightAfter(day), MidnightAfter(day), ("indexLitres", index)) with
            {
                Personal = new PersonalReading { Subscriber = "S1", Day = MidnightAfter(day.AddDays(-1)) },
            });
        }

        Assert.True(IsAbnormal(meter));
        meter.Register(("fluid", "water"), ("dwelling", true), ("legalBasis", "contract"), ("subscriber", "S2"), ("comparableLitresPerDay", 50));
        Assert.False(IsAbnormal(meter));
        Assert.DoesNotContain(meter.View(Entries.Start).Derived, figure => figure.Name == "consumedThisMonthLitres");
    }

    [Theory]
    [InlineData("fluid", "gas")]
    [InlineData("zoneRole", "outlet")]
    public void Only_the_water_of_customers_is_compared(string attribute, string value)
    {
        var meter = TestDevice.Of(DeviceKind.Meter, (attribute, value), ("comparableLitresPerDay", 10));
        Assert.Null(FirstAbnormal(meter, new(2026, 1, 1), new(2026, 2, 20), _ => 5_000));
    }
}
