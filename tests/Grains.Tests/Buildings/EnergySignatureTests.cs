using FsCheck;
using FsCheck.Fluent;
using Grid.Grains.Buildings;

namespace Grid.Tests.Grains.Buildings;

/// <summary>The regression of a building's days on their weather, by hand and by law.</summary>
public sealed class EnergySignatureTests
{
    /// <summary>Worked out by hand: x = 0, 5, 10, 15; y = 21, 44, 76, 99. Means 7.5 and 60; Sxx = 125, Sxy = 665; slope 5.32, base 20.1; residuals 0.9, -2.7, 2.7, -0.9: squares 16.2 of 3,554.</summary>
    [Fact]
    public void A_line_through_four_days_is_that_of_the_textbook()
    {
        var signature = Fit(Day(0, 21), Day(5, 44), Day(10, 76), Day(15, 99))!;

        Assert.Equal(5.32, signature.KilowattHoursPerHeatingDegreeDay, 9);
        Assert.Equal(20.1, signature.BaseKilowattHours, 9);

        Assert.Equal(1 - (16.2 / 3_554), signature.RSquared, 9);
        Assert.Equal(100 * Math.Sqrt(16.2 / 2) / 60, signature.VariationPercent, 9);
        Assert.Equal(4, signature.Days);
    }

    [Fact]
    public void Where_the_weather_never_differs_only_the_mean_is_left()
    {
        var signature = Fit(Day(8, 90), Day(8, 110))!;

        Assert.Equal((100, 0, 0, 0), (signature.BaseKilowattHours, signature.KilowattHoursPerHeatingDegreeDay, signature.KilowattHoursPerCoolingDegreeDay, signature.KilowattHoursPerOpenDay));
        Assert.Equal(0, signature.RSquared, 12);
    }

    [Fact]
    public void What_says_the_same_as_another_predictor_says_nothing_of_its_own()
    {
        // Open on exactly the cold days.
        var signature = Fit(new SignatureDay(1_000, 0, true, 5_000), new SignatureDay(0, 0, false, 1_000), new SignatureDay(1_000, 0, true, 5_000), new SignatureDay(0, 0, false, 1_000))!;

        Assert.Equal((10, 4, 0), (signature.BaseKilowattHours, signature.KilowattHoursPerHeatingDegreeDay, signature.KilowattHoursPerOpenDay));
        Assert.Equal(1, signature.RSquared, 12);
    }

    [Fact]
    public void Too_few_days_or_no_energy_give_no_line()
    {
        Assert.Null(EnergySignature.Of(SignatureSums.None));
        Assert.Null(Fit(Day(5, 10)));
        Assert.Null(Fit(Day(5, 10), Day(6, 11)));
        Assert.Null(Fit(Day(5, 0), Day(6, 0), Day(7, 0)));
    }

    /// <summary>Whole coefficients, so that each day's energy is a whole number of tens of watt-hours.</summary>
    [Fact]
    public void Days_on_a_line_give_the_line_back_and_fit_wholly() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from basis in Gen.Choose(1, 100_000)
         from perHeating in Gen.Choose(0, 300)
         from perCooling in Gen.Choose(0, 300)
         from perOpen in Gen.Choose(0, 50_000)
         from days in (from heating in Gen.Choose(0, 3_000) from cooling in Gen.Choose(0, 1_500) from open in Gen.Elements(true, false) select (heating, cooling, open)).ListOf(20)
         select (basis, perHeating, perCooling, perOpen, days)).ToArbitrary(),
        item =>
        {
            // Days that differ in every way are always among them.
            var days = item.days.Concat([(0, 0, false), (3_000, 0, true), (0, 1_500, true), (2_000, 100, false)])
                .Select(day => new SignatureDay(
                    day.Item1, day.Item2, day.Item3, item.basis + (item.perHeating * day.Item1) + (item.perCooling * day.Item2) + (day.Item3 ? item.perOpen : 0)));
            var signature = Fit(days.ToArray())!;

            Assert.Equal(item.basis / 100.0, signature.BaseKilowattHours, 4);
            Assert.Equal(item.perHeating, signature.KilowattHoursPerHeatingDegreeDay, 6);
            Assert.Equal(item.perCooling, signature.KilowattHoursPerCoolingDegreeDay, 6);
            Assert.Equal(item.perOpen / 100.0, signature.KilowattHoursPerOpenDay, 4);
            Assert.Equal(1, signature.RSquared, 9);
            Assert.InRange(signature.VariationPercent, 0, 1e-3);
        }));

    [Fact]
    public void The_order_of_the_days_does_not_matter_to_the_last_bit() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from heating in Gen.Choose(0, 4_000)
         from cooling in Gen.Choose(0, 2_000)
         from open in Gen.Elements(true, false)
         from energy in Gen.Choose(0, SignatureDay.MostEnergy)
         select new SignatureDay(heating, cooling, open, energy)).ArrayOf().ToArbitrary(),
        days =>
        {
            foreach (var other in (SignatureDay[][])[[.. days.Reverse()], [.. days.OrderBy(day => day.Energy)], [.. days.OrderBy(day => day.Heating)]])
            {
                Assert.Equal(Sums(days), Sums(other));
                Assert.Equal(Fit(days), Fit(other));
            }

            Assert.InRange(Fit(days)?.RSquared ?? 0, 0, 1);
        }));

    [Fact]
    public void A_thousand_days_of_the_most_energy_do_not_overflow()
    {
        var sums = SignatureSums.None;
        for (var day = 0; day < 1_000; day++)
        {
            sums = sums.With(new SignatureDay(6_000, 6_000, true, SignatureDay.MostEnergy - (day % 2)));
        }

        Assert.True(sums.EnergyEnergy > 0);
        Assert.Equal(SignatureDay.MostEnergy / SignatureDay.PerKilowattHour, EnergySignature.Of(sums)!.BaseKilowattHours, 1.0);
    }

    /// <summary>COSTIC: below the base all day 18 - (2 + 10) / 2 = 12; above it all day none; between, (18 - 12)(0.08 + 0.42 x 6 / 12) = 1.74.</summary>
    [Theory]
    [InlineData(2, 10, 18, 12)]
    [InlineData(18, 25, 18, 0)]
    [InlineData(19, 25, 18, 0)]
    [InlineData(10, 18, 18, 4)]
    [InlineData(12, 24, 18, 1.74)]
    [InlineData(-5, -1, 18, 21)]
    [InlineData(17, 18, 18, 0.5)]
    public void Heating_degree_days_are_those_of_COSTIC(double lowest, double highest, double limit, double expected) =>
        Assert.Equal(expected, DegreeDays.Heating((int)(lowest * 1_000), (int)(highest * 1_000), (long)(limit * 1_000)) / 1_000.0, 3);

    [Theory]
    [InlineData(22, 30, 21, 5)]
    [InlineData(10, 21, 21, 0)]
    [InlineData(15, 27, 21, 1.74)]
    public void Cooling_degree_days_are_the_same_turned_round(double lowest, double highest, double limit, double expected) =>
        Assert.Equal(expected, DegreeDays.Cooling((int)(lowest * 1_000), (int)(highest * 1_000), (long)(limit * 1_000)) / 1_000.0, 3);

    private static SignatureDay Day(double heatingDegreeDays, double kilowattHours) => new((int)(heatingDegreeDays * 100), 0, false, (int)(kilowattHours * 100));

    private static SignatureSums Sums(params SignatureDay[] days) => days.Aggregate(SignatureSums.None, (sums, day) => sums.With(day));

    private static EnergySignature? Fit(params SignatureDay[] days) => EnergySignature.Of(Sums(days));
}
