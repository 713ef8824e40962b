using Grid.Contracts.Devices;

namespace Grid.Tests.Grains.Buildings;

/// <summary>Heated while nobody is to be there. The 16th of January 2026 is a Friday.</summary>
public sealed class HeatingTests
{
    private const string School = "Mo-Fr 08:00-18:00";
    private const string Friday = "2026-01-16T12:00";
    private const string Monday = "2026-01-19T12:00";
    private const string Condition = "heatingUnoccupied";

    [Fact]
    public void A_school_that_is_kept_warm_on_Sunday_is_told_until_its_preheating_begins()
    {
        // Set back on Friday evening; on Sunday from 06:00 on it is as warm as on a school day.
        var edges = new BuildingDays(("occupancy", School)).Edges(Condition, Friday, Monday, at =>
            new(IsSunday(at) && at.Hour is >= 6 and < 20 ? 19.2 : IsOpen(at) ? 19.5 : Cooling(at)));

        // Seven hours after it was warm, with one report more for the middle of three; and it ends a degree below its warmest.
        Assert.Equal(2, edges.Length);
        Assert.Equal("Sun 13:15", edges[0]);
        Assert.StartsWith("Sun 20:", edges[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_school_that_is_never_set_back_is_told_from_Friday_night_to_the_preheating_of_Monday() =>
        Assert.Equal(["Sat 01:00", "Mon 05:00"], new BuildingDays(("occupancy", School)).Edges(Condition, Friday, Monday, _ => new(19.5)));

    [Fact]
    public void What_it_may_be_is_shown_beside_what_it_is()
    {
        var days = new BuildingDays(("occupancy", School)).Run(Friday, "2026-01-17T12:00", _ => new(19.5));
        var figure = days.Figure("temperatureCelsius", BuildingDays.At("2026-01-17T12:00"))!;

        Assert.Equal((19.5, 17.0, "setback"), (figure.Value, figure.High, figure.Basis));
        Assert.Equal(BuildingDays.At("2026-01-16T18:00"), figure.At);
    }

    [Theory]
    [InlineData("2026-01-16T17:59", null)]
    [InlineData("2026-01-16T18:00", "2026-01-16T18:00")]
    [InlineData("2026-01-18T23:00", "2026-01-16T18:00")]
    [InlineData("2026-01-19T08:00", null)]
    [InlineData("2026-01-19T12:00", "2026-01-19T12:00")]
    [InlineData("2026-01-19T13:30", null)]
    public void Since_when_it_is_closed_is_shown_while_it_is(string at, string? since)
    {
        var days = new BuildingDays(("occupancy", "Mo-Fr 08:00-12:00,13:30-18:00"));
        days.Report(BuildingDays.At("2026-01-16T12:00"), new(19.5));

        Assert.Equal(since is null ? null : BuildingDays.At(since), days.Figure("closedSince", BuildingDays.At(at))?.At);
    }

    [Fact]
    public void Its_power_while_closed_is_shown_beside_what_it_may_draw()
    {
        var days = new BuildingDays(("occupancy", School), ("baseLoadWatts", 800)).Run("2026-01-15T00:00", "2026-01-17T12:00", _ => new(16));
        var power = days.Figure("powerWatts", BuildingDays.At("2026-01-17T12:00"))!;

        Assert.Equal((1_000.0, 1_040.0, "given", BuildingDays.At("2026-01-17T11:45")), (power.Value, power.High, power.Basis, power.At));
        Assert.Null(days.Figure("powerWatts", BuildingDays.At("2026-01-16T12:00")));
    }

    [Theory]
    [InlineData("set back, it cools to what it is set back to", 5)]
    [InlineData("slow to cool, half a degree in four hours", 5)]
    [InlineData("kept at its setback", 5)]
    [InlineData("warm outside", 14)]
    [InlineData("not so cold outside that it is more than sun and people", 15)]
    public void A_building_that_does_as_it_should_is_not_told(string story, double outdoor) =>
        Assert.Empty(new BuildingDays(("occupancy", School)).Edges(Condition, Friday, Monday, at => new(
            IsOpen(at) ? 19.5 : story switch
            {
                "slow to cool, half a degree in four hours" => Math.Max(16.9, 19.5 - (0.125 * HoursClosed(at))),
                "kept at its setback" => 16.9,
                "warm outside" => 18.9,
                "not so cold outside that it is more than sun and people" => 19.9,
                _ => Cooling(at),
            },
            outdoor)));

    [Fact]
    public void Holidays_are_closed_days()
    {
        // Armistice Day of 2026 is a Wednesday.
        var edges = new BuildingDays(("occupancy", School)).Edges(Condition, "2026-11-10T12:00", "2026-11-12T12:00", _ => new(19.5));
        Assert.Equal(["Wed 01:00", "Thu 05:00"], edges);
        Assert.Empty(new BuildingDays(("occupancy", $"{School}; PH 00:00-24:00")).Edges(Condition, "2026-11-11T00:00", "2026-11-11T23:00", _ => new(19.5)));
    }

    [Fact]
    public void A_single_bad_sample_neither_begins_nor_ends_it()
    {
        var edges = new BuildingDays(("occupancy", School)).Edges(Condition, Friday, Monday, at => new(at.Minute == 15 && at.Hour % 4 == 3 ? 5 : 19.5));

        Assert.Equal(["Sat 01:00", "Mon 05:00"], edges);
    }

    [Fact]
    public void People_who_are_there_are_warm_by_right() =>
        Assert.Empty(new BuildingDays(("occupancy", School)).Edges(Condition, Friday, Monday, _ => new(19.5, Occupied: true)));

    [Fact]
    public void What_keeps_warm_without_heat_is_not_heated() =>
        Assert.Empty(new BuildingDays(("occupancy", School)).Edges(Condition, Friday, Monday, at => new(19.5, HeatWatts: IsOpen(at) ? 10_000 : 0)));

    [Fact]
    public void Without_a_calendar_and_without_a_word_on_people_nobody_knows() =>
        Assert.Empty(new BuildingDays().Edges(Condition, Friday, Monday, _ => new(19.5)));

    [Fact]
    public void Without_a_calendar_the_word_on_people_counts() =>
        Assert.Equal(["Sat 01:00", "Mon 08:00"], new BuildingDays().Edges(Condition, Friday, Monday, at => new(19.5, Occupied: IsOpen(at))));

    [Fact]
    public void A_building_without_a_thermometer_is_judged_by_its_heat()
    {
        // 20 kW on any day: as much on Sunday as on an open day in the same weather.
        var days = new BuildingDays(("occupancy", School)).Run("2026-01-12T00:00", Friday, _ => new(null, HeatWatts: 20_000));
        Assert.Equal(20_000 / 13.0, days.Figure("openHeatWattsPerKelvin", BuildingDays.At(Friday))!.Value!.Value, 1);
        Assert.Equal(["Sat 01:00", "Mon 05:00"], days.Edges(Condition, Friday, Monday, _ => new(null, HeatWatts: 20_000)));

        var careful = new BuildingDays(("occupancy", School)).Run("2026-01-12T00:00", Friday, _ => new(null, HeatWatts: 20_000));
        Assert.Empty(careful.Edges(Condition, Friday, Monday, at => new(null, HeatWatts: IsOpen(at) ? 20_000 : 12_000)));
    }

    [Fact]
    public void Its_parameters_move_it()
    {
        var early = new BuildingDays(("occupancy", School), ("preheatMinutes", 0), ("heatingUnoccupiedDelayMinutes", 120));
        Assert.Equal(["Fri 20:00", "Mon 08:00"], early.Edges(Condition, Friday, Monday, _ => new(19.5)));
        Assert.Empty(new BuildingDays(("occupancy", School), ("setbackCelsius", 19)).Edges(Condition, Friday, Monday, _ => new(19.5)));
    }

    private static bool IsSunday(DateTimeOffset at) => at.DayOfWeek == DayOfWeek.Sunday;

    private static bool IsOpen(DateTimeOffset at) => at is { DayOfWeek: not (DayOfWeek.Saturday or DayOfWeek.Sunday), Hour: >= 8 and < 18 };

    private static double HoursClosed(DateTimeOffset at) => Math.Max(0, (at - BuildingDays.At("2026-01-16T18:00")).TotalHours);

    private static double Cooling(DateTimeOffset at) => 16 + (3.5 * Math.Exp(-HoursClosed(at) / 9));
}
