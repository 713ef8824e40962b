using Grid.Contracts.Devices;

namespace Grid.Tests.Grains.Buildings;

/// <summary>What a building draws in its nights.</summary>
public sealed class BaseLoadTests
{
    private const string Condition = "baseLoadHigh";
    private static readonly DateTimeOffset Begun = BuildingDays.At("2026-01-15T00:00");

    [Fact]
    public void Three_nights_running_a_third_above_the_median_of_the_first_ten_are_told_after_the_third()
    {
        // Learned from the nights that end on the 15th to the 24th; something is left on from the 26th at noon on, and off again at noon on the 31st.
        var edges = Edges(new BuildingDays(), at => at >= BuildingDays.At("2026-01-26T12:00") && at < BuildingDays.At("2026-01-31T12:00") ? 1_400 : 1_000);

        Assert.Equal(["2026-01-29T05:15", "2026-02-01T05:15"], edges);
    }

    [Fact]
    public void The_reference_is_a_median_that_some_odd_nights_do_not_move()
    {
        var days = new BuildingDays();
        Edges(days, at => (int)(at - Begun).TotalDays is 2 or 5 or 6 ? 9_000 : 1_000);

        var figure = days.Figure("nightPowerWatts", BuildingDays.At("2026-02-05T12:00"))!;
        Assert.Equal((1_000.0, 1_300.0, "learned"), (figure.Value, figure.High, figure.Basis));
        Assert.Equal(BuildingDays.At("2026-02-05T05:00"), figure.At);
    }

    [Fact]
    public void Two_high_nights_are_not_enough_and_a_night_below_the_limit_begins_anew() =>
        Assert.Empty(Edges(new BuildingDays(), at => (at - Begun).Days is 12 or 13 or 15 or 16 ? 2_000 : 1_000));

    [Fact]
    public void What_is_given_is_what_counts_and_from_the_first_night_on()
    {
        Assert.Equal(["2026-01-17T05:15"], Edges(new BuildingDays(("baseLoadWatts", 700)), _ => 1_000));
        Assert.Equal(["2026-01-15T05:15"], Edges(new BuildingDays(("baseLoadWatts", 700), ("baseLoadNights", 1)), _ => 1_000));
        Assert.Empty(Edges(new BuildingDays(("baseLoadWatts", 700), ("baseLoadTolerancePercent", 50)), _ => 1_000));
    }

    [Fact]
    public void Nights_on_which_it_is_open_or_people_are_there_do_not_count()
    {
        Assert.Empty(Edges(new BuildingDays(("baseLoadWatts", 700), ("occupancy", "20:00-02:00")), _ => 1_000));
        Assert.Equal(["2026-01-17T05:15"], Edges(new BuildingDays(("baseLoadWatts", 700), ("occupancy", "08:00-20:00")), _ => 1_000));

        var days = new BuildingDays(("baseLoadWatts", 700));
        days.Run("2026-01-15T00:00", "2026-01-25T00:00", at => new(null, Watts: 1_000, HeatWatts: null, Occupied: at.Hour is >= 2 and < 3));
        Assert.Empty(days.Building.Conditions);
    }

    [Fact]
    public void Half_a_night_says_nothing()
    {
        var days = new BuildingDays(("baseLoadWatts", 700));
        days.Run("2026-01-15T00:00", "2026-01-25T00:00", at => new(18, Watts: 1_000), null);
        Assert.Single(days.Building.Conditions);

        var silent = new BuildingDays(("baseLoadWatts", 700));
        for (var at = Begun; at < Begun.AddDays(10); at = at.AddMinutes(15))
        {
            if (at.Hour is not (2 or 3 or 4))
            {
                silent.Report(at, new(18, Watts: 1_000));
            }
        }

        Assert.Empty(silent.Building.Conditions);
    }

    private static string[] Edges(BuildingDays days, Func<DateTimeOffset, double> watts)
    {
        var edges = new List<string>();
        var was = false;
        days.Run("2026-01-15T00:00", "2026-02-05T12:00", at => new(18, Watts: watts(at)), (at, conditions) =>
        {
            if (conditions.Contains(Condition) != was)
            {
                was = !was;
                edges.Add(at.ToOffset(TimeSpan.FromHours(1)).ToString("yyyy-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture));
            }
        });
        return [.. edges];
    }
}
