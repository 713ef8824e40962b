using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Grains.Streetlights;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Streetlights;

/// <summary>A controlled lamp behind a segment of a cabinet.</summary>
public sealed class FedStreetlightTests
{
    private const string Cabinet = "CAB-1";

    /// <summary>22:00 in Brest.</summary>
    private static readonly DateTimeOffset Evening = Entries.Start.AddHours(10);

    private readonly TestDevice _lamp = Lamp();

    private static TestDevice Lamp(params (string, object)[] attributes) =>
        TestDevice.Of(DeviceKind.Streetlight, [("ratedWatts", 60), ("cabinet", Cabinet), ("segment", 2), ("switchedSupply", true), .. attributes]);

    private DeviceOutcome CabinetSays(DateTimeOffset at, params (string, double)[] metrics) => _lamp.Take(Entries.Reading(Cabinet, at, at, metrics));

    private DeviceOutcome Burns(DateTimeOffset at) => _lamp.Report(at, ("dimmingPercent", 100), ("powerWatts", 60));

    private string[] Names() => [.. _lamp.Conditions.Select(condition => condition.Condition)];

    public static TheoryData<string, double, DeviceStatus, string[]> WhatACabinetSays => new()
    {
        { "segment2On", 0, DeviceStatus.Ok, [] },
        { "supplyVolts", 179.9, DeviceStatus.Fault, ["supplyLoss"] },
        { "breakerTripped", 1, DeviceStatus.Fault, ["supplyLoss"] },
    };

    [Theory]
    [MemberData(nameof(WhatACabinetSays))]
    public void It_is_dark_and_not_silent_while_its_cabinet_does_not_feed_it(string metric, double value, DeviceStatus status, string[] conditions)
    {
        Burns(Evening);

        var dark = CabinetSays(Evening.Minutes(10), (metric, value));
        Assert.Equal((LightState.Off, 0L, status), (dark.Contribution.Light, dark.Contribution.PowerMilliwatts, dark.Contribution.Status));
        Assert.Null(dark.ExpectedSince);

        Assert.Equal(status, _lamp.Take(Entries.Silenced("D1", Evening, Evening.Minutes(240))).Contribution.Status);
        Assert.Equal(conditions, Names());
    }

    public static TheoryData<string, double> WhatDoesNotConcernIt => new()
    {
        { "segment2On", 1 }, { "segment1On", 0 }, { "supplyVolts", 180 }, { "breakerTripped", 0 }, { "doorOpen", 1 },
    };

    [Theory]
    [MemberData(nameof(WhatDoesNotConcernIt))]
    public void Whatever_else_its_cabinet_says_leaves_it_as_it_was(string metric, double value)
    {
        var before = Burns(Evening);

        var after = CabinetSays(Evening.Minutes(10), (metric, value));
        Assert.Equal((before.Contribution, before.ExpectedSince, false), (after.Contribution, after.ExpectedSince, after.Visible));
        Assert.Equal(DeviceStatus.Silent, _lamp.Take(Entries.Silenced("D1", Evening, Evening.Minutes(240))).Contribution.Status);
    }

    [Fact]
    public void Fed_again_it_has_its_time_to_speak_and_is_silent_after()
    {
        Burns(Evening);
        CabinetSays(Evening.Minutes(10), ("segment2On", 0));

        // Found by a sweep that did not know yet: it changes nothing.
        var fed = CabinetSays(Evening.Minutes(400), ("segment2On", 1));
        Assert.Equal(Evening.Minutes(400), fed.ExpectedSince);
        Assert.Equal(DeviceStatus.Ok, _lamp.Take(Entries.Silenced("D1", Evening, Evening.Minutes(401))).Contribution.Status);

        Assert.Equal(DeviceStatus.Silent, _lamp.Take(Entries.Silenced("D1", Evening.Minutes(400), Evening.Minutes(590))).Contribution.Status);
        Assert.Equal(["communicationLoss"], Names());

        Assert.Equal((DeviceStatus.Ok, Evening.Minutes(600)), (Burns(Evening.Minutes(600)).Contribution.Status, _lamp.Last.ExpectedSince));
        Assert.Empty(Names());
    }

    [Fact]
    public void One_that_was_silent_is_so_by_design_once_its_cabinet_has_said_why()
    {
        Burns(Evening);
        _lamp.Take(Entries.Silenced("D1", Evening, Evening.Minutes(240)));
        Assert.Equal(["communicationLoss"], Names());

        Assert.Equal(DeviceStatus.Fault, CabinetSays(Evening.Minutes(241), ("supplyVolts", 0)).Contribution.Status);
        Assert.Equal(["supplyLoss"], Names());
        Assert.True(_lamp.Last.Visible);
    }

