using Grid.Contracts.Devices;
using Grid.Grains.Buildings;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Buildings;

/// <summary>Progress towards the décret tertiaire, worked out.</summary>
public sealed class TertiaryTargetTests
{
    private const long MilliwattHours = 1_000_000; // in a kWh

    private static readonly EnergySignature Signature = new(100, 12, 0, 40, 0.95, 8, 200, 0.5);

    [Fact]
    public void Both_targets_and_the_distance_to_the_easier_one_are_shown()
    {
        // 2,000 square metres, 400 MWh in the reference year, 100 kWh for each square metre allowed in 2030; 270 MWh now.
        var figures = Figures(
            Settings(("floorAreaSquareMetres", 2_000), ("referenceYear", 2015), ("referenceKilowattHours", 400_000), ("absoluteTargetKilowattHoursPerSquareMetre2030", 100)),
            new(270_000, "measured", new DateOnly(2027, 1, 1)));

        Assert.Equal((270_000, "measured"), (figures["tertiaryEnergyKilowattHours"].Value, figures["tertiaryEnergyKilowattHours"].Basis));
        Assert.Equal(32.5, figures["tertiaryReductionPercent"].Value);
        Assert.Equal([240_000, 200_000, 160_000], Years("tertiaryRelativeTarget{0}KilowattHours", figures));
        Assert.Equal(200_000, figures["tertiaryAbsoluteTarget2030KilowattHours"].Value);
        Assert.False(figures.ContainsKey("tertiaryAbsoluteTarget2040KilowattHours"));
        Assert.Equal([30_000, 70_000, 110_000], Years("tertiaryExcess{0}KilowattHours", figures));
        Assert.Equal(0, figures["tertiaryExcess2030KilowattHours"].High);
    }

    [Fact]
    public void The_absolute_target_counts_where_it_is_the_easier_one()
    {
        var figures = Figures(
            Settings(("floorAreaSquareMetres", 2_000), ("referenceKilowattHours", 400_000), ("absoluteTargetKilowattHoursPerSquareMetre2030", 140)), new(270_000, "measured", null));

        Assert.Equal(-10_000, figures["tertiaryExcess2030KilowattHours"].Value);
    }

    [Fact]
    public void Below_a_thousand_square_metres_or_without_a_target_there_is_nothing_to_show()
    {
        Assert.Empty(Figures(Settings(("floorAreaSquareMetres", 999), ("referenceKilowattHours", 400_000)), new(270_000, "measured", null)));
        Assert.Empty(Figures(Settings(("floorAreaSquareMetres", 2_000)), new(270_000, "measured", null)));
        Assert.Empty(Figures(Settings(("referenceKilowattHours", 400_000)), new(270_000, "measured", null)));
        Assert.Equal(3, Figures(Settings(("floorAreaSquareMetres", 1_000), ("referenceKilowattHours", 400_000)), null).Count);
    }

    [Fact]
    public void A_mild_year_is_corrected_by_the_slope_of_the_signature()
    {
        // 200 degree days fewer than in the reference year, at 12 kWh each.
        var energy = TertiaryTarget.EnergyOf(new YearTotal(270_000 * MilliwattHours, 2_000, new DateOnly(2027, 1, 1)), Signature, isOfAllEnergy: false, 2_200)!.Value;

        Assert.Equal((272_400, "measuredCorrected"), (energy.KilowattHours, energy.Basis));
    }

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void Without_signature_weather_or_reference_weather_it_is_as_measured(bool hasSignature, bool hasWeather, bool hasReference)
    {
        var energy = TertiaryTarget.EnergyOf(
            new YearTotal(270_000 * MilliwattHours, hasWeather ? 2_000 : null, new DateOnly(2027, 1, 1)), hasSignature ? Signature : null, true, hasReference ? 2_200 : null)!.Value;

        Assert.Equal((270_000, "measured"), (energy.KilowattHours, energy.Basis));
    }

