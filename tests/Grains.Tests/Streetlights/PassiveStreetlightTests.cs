using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Streetlights;

public sealed class PassiveStreetlightTests
{
    private const string Cabinet = "CAB-1";

    /// <summary>23:00 in Paris.</summary>
    private static readonly DateTimeOffset Evening = new(2026, 1, 15, 22, 0, 0, TimeSpan.Zero);

    private readonly TestDevice _lamp =
        TestDevice.Of(DeviceKind.Streetlight, ("passive", true), ("cabinet", Cabinet), ("segment", 2), ("ratedWatts", 70));

    private Contribution CabinetSays(DateTimeOffset at, params (string, double)[] metrics) =>
        _lamp.Take(Entries.Reading(Cabinet, at, at, metrics)).Contribution;

    [Fact]
    public void It_is_unknown_until_its_cabinet_is_heard()
    {
        Assert.Equal((LightState.None, DeviceStatus.Unknown), (_lamp.Contribution.Light, _lamp.Contribution.Status));

        var heard = CabinetSays(Evening, ("segment2On", 1));
        Assert.Equal((LightState.On, DeviceStatus.Ok, 70_000L), (heard.Light, heard.Status, heard.PowerMilliwatts));
        Assert.Equal(70, _lamp.Shown("powerWatts"));
    }

    [Fact]
    public void It_follows_its_own_segment()
    {
        CabinetSays(Evening, ("segment1On", 1), ("segment2On", 0));
        Assert.Equal((LightState.Off, 0L), (_lamp.Contribution.Light, _lamp.Contribution.PowerMilliwatts));

        CabinetSays(Evening.Minutes(15), ("segment1On", 0), ("segment2On", 1));
        Assert.Equal(LightState.On, _lamp.Contribution.Light);

        // A report that does not speak of its segment leaves it as it was.
        Assert.Equal(LightState.On, CabinetSays(Evening.Minutes(30), ("doorOpen", 1)).Light);
    }

    [Fact]
    public void Energy_is_rated_power_over_the_time_on_split_at_local_midnight()
    {
        // On from 23:00 to 01:30 local: 1 h before midnight, 1.5 h after.
        CabinetSays(Evening, ("segment2On", 1));
        var off = CabinetSays(Evening.Minutes(150), ("segment2On", 0));

        Assert.Equal((Entries.StartDay + 1, 105_000L, 70_000L), (off.Day, off.DayAmount, off.PreviousDayAmount));
        Assert.Equal(105_000, CabinetSays(Evening.Minutes(600), ("segment2On", 0)).DayAmount);
    }

    [Fact]
    public void The_night_that_gains_an_hour_costs_an_hour_more()
    {
        // 24 to 25 October 2026, on from 20:00 to 08:00 local: 13 hours.
        var dusk = new DateTimeOffset(2026, 10, 24, 18, 0, 0, TimeSpan.Zero);
        CabinetSays(dusk, ("segment2On", 1));
        var dawn = CabinetSays(dusk.AddHours(13), ("segment2On", 0));

        Assert.Equal(4 * 70_000, dawn.PreviousDayAmount);
        Assert.Equal(9 * 70_000, dawn.DayAmount);
    }

    [Fact]
    public void A_cabinet_report_that_comes_twice_counts_once()
    {
        CabinetSays(Evening, ("segment2On", 1));
        CabinetSays(Evening.Minutes(30), ("segment2On", 1));
        var once = _lamp.Contribution;

        Assert.Equal(once, CabinetSays(Evening.Minutes(30), ("segment2On", 1)));
        Assert.Equal(once, CabinetSays(Evening, ("segment2On", 1)));
    }

    [Fact]
    public void It_ignores_its_own_dimming()
    {
        CabinetSays(Evening, ("segment2On", 1));

        var own = _lamp.Report(Evening.Minutes(5), ("dimmingPercent", 0), ("lampFailure", 1));

        Assert.Equal((LightState.On, DeviceStatus.Ok, 70_000L), (own.Contribution.Light, own.Contribution.Status, own.Contribution.PowerMilliwatts));
        Assert.Equal(0, _lamp.Shown("dimmingPercent"));
    }

    [Fact]
    public void Its_own_clock_does_not_hold_back_its_cabinet()
    {
        _lamp.Take(Entries.Reading("D1", Evening.Minutes(600), Evening.Minutes(600), ("presence", 1)));

        Assert.Equal(LightState.On, CabinetSays(Evening.Minutes(15), ("segment2On", 1)).Light);
    }

    [Fact]
    public void Another_cabinet_does_not_move_it()
    {
        var before = _lamp.Contribution;

        Assert.Equal(before, _lamp.Take(Entries.Reading("CAB-2", Evening, Evening, ("segment2On", 1))).Contribution);
    }

    [Fact]
    public void It_is_silent_with_its_cabinet()
    {
        CabinetSays(Evening, ("segment2On", 1));

        Assert.Equal(DeviceStatus.Ok, _lamp.Take(Entries.Silenced("D1", Evening, Evening.Minutes(90))).Contribution.Status);
        Assert.Equal(DeviceStatus.Silent, _lamp.Take(Entries.Silenced(Cabinet, Evening, Evening.Minutes(90))).Contribution.Status);
        Assert.Equal(DeviceStatus.Ok, CabinetSays(Evening.Minutes(91), ("segment2On", 1)).Status);
    }

    [Fact]
    public void Fed_by_another_cabinet_it_waits_for_that_one_and_keeps_its_energy()
    {
        CabinetSays(Evening, ("segment2On", 1));
        CabinetSays(Evening.Minutes(30), ("segment2On", 1));
        _lamp.Register(("passive", true), ("cabinet", "CAB-2"), ("segment", 1), ("ratedWatts", 70));

        Assert.Equal((LightState.None, 35_000L), (_lamp.Contribution.Light, _lamp.Contribution.DayAmount));

        // Its new cabinet's clock is behind the former one's: order is that of one source.
        var fed = _lamp.Take(Entries.Reading("CAB-2", Evening.Minutes(20), Evening.Minutes(31), ("segment1On", 1)));
        Assert.Equal((LightState.On, 35_000L), (fed.Contribution.Light, fed.Contribution.DayAmount));
    }

    [Fact]
    public void A_controller_put_on_it_makes_it_speak_for_itself()
    {
        CabinetSays(Evening, ("segment2On", 1));
        _lamp.Register(("cabinet", Cabinet), ("ratedWatts", 70));

        Assert.Equal(LightState.Off, _lamp.Report(Evening.Minutes(5), ("dimmingPercent", 0)).Contribution.Light);
        Assert.Equal(LightState.Off, CabinetSays(Evening.Minutes(6), ("segment2On", 1)).Light);
    }

    [Fact]
    public void A_removal_of_its_cabinet_does_not_remove_it()
    {
        CabinetSays(Evening, ("segment2On", 1));

        Assert.Equal(LightState.On, _lamp.Take(Entries.Removed(Cabinet, DeviceKind.Cabinet, 99, moved: false)).Contribution.Light);
    }
}
