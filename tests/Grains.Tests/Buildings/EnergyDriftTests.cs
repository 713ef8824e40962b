using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Buildings;

/// <summary>A building against its reference. Outdoors it is from 3 degrees colder to 3 warmer than the middle of its day, which swings between 3 and 11.</summary>
public sealed class EnergyDriftTests
{
    private const string From = "2026-01-15T00:00";
    private const double KilowattsPerDegree = 0.5;
    private const double BaseKilowatts = 3;
    private static readonly DateTimeOffset Begun = BuildingDays.At(From);

    [Fact]
    public void The_line_of_a_building_on_a_line_is_found()
    {
        var days = Run(new BuildingDays(), "2026-02-06T12:00");

        // 21 days, of which the first has no beginning: 24 h x (3 + 0.5 x degrees) a day.
        Assert.Equal(72, Value(days, "signatureBaseKilowattHours"), 1.0);
        Assert.Equal(12, Value(days, "signatureKilowattHoursPerHeatingDegreeDay"), 0.1);
        Assert.Equal(0, Value(days, "signatureKilowattHoursPerCoolingDegreeDay"));
        Assert.InRange(Value(days, "signatureRSquared"), 0.999, 1);
        Assert.InRange(Value(days, "signatureVariationPercent"), 0, 1);
        Assert.Equal("regression", days.Figure("signatureDays", BuildingDays.At("2026-02-06T12:00"))!.Basis);
        Assert.Equal(21, Value(days, "signatureDays"));
    }

    [Fact]
    public void A_building_that_takes_a_third_more_is_told_after_four_days_of_seven_and_until_four_are_as_they_were()
    {
        var edges = Edges(new BuildingDays(), at => Day(at) is >= 25 and < 40 ? 1.35 : 1);

        // The 25th day is the 9th of February; it is counted at 06:00 of the 10th. Half of the limit is where it ends.
        Assert.Equal(["2026-02-13T06:00", "2026-02-28T06:00"], edges);
    }

    [Fact]
    public void What_has_drifted_is_not_learned()
    {
        var days = Run(new BuildingDays(), "2026-03-20T12:00", at => Day(at) >= 25 ? 1.35 : 1);

        Assert.Equal(12, Value(days, "signatureKilowattHoursPerHeatingDegreeDay"), 0.1);
        Assert.Equal(35, Value(days, "energyDriftPercent"), 1.0);
        var day = days.Figure("dayEnergyKilowattHours", BuildingDays.At("2026-03-20T12:00"))!;
        Assert.True(day.Value > day.High && day.High > day.Low);
    }

    [Fact]
    public void Single_odd_days_are_no_drift() => Assert.Empty(Edges(new BuildingDays(), at => Day(at) is 20 or 24 or 25 or 31 ? 4 : 1));

    [Fact]
    public void A_drift_below_the_limit_is_none_unless_the_limit_is_lower()
    {
        Assert.Empty(Edges(new BuildingDays(), at => Day(at) >= 25 ? 1.15 : 1));
        Assert.NotEmpty(Edges(new BuildingDays(("energyDriftPercent", 10)), at => Day(at) >= 25 ? 1.15 : 1));
    }

    [Fact]
    public void A_building_that_follows_no_weather_has_no_reference()
    {
        var days = Run(new BuildingDays(), "2026-02-20T12:00", at => Day(at) % 3 == 0 ? 3 : 0.5);

        Assert.Equal("learning", days.Figure("signatureDays", BuildingDays.At("2026-02-20T12:00"))!.Basis);
        Assert.Null(days.Figure("energyDriftPercent", BuildingDays.At("2026-02-20T12:00")));
        Assert.Empty(days.Building.Conditions);
    }

    [Fact]
    public void A_colder_day_than_any_before_is_learned_and_not_judged()
    {
        var edges = new List<string>();
        var days = new BuildingDays();
        days.Run(From, "2026-03-05T00:00", at => Moment(at, 1, Day(at) >= 25 ? 15 : 0), (_, conditions) => edges.AddRange(conditions));

        Assert.Empty(edges);
        Assert.Equal(12, Value(days, "signatureKilowattHoursPerHeatingDegreeDay"), 0.5);
    }

