using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Streetlights;

public sealed class ControlledStreetlightTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static TestDevice Lamp(params (string, object)[] attributes) =>
        TestDevice.Of(DeviceKind.Streetlight, attributes.Length == 0 ? [("ratedWatts", 60)] : attributes);

    [Theory]
    [InlineData(100, LightState.On)]
    [InlineData(1, LightState.On)]
    [InlineData(0, LightState.Off)]
    public void Lit_is_what_is_dimmed_to_more_than_nothing(double dimming, LightState light) =>
        Assert.Equal(light, Lamp().Report(Noon, ("dimmingPercent", dimming)).Contribution.Light);

    [Fact]
    public void Without_dimming_power_says_whether_it_is_lit()
    {
        Assert.Equal(LightState.On, Lamp().Report(Noon, ("powerWatts", 58)).Contribution.Light);
        Assert.Equal(LightState.Off, Lamp().Report(Noon, ("powerWatts", 0.4)).Contribution.Light);
        Assert.Equal(LightState.None, Lamp().Report(Noon, ("burningHours", 4_000)).Contribution.Light);
    }

    [Fact]
    public void A_lamp_that_says_so_has_failed()
    {
        var lamp = Lamp();
        var failed = lamp.Report(Noon, ("dimmingPercent", 100), ("lampFailure", 1)).Contribution;

        Assert.Equal((LightState.Failed, DeviceStatus.Fault), (failed.Light, failed.Status));
        Assert.Equal("lampFailure", Assert.Single(lamp.Conditions).Condition);
        Assert.Equal(LightState.On, lamp.Report(Noon.Minutes(15), ("dimmingPercent", 100), ("lampFailure", 0)).Contribution.Light);
    }

    [Fact]
    public void Lamp_commanded_on_without_power_in_two_reports_running_is_failed()
    {
        var lamp = Lamp();

        Assert.Equal(LightState.On, lamp.Report(Noon, ("dimmingPercent", 100), ("powerWatts", 0.3)).Contribution.Light);
        Assert.Equal(LightState.Failed, lamp.Report(Noon.Minutes(15), ("dimmingPercent", 100), ("powerWatts", 0.3)).Contribution.Light);
    }

    [Fact]
    public void One_report_without_power_between_good_ones_is_no_failure()
    {
        var lamp = Lamp();
        for (var quarter = 0; quarter < 6; quarter++)
        {
            var power = quarter % 2 == 0 ? 0.3 : 60;
            Assert.Equal(LightState.On, lamp.Report(Noon.Minutes(15 * quarter), ("dimmingPercent", 100), ("powerWatts", power)).Contribution.Light);
        }
    }

    [Fact]
    public void The_same_report_twice_is_one_report_without_power()
    {
        var lamp = Lamp();
        lamp.Report(Noon, ("dimmingPercent", 100), ("powerWatts", 0.3));

        Assert.Equal(LightState.On, lamp.Report(Noon, ("dimmingPercent", 100), ("powerWatts", 0.3)).Contribution.Light);
    }

    [Fact]
    public void A_failed_lamp_stays_failed_by_day_and_until_it_draws_power_again()
    {
        var lamp = Lamp();
        lamp.Report(Noon, ("dimmingPercent", 100), ("powerWatts", 0));
        lamp.Report(Noon.Minutes(15), ("dimmingPercent", 100), ("powerWatts", 0));

        Assert.Equal(LightState.Failed, lamp.Report(Noon.Minutes(30), ("dimmingPercent", 0), ("powerWatts", 0)).Contribution.Light);
        Assert.Equal(LightState.On, lamp.Report(Noon.Minutes(45), ("dimmingPercent", 100), ("powerWatts", 61)).Contribution.Light);
    }

    [Fact]
    public void A_lamp_that_is_dimmed_low_draws_little_and_has_not_failed()
    {
        // 3 % of 60 W is 1.8 W; a twentieth of that is below stand-by, so the limit is 0.5 W.
        var lamp = Lamp();
        lamp.Report(Noon, ("dimmingPercent", 3), ("powerWatts", 1.8));

        Assert.Equal(LightState.On, lamp.Report(Noon.Minutes(15), ("dimmingPercent", 3), ("powerWatts", 1.8)).Contribution.Light);
    }

    [Fact]
    public void Without_supply_it_is_dark_and_has_not_failed()
    {
        var lamp = Lamp();
        lamp.Report(Noon, ("dimmingPercent", 100), ("powerWatts", 0), ("supplyVolts", 20));
        var dark = lamp.Report(Noon.Minutes(15), ("dimmingPercent", 100), ("powerWatts", 0), ("supplyVolts", 20)).Contribution;

        Assert.Equal((LightState.Off, DeviceStatus.Fault), (dark.Light, dark.Status));
        Assert.Equal("supplyLoss", Assert.Single(lamp.Conditions).Condition);
    }

    [Fact]
    public void Power_is_as_reported_or_follows_from_rated_power_and_dimming()
    {
        var lamp = Lamp();

        Assert.Equal(57_500, lamp.Report(Noon, ("dimmingPercent", 100), ("powerWatts", 57.5)).Contribution.PowerMilliwatts);
        Assert.Equal(18_000, lamp.Report(Noon.Minutes(15), ("dimmingPercent", 30)).Contribution.PowerMilliwatts);
        Assert.Equal(0, lamp.Report(Noon.Minutes(30), ("dimmingPercent", 0)).Contribution.PowerMilliwatts);
    }

    [Fact]
    public void Energy_comes_from_the_index()
    {
        var lamp = Lamp();
        lamp.Report(Noon.AddDays(-1), ("energyWattHours", 10_000));
        var today = lamp.Report(Noon, ("energyWattHours", 10_480.5), ("powerWatts", 60)).Contribution;

        Assert.Equal((Entries.StartDay, 480_500L, 0L), (today.Day, today.DayAmount, today.PreviousDayAmount));
        Assert.Equal(480_500, lamp.Report(Noon.Minutes(60), ("powerWatts", 60)).Contribution.DayAmount);
    }

    [Fact]
    public void Without_an_index_energy_is_the_power_held_for_an_hour_at_most()
    {
        var lamp = Lamp();
        lamp.Report(Noon, ("powerWatts", 60));

        Assert.Equal(15_000, lamp.Report(Noon.Minutes(15), ("powerWatts", 30)).Contribution.DayAmount);
        Assert.Equal(15_000 + 30_000, lamp.Report(Noon.Minutes(15 + 300), ("powerWatts", 60)).Contribution.DayAmount);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(29.9, false)]
    [InlineData(0, false)]
    public void No_command_dims_it_below_its_safety_minimum(double percent, bool isTaken)
    {
        var answer = Lamp(("ratedWatts", 60), ("safetyMinimumPercent", 30)).Desire(Entries.Dim("c1", percent, Noon));

        Assert.Equal(isTaken, answer.Reason is null);
        if (!isTaken)
        {
            Assert.Contains("30 %", answer.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_late_report_amends_yesterday_and_nothing_else()
    {
        var lamp = Lamp();
        lamp.Report(Noon.AddDays(-2), ("energyWattHours", 10_000));
        lamp.Report(Noon, ("energyWattHours", 11_000), ("dimmingPercent", 0));

        var late = lamp.Take(Entries.Reading("D1", Noon.AddDays(-1), Noon.Minutes(5), ("energyWattHours", 10_600), ("dimmingPercent", 100), ("lampFailure", 1)));

        Assert.Equal((400_000L, 600_000L), (late.Contribution.DayAmount, late.Contribution.PreviousDayAmount));
        Assert.Equal((LightState.Off, DeviceStatus.Ok), (late.Contribution.Light, late.Contribution.Status));
        Assert.Equal(11_000, lamp.Shown("energyWattHours"));
    }
}