    [Fact]
    public void A_last_report_without_power_is_no_failure_of_the_lamp()
    {
        var lamp = Lamp(("lampFailureDelayMinutes", 0));
        lamp.Report(Evening, ("dimmingPercent", 100), ("powerWatts", 60));
        lamp.Take(Entries.Reading(Cabinet, Evening.Minutes(1), Evening.Minutes(1), ("segment2On", 0)));
        for (var minute = 2; minute < 6; minute++)
        {
            lamp.Report(Evening.Minutes(minute), ("dimmingPercent", 100), ("powerWatts", 0), ("lampFailure", 1));
        }

        Assert.Equal((DeviceStatus.Ok, LightState.Off), (lamp.Contribution.Status, lamp.Contribution.Light));
    }

    [Fact]
    public void A_failure_that_was_found_before_outlasts_the_dark()
    {
        _lamp.Report(Evening, ("dimmingPercent", 100), ("powerWatts", 0));
        _lamp.Report(Evening.Minutes(10), ("dimmingPercent", 100), ("powerWatts", 0));
        Assert.Equal(["lampFailure"], Names());

        CabinetSays(Evening.Minutes(20), ("segment2On", 0));
        Assert.Equal(["lampFailure"], Names());
    }

    [Fact]
    public void Energy_is_counted_until_it_goes_dark_and_from_when_it_is_fed_again()
    {
        // 60 W from 22:00 to 22:30, dark until 01:30, and 20 minutes more: 30 Wh before midnight, 20 Wh after.
        Burns(Evening);
        CabinetSays(Evening.Minutes(30), ("segment2On", 0));
        CabinetSays(Evening.Minutes(210), ("segment2On", 1));
        var last = Burns(Evening.Minutes(230)).Contribution;

        Assert.Equal((Entries.StartDay + 1, 20_000L, 30_000L), (last.Day, last.DayAmount, last.PreviousDayAmount));
    }

    [Fact]
    public void Hours_in_which_its_segment_is_off_are_saved_and_those_without_supply_are_not()
    {
        Assert.Equal((0L, 60_000L), (SavedWith("supplyVolts", 0, 230), SavedWith("segment2On", 0, 1)));

        static long SavedWith(string metric, double dark, double fed)
        {
            // 60 W from 22:00 to 22:30, an hour without, and fed again: what a full night would have used in that hour.
            var lamp = Lamp();
            lamp.Report(Evening, ("dimmingPercent", 100), ("powerWatts", 60));
            lamp.Take(Entries.Reading(Cabinet, Evening.Minutes(30), Evening.Minutes(30), (metric, dark)));
            lamp.Take(Entries.Reading(Cabinet, Evening.Minutes(90), Evening.Minutes(90), (metric, fed)));
            return lamp.Report(Evening.Minutes(100), ("dimmingPercent", 100), ("powerWatts", 60)).Contribution.DaySaved;
        }
    }

    [Fact]
    public void A_lamp_that_measures_its_supply_is_fed_whatever_its_cabinet_says()
    {
        Burns(Evening);
        CabinetSays(Evening.Minutes(10), ("segment2On", 0));
        Assert.Equal(LightState.Off, Burns(Evening.Minutes(15)).Contribution.Light);

        Assert.Equal(LightState.On, Burns(Evening.Minutes(16)).Contribution.Light);
        Assert.Equal(LightState.On, CabinetSays(Evening.Minutes(25), ("segment2On", 0)).Contribution.Light);
        Assert.Equal(DeviceStatus.Silent, _lamp.Take(Entries.Silenced("D1", Evening.Minutes(16), Evening.Minutes(240))).Contribution.Status);
    }

    [Fact]
    public void A_silent_cabinet_vouches_no_more_for_a_segment_and_still_for_a_lost_supply()
    {
        Burns(Evening);
        CabinetSays(Evening.Minutes(10), ("segment2On", 0));
        Assert.Equal(Evening.Minutes(90), _lamp.Take(Entries.Silenced(Cabinet, Evening.Minutes(10), Evening.Minutes(90))).ExpectedSince);

        CabinetSays(Evening.Minutes(100), ("segment2On", 1), ("breakerTripped", 1));
        Assert.Null(_lamp.Take(Entries.Silenced(Cabinet, Evening.Minutes(100), Evening.Minutes(190))).ExpectedSince);
    }