    [Fact]
    public void Days_of_which_too_little_was_heard_are_left_out()
    {
        var days = new BuildingDays();
        for (var at = Begun; at < Begun.AddDays(30); at = at.AddMinutes(15))
        {
            // Of each third day nothing is heard from noon to midnight: neither it nor the day after it is whole.
            if (Day(at) % 3 != 0 || at.Hour < 12)
            {
                days.Report(at, Moment(at, 1));
            }
        }

        Assert.Equal(9, Value(days, "signatureDays", Begun.AddDays(30)));
    }

    [Fact]
    public void A_reference_is_made_anew_when_it_is_told_to_begin_later_or_is_made_of_something_else()
    {
        var days = Run(new BuildingDays(), "2026-02-20T12:00");
        days.Building.Register(("signatureFrom", "2026-02-01"));
        Assert.Null(days.Figure("signatureDays", BuildingDays.At("2026-02-20T12:00")));

        days.Run("2026-02-20T12:00", "2026-03-01T12:00", at => Moment(at, 1));
        Assert.Equal(9, Value(days, "signatureDays"));
        days.Building.Register(("signatureFrom", "2026-02-01"), ("comfortMinimumCelsius", 17));
        Assert.Equal(9, Value(days, "signatureDays"));
        days.Building.Register(("signatureFrom", "2026-02-01"), ("heatingBaseCelsius", 17));
        Assert.Null(days.Figure("signatureDays", BuildingDays.At("2026-03-01T12:00")));
    }

    [Fact]
    public void It_may_be_made_of_electricity_or_of_all_energy()
    {
        // One kilowatt of electricity throughout.
        Assert.Equal(24, Value(Run(new BuildingDays(("signatureEnergy", "electricity")), "2026-02-06T12:00"), "signatureBaseKilowattHours"), 0.5);
        Assert.Equal(96, Value(Run(new BuildingDays(("signatureEnergy", "total")), "2026-02-06T12:00"), "signatureBaseKilowattHours"), 1.0);
    }

    [Fact]
    public void What_it_learned_outlives_a_restart()
    {
        var days = Run(new BuildingDays(), "2026-02-20T12:00");
        var at = BuildingDays.At("2026-02-20T12:00");

        Assert.Equal(days.Building.View(at).Derived, days.Building.Restart(days.Building.Json()).View(at).Derived);
        Assert.Equal(days.Building.Json(), days.Building.Restart(days.Building.Json()).Json());
        Assert.InRange(days.Building.Json().Length, 500, 6_000);
    }

    private static int Day(DateTimeOffset at) => (at.Date - Begun.Date).Days;

    private static BuildingDays.Moment Moment(DateTimeOffset at, double factor, double colder = 0)
    {
        var middle = 7 + (4 * Math.Sin(Day(at) / 2.0)) - colder;
        var outdoor = middle - (3 * Math.Sin(at.TimeOfDay.TotalHours * Math.PI / 12));
        return new(null, outdoor, HeatWatts: 1_000 * factor * (BaseKilowatts + (KilowattsPerDegree * (18 - middle))));
    }

    private static BuildingDays Run(BuildingDays days, string to, Func<DateTimeOffset, double>? factor = null) =>
        days.Run(From, to, at => Moment(at, factor?.Invoke(at) ?? 1));

    private static double Value(BuildingDays days, string name, DateTimeOffset? at = null) => days.Figure(name, at ?? BuildingDays.At("2026-03-20T12:00"))!.Value!.Value;

    private static string[] Edges(BuildingDays days, Func<DateTimeOffset, double> factor)
    {
        var edges = new List<string>();
        var was = false;
        days.Run(From, "2026-03-10T12:00", at => Moment(at, factor(at)), (at, conditions) =>
        {
            if (conditions.Contains("energyDrift") != was)
            {
                was = !was;
                edges.Add(at.ToString("yyyy-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture));
            }
        });
        return [.. edges];
    }
}