    [Fact]
    public void Before_twelve_months_are_known_a_year_is_worked_out_from_a_signature_of_all_energy()
    {
        // 365.25 x (100 + 40 x 0.5) + 12 x 2,200
        var energy = TertiaryTarget.EnergyOf(null, Signature, isOfAllEnergy: true, 2_200)!.Value;

        Assert.Equal((70_230, "regression"), (energy.KilowattHours, energy.Basis));
        Assert.Null(TertiaryTarget.EnergyOf(null, Signature, isOfAllEnergy: false, 2_200));
        Assert.Null(TertiaryTarget.EnergyOf(null, Signature, isOfAllEnergy: true, null));
        Assert.Null(TertiaryTarget.EnergyOf(null, null, isOfAllEnergy: true, 2_200));
    }

    [Fact]
    public void Twelve_months_are_known_once_the_day_before_them_is()
    {
        var totals = default(MonthTotals);
        var first = Entries.DayNumber(2025, 12, 31);
        for (var day = first; day < first + 366; day++)
        {
            totals = MonthTotals.With(totals, day, 1_000 * MilliwattHours, 1_000);
            Assert.Null(totals.LastYear());
        }

        totals = MonthTotals.With(totals, first + 366, 1_000 * MilliwattHours, 1_000);
        var year = totals.LastYear()!.Value;
        Assert.Equal((365_000 * MilliwattHours, 3_650.0, new DateOnly(2027, 1, 1)), (year.Energy, year.HeatingDegreeDays, year.End));
        Assert.Equal(13, totals.Months.Length);
    }

    [Fact]
    public void Months_are_kept_for_a_year_and_no_longer_and_unknown_weather_is_filled_up_or_left_out()
    {
        var totals = default(MonthTotals);
        var first = Entries.DayNumber(2025, 1, 1);
        for (var day = first; day < first + 760; day++)
        {
            totals = MonthTotals.With(totals, day, MilliwattHours, day % 20 == 0 ? null : 1_000);
        }

        Assert.Equal(13, totals!.Months.Length);
        var year = totals.LastYear()!.Value;
        Assert.Equal(3_650, year.HeatingDegreeDays!.Value, 6);
        Assert.Equal(365 * MilliwattHours, year.Energy);
    }

    [Fact]
    public void The_months_of_a_building_are_those_of_its_index_over_a_silence()
    {
        var days = new BuildingDays(("floorAreaSquareMetres", 1_000), ("referenceKilowattHours", 500_000));
        for (var at = BuildingDays.At("2025-12-30T00:00"); at < BuildingDays.At("2027-01-02T12:00"); at = at.AddHours(6))
        {
            // Each report counts a quarter of an hour of 1 kW of electricity and 10 kW of heat. From the 3rd to the 8th of March nothing of it arrives.
            var isLost = at.Month == 3 && at.Day is >= 3 and <= 8;
            days.Report(at, new(18), isLost);
            days.Report(at.AddMinutes(15), new(18), isLost);
        }

        // 8 reports a day of 2,750 Wh.
        var figure = days.Figure("tertiaryEnergyKilowattHours", BuildingDays.At("2027-01-02T12:00"))!;
        Assert.Equal(365 * 8 * 2.75, figure.Value!.Value, 1.0);
        Assert.Equal("measured", figure.Basis);
    }

    private static BuildingSettings Settings(params (string, object)[] attributes) => BuildingSettings.Parse(Entries.Descriptor("B1", DeviceKind.Building, attributes));

    private static Dictionary<string, DerivedFigure> Figures(BuildingSettings settings, TertiaryTarget.YearEnergy? energy) =>
        TertiaryTarget.FiguresOf(settings, energy).ToDictionary(figure => figure.Name);

    private static double[] Years(string name, Dictionary<string, DerivedFigure> figures) =>
        [.. new[] { "2030", "2040", "2050" }.Select(year => figures[name.Replace("{0}", year, StringComparison.Ordinal)].Value!.Value)];
}
