using Grid.Contracts.Zones;

namespace Grid.Tests.Grains.Zones;

public sealed class NetworkNightTests
{
    private const int FirstDay = ZoneMeter.FirstDay;

    private static ZoneMeter Inlet => new(ZoneRole.Inlet);

    [Fact]
    public void Between_two_and_four_the_hour_in_which_least_flowed_counts()
    {
        // Each quarter of an hour: 400 l/h until three, 300 l/h after.
        var inlet = Inlet;
        var litres = 1_000L;
        for (var quarter = 0; quarter <= 24; quarter++)
        {
            inlet.Read(quarter / 4.0, litres);
            litres += quarter / 4.0 < 2 ? 500 : quarter / 4.0 < 3 ? 100 : 75;
        }

        Assert.Equal((FirstDay, 300_000), (inlet.Night!.MinimumDay, inlet.Night.Minimum));
    }

    [Fact]
    public void An_hourly_meter_says_it_with_two_readings()
    {
        var inlet = Inlet.Read(1.4, 1_000).Read(2.4, 1_500).Read(3.4, 1_700).Read(4.4, 1_701);

        Assert.Equal((FirstDay, 200_000), (inlet.Night!.MinimumDay, inlet.Night.Minimum));
    }

    [Fact]
    public void Less_than_most_of_an_hour_says_nothing() => Assert.Equal(0, Inlet.Read(2.2, 1_000).Read(3.0, 1_001).Read(5, 1_002).Night!.MinimumDay);

    [Fact]
    public void By_day_nothing_is_looked_at() => Assert.Null(Inlet.Read(5, 1_000).Read(12, 1_001).Read(23.9, 1_002).Night);

    [Fact]
    public void The_night_before_is_kept_and_one_that_was_missed_is_not_invented()
    {
        var inlet = Inlet.Read(2.5, 0).Read(3.5, 100).Read(26.5, 5_000).Read(27.5, 5_250);
        Assert.Equal((FirstDay + 1, 250_000, 100_000L), (inlet.Night!.MinimumDay, inlet.Night.Minimum, inlet.Night.PreviousMinimum));
        var readings = inlet.Contribution().Zone!;
        Assert.Equal((250_000L, 100_000L, null), (readings.NightOf(FirstDay + 1), readings.NightOf(FirstDay), readings.NightOf(FirstDay - 1)));

        inlet.Read(74.5, 9_000).Read(75.5, 9_050);
        Assert.Equal((FirstDay + 3, 50_000, null), (inlet.Night!.MinimumDay, inlet.Night.Minimum, inlet.Night.PreviousMinimum));
    }

    [Fact]
    public void What_stands_still_is_zero_and_known()
    {
        var readings = Inlet.Read(2.1, 70).Read(3.1, 70).Contribution().Zone!;

        Assert.Equal(0, readings.NightOf(FirstDay));
        Assert.Null(readings.NightOf(FirstDay - 1));
    }

    [Fact]
    public void A_meter_that_is_replaced_by_night_begins_anew()
    {
        var inlet = Inlet.Read(2.0, 900_000).Read(2.5, 900_100).Read(2.6, 0).Read(3.6, 250);

        Assert.Equal((FirstDay, 250_000), (inlet.Night!.MinimumDay, inlet.Night.Minimum));
    }

    [Fact]
    public void Readings_of_two_nights_make_no_stretch_together() => Assert.Equal(0, Inlet.Read(3.5, 0).Read(27.2, 900).Night!.MinimumDay);
}