    [Fact]
    public void Without_a_segment_of_its_own_or_behind_another_cabinet_it_speaks_for_itself()
    {
        var lamp = TestDevice.Of(DeviceKind.Streetlight, ("ratedWatts", 60), ("cabinet", Cabinet));
        lamp.Report(Evening, ("dimmingPercent", 100), ("powerWatts", 60));
        Assert.Equal(LightState.On, lamp.Take(Entries.Reading(Cabinet, Evening, Evening, ("segment1On", 0), ("supplyVolts", 0))).Contribution.Light);

        Burns(Evening);
        CabinetSays(Evening.Minutes(10), ("segment2On", 0));
        _lamp.Register(("ratedWatts", 60), ("cabinet", "CAB-2"), ("segment", 2), ("switchedSupply", true));
        Assert.Equal(LightState.On, _lamp.Contribution.Light);
    }

    [Fact]
    public void What_its_cabinet_says_has_no_part_in_the_order_of_its_own_reports()
    {
        Burns(Evening);
        CabinetSays(Evening.Minutes(300), ("segment2On", 1));

        // Older than its cabinet's report, and the newest of its own.
        Assert.Equal(30, _lamp.Take(Entries.Reading("D1", Evening.Minutes(15), Evening.Minutes(301), ("dimmingPercent", 30))).Contribution.PowerMilliwatts / 600);
        Assert.Null(_lamp.Shown("segment2On"));
    }

    [Fact]
    public void A_stored_state_goes_on_as_if_it_had_never_stopped()
    {
        var lamp = Lamp(("presenceBoostPercent", 80));
        var restarted = Lamp(("presenceBoostPercent", 80));
        LogEntry[] entries =
        [
            Entries.Reading("D1", Evening, Evening, ("dimmingPercent", 20), ("powerWatts", 12), ("presence", 1)),
            Entries.Reading("D1", Evening.Minutes(3), Evening.Minutes(3), ("dimmingPercent", 20), ("powerWatts", 12)),
            Entries.Reading(Cabinet, Evening.Minutes(10), Evening.Minutes(10), ("segment2On", 0)),
            Entries.Reading("D1", Evening.Minutes(11), Evening.Minutes(11), ("dimmingPercent", 20), ("powerWatts", 0)),
            Entries.Reading(Cabinet, Evening.Minutes(25), Evening.Minutes(25), ("supplyVolts", 0)),
            Entries.Silenced(Cabinet, Evening.Minutes(25), Evening.Minutes(100)),
            Entries.Reading(Cabinet, Evening.Minutes(120), Evening.Minutes(120), ("supplyVolts", 230)),
            Entries.Silenced("D1", Evening.Minutes(120), Evening.Minutes(400)),
            Entries.Reading("D1", Evening.Minutes(410), Evening.Minutes(410), ("dimmingPercent", 20), ("powerWatts", 12)),
        ];
        foreach (var entry in entries)
        {
            Assert.Equal(lamp.Take(entry), restarted.Take(entry) with { Effects = lamp.Last.Effects });
            restarted = restarted.Restart(restarted.Json());
            Assert.Equal(lamp.Json(), restarted.Json());
        }
    }

    [Fact]
    public void It_is_fed_exactly_when_the_last_words_on_segment_supply_and_breaker_all_say_so() => Prop.ForAll(
        Gen.Elements(("segment2On", 0.0), ("segment2On", 1.0), ("supplyVolts", 0.0), ("supplyVolts", 230.0), ("breakerTripped", 0.0), ("breakerTripped", 1.0)).ArrayOf().ToArbitrary(),
        words =>
        {
            var settings = StreetlightRules.Parse(Entries.Descriptor("D1", DeviceKind.Streetlight, ("cabinet", Cabinet), ("segment", 2), ("switchedSupply", true)));
            LampFeed? feed = null;
            var (segment, supply, breaker) = (1.0, 230.0, 0.0);
            for (var index = 0; index < words.Length; index++)
            {
                var (name, value) = words[index];
                feed = LampFeed.After(feed, settings, Entries.Reading(Cabinet, Evening.Minutes(index), Evening.Minutes(index), words[index]));
                (segment, supply, breaker) = name switch
                {
                    "segment2On" => (value, supply, breaker),
                    "supplyVolts" => (segment, value, breaker),
                    _ => (segment, supply, value),
                };
                if ((feed?.IsUnfed ?? false) != (segment == 0 || supply < 180 || breaker != 0))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
