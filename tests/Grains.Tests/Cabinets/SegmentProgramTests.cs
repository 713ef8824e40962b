using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Cabinets;

/// <summary>A cabinet against the program that it runs by itself, by night as by day.</summary>
public sealed class SegmentProgramTests
{
    private const long Program = 7;

    /// <summary>21:00 in Paris: the sun has been down for three hours and a half.</summary>
    private static readonly DateTimeOffset Evening = Entries.Start.AddHours(9);

    /// <summary>Dark from the evening on, fed from 1 h after it, dark from 3 h after it, fed from 8 h after it, dark from 10 h after it; 72 h in all.</summary>
    private static readonly PlannedLevel[] Night = [Level(0, 0), Level(60, 100), Level(180, 0), Level(480, 30), Level(600, 0)];

    [Theory]
    [InlineData(0, 1, "segmentUnexpectedOn", DeviceStatus.Warning)]
    [InlineData(60, 0, "segmentUnexpectedOff", DeviceStatus.Fault)]
    [InlineData(180, 1, "segmentUnexpectedOn", DeviceStatus.Warning)]
    [InlineData(480, 0, "segmentUnexpectedOff", DeviceStatus.Fault)]
    public void A_segment_that_does_not_follow_is_a_condition_after_its_delay_until_it_follows(int from, int on, string condition, DeviceStatus severity)
    {
        var cabinet = Cabinet();
        Say(cabinet, from, on);
        Say(cabinet, from + 14, on);
        Assert.Empty(cabinet.Conditions);

        Say(cabinet, from + 15, on);
        Assert.Equal([new ActiveCondition(condition, severity, Evening.Minutes(from + 15))], cabinet.Conditions);
        Assert.Equal(severity, cabinet.Contribution.Status);

        Say(cabinet, from + 16, 1 - on);
        Assert.Empty(cabinet.Conditions);
    }

    [Fact]
    public void A_clock_that_is_some_minutes_off_is_no_condition()
    {
        var cabinet = Cabinet();

        // Reports every quarter of an hour and with each change, by a clock that is 12 minutes slow.
        foreach (var (minutes, on) in new[] { (45, 0), (60, 0), (72, 1), (75, 1), (90, 1), (180, 1), (192, 0), (195, 0), (480, 0), (492, 1), (600, 1), (612, 0) })
        {
            Say(cabinet, minutes, on);
            Assert.Empty(cabinet.Conditions);
        }
    }

    [Fact]
    public void That_it_is_dark_by_day_does_not_prove_that_it_can_be_lit()
    {
        var cabinet = Cabinet();
        Say(cabinet, 60, 0);
        Say(cabinet, 75, 0);

        foreach (var minutes in new[] { 180, 400, 480, 600, 900 })
        {
            Say(cabinet, minutes, 0);
            Assert.Equal("segmentUnexpectedOff", Assert.Single(cabinet.Conditions).Condition);
        }

        Say(cabinet, 1_500, 1);
        Assert.DoesNotContain(cabinet.Conditions, condition => condition.Condition == "segmentUnexpectedOff");
    }

    [Fact]
    public void Two_segments_that_are_late_one_after_the_other_are_not_late_for_long()
    {
        var cabinet = Cabinet(segments: 0b11);
        Report(cabinet, 60, ("segment1On", 0), ("segment2On", 1), ("programVersion", Program));
        Report(cabinet, 70, ("segment1On", 1), ("segment2On", 0));
        Report(cabinet, 80, ("segment1On", 1), ("segment2On", 0));
        Assert.Empty(cabinet.Conditions);

        Report(cabinet, 85, ("powerWatts", 400));
        Assert.Equal("segmentUnexpectedOff", Assert.Single(cabinet.Conditions).Condition);
    }

    [Fact]
    public void Segments_that_the_program_does_not_switch_and_those_that_were_never_reported_are_not_judged()
    {
        var cabinet = Cabinet(segments: 0b101);
        for (var minutes = 60; minutes <= 120; minutes += 15)
        {
            Report(cabinet, minutes, ("segment1On", 1), ("segment2On", 0), ("programVersion", Program));
            Assert.Empty(cabinet.Conditions);
        }
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(7, true)]
    [InlineData(6, false)]
    [InlineData(0, false)]
    public void One_that_says_that_it_runs_another_program_is_not_judged_by_this_one(int? reported, bool isJudged)
    {
        var cabinet = Cabinet();
        if (reported is { } version)
        {
            Report(cabinet, 50, ("programVersion", version));
        }

        Report(cabinet, 60, ("segment1On", 0));
        Report(cabinet, 90, ("segment1On", 0));

        Assert.Equal(isJudged ? 1 : 0, cabinet.Conditions.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void What_people_ask_of_a_segment_lies_over_its_program(int on)
    {
        var cabinet = Cabinet();
        Say(cabinet, 60, 1);
        cabinet.Desire(Switch("c1", on, Evening.Minutes(61), minutes: 60));
        foreach (var minutes in new[] { 62, 80, 100, 120 })
        {
            Say(cabinet, minutes, on);
            Assert.Empty(cabinet.Conditions);
        }

        // It has ended, and the program counts again: 100 % until 3 h after the evening.
        Say(cabinet, 122, on);
        Say(cabinet, 137, on);
        Assert.Equal(on == 1 ? 0 : 1, cabinet.Conditions.Length);
    }

    [Fact]
    public void What_a_segment_does_against_a_command_is_a_discrepancy_and_nothing_else()
    {
        var cabinet = Cabinet();
        Say(cabinet, 60, 0);
        Say(cabinet, 75, 0);
        Assert.Equal("segmentUnexpectedOff", Assert.Single(cabinet.Conditions).Condition);

        cabinet.Desire(Switch("c1", 1, Evening.Minutes(76), minutes: 600));
        foreach (var minutes in new[] { 85, 90, 105 })
        {
            Say(cabinet, minutes, 0);
        }

        Assert.Equal("discrepancy", Assert.Single(cabinet.Conditions).Condition);
    }

    [Theory]
    [InlineData("supplyVolts", 20, "supplyLoss")]
    [InlineData("breakerTripped", 1, "breakerTripped")]
    public void Without_supply_a_segment_cannot_be_fed_and_that_has_a_condition_of_its_own(string metric, double value, string condition)
    {
        var cabinet = Cabinet();
        foreach (var minutes in new[] { 60, 75, 90 })
        {
            Report(cabinet, minutes, ("segment1On", 0), (metric, value));
        }

        Assert.Equal(condition, Assert.Single(cabinet.Conditions).Condition);
    }

    [Fact]
    public void Before_the_levels_begin_and_after_they_end_nothing_begins_and_what_is_known_lasts()
    {
        var (cabinet, before) = (Cabinet(), Cabinet());
        foreach (var minutes in new[] { -60, -30, -1 })
        {
            Say(before, minutes, 1);
            Assert.Empty(before.Conditions);
        }

        var end = 72 * 60;
        foreach (var minutes in new[] { end - 30, end - 15, end, end + 600 })
        {
            Say(cabinet, minutes, 1);
        }

        Assert.Equal("segmentUnexpectedOn", Assert.Single(cabinet.Conditions).Condition);
        Say(cabinet, end + 615, 0);
        foreach (var minutes in new[] { end + 630, end + 700, end + 800 })
        {
            Say(cabinet, minutes, 1);
            Assert.Empty(cabinet.Conditions);
        }
    }

    [Fact]
    public void A_program_is_taken_back_by_the_sector_that_gave_it_alone()
    {
        var cabinet = Cabinet();
        Say(cabinet, 60, 0);
        Say(cabinet, 90, 0);
        cabinet.Desire(Judge(new ExpectedSegments { Sector = "another" }));
        Say(cabinet, 91, 0);
        Assert.Single(cabinet.Conditions);

        cabinet.Desire(Judge(new ExpectedSegments { Sector = TestDevice.Sector }));
        Say(cabinet, 92, 0);
        Assert.Empty(cabinet.Conditions);
    }

    [Fact]
    public void To_be_judged_is_nothing_that_a_cabinet_is_told()
    {
        var cabinet = Cabinet();

        Assert.Empty(cabinet.Orders(Evening).Orders);
        Assert.Empty(cabinet.View(Evening).Desired);
        Assert.Equal(0, cabinet.Orders(Evening).Version);
    }

    [Fact]
    public void A_segment_for_the_night_that_its_program_feeds_by_day_is_as_it_should_be()
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet, ("segment1NightOnly", true), ("unexpectedOnDelayMinutes", 0));
        cabinet.Desire(Judge(Segments([new PlannedLevel(Entries.Start.ToUnixTimeMilliseconds(), 100)])));
        for (var minutes = 0; minutes <= 60; minutes += 15)
        {
            cabinet.Report(Entries.Start.Minutes(minutes), ("segment1On", 1));
            Assert.Empty(cabinet.Conditions);
        }
    }

    [Fact]
    public void Whatever_it_reports_and_whenever_it_restarts_a_replay_gives_the_same()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Reports.ToArbitrary(), Gen.Choose(0, 40).ToArbitrary(), (reports, at) =>
        {
            var (straight, stored) = (Cabinet(segments: 0b11), Cabinet(segments: 0b11));
            var kept = stored.Json();
            for (var index = 0; index < reports.Length; index++)
            {
                Take(straight, reports[index]);
                Take(stored, reports[index]);
                if (index == at % reports.Length)
                {
                    // What came since the last save is handed again, and what came before it too.
                    stored = stored.Restart(kept);
                    stored.Offset = 1;
                    for (var again = 0; again <= index; again++)
                    {
                        Take(stored, reports[again]);
                    }
                }
            }

            return straight.Json() == stored.Json();
        }));
    }

    [Fact]
    public void A_condition_begins_only_after_a_delay_of_reports_against_the_program_and_holds_no_longer_than_they_show_nothing_else()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Reports.ToArbitrary(), reports =>
        {
            var cabinet = Cabinet();
            var (against, lasts) = (default(int?), default(int?));
            foreach (var (minutes, first, _) in reports)
            {
                // Worked out here, from the table of the night alone.
                var planned = minutes < 60 ? 0 : minutes < 180 ? 1 : minutes < 480 ? 0 : minutes < 600 ? 1 : 0;
                lasts = lasts == first ? lasts : null;
                against = first == planned ? null : against is { } since && Before(reports, minutes, since, first) ? since : minutes;
                lasts = against is { } begun && minutes - begun >= 15 ? first : lasts;
                Say(cabinet, minutes, first);
                if (cabinet.Conditions.Select(condition => condition.Condition).SingleOrDefault() != lasts switch { 1 => "segmentUnexpectedOn", 0 => "segmentUnexpectedOff", _ => null })
                {
                    return false;
                }
            }

            return true;
        }));

        // True when the segment did nothing else in between: a report against the program the other way round begins anew.
        static bool Before((int Minutes, int First, int Second)[] reports, int minutes, int since, int on) =>
            reports.Where(report => report.Minutes >= since && report.Minutes < minutes).All(report => report.First == on);
    }

    /// <summary>Reports of two segments in the order of their time, some minutes apart.</summary>
    private static Gen<(int Minutes, int First, int Second)[]> Reports =>
        from steps in (from step in Gen.Choose(1, 40)
                       from first in Gen.Choose(0, 1)
                       from second in Gen.Choose(0, 1)
                       select (step, first, second)).NonEmptyListOf()
        select steps.Aggregate(
            (At: 0, List: ImmutableArray<(int, int, int)>.Empty),
            (sum, step) => (sum.At + step.step, sum.List.Add((sum.At + step.step, step.first, step.second))),
            sum => sum.List.ToArray());

    private static TestDevice Cabinet(byte segments = 1)
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet);
        cabinet.Desire(Judge(Segments(Night) with { Segments = segments }));
        return cabinet;
    }

    private static ExpectedSegments Segments(PlannedLevel[] levels) => new()
    {
        Version = Program,
        Segments = 1,
        Levels = [.. levels],
        Until = Evening.AddHours(72).ToUnixTimeMilliseconds(),
        Sector = TestDevice.Sector,
    };

    private static PlannedLevel Level(int minutes, double percent) => new(Evening.Minutes(minutes).ToUnixTimeMilliseconds(), percent);

    private static DesiredChange Judge(ExpectedSegments segments) => new()
    {
        Command = "plan:none",
        Name = CommandCatalog.FollowPlan,
        Arguments = ImmutableSortedDictionary<string, double>.Empty,
        At = Entries.Start,
        Layer = ControlLayer.Plan,
        Expected = segments,
    };

    private static DesiredChange Switch(string command, int on, DateTimeOffset at, double minutes) => new()
    {
        Command = command,
        Name = CommandCatalog.SetSegment,
        Arguments = ImmutableSortedDictionary<string, double>.Empty.Add("segment", 1).Add("on", on).Add("durationMinutes", minutes),
        At = at,
    };

    private static void Say(TestDevice cabinet, int minutes, int on) => Report(cabinet, minutes, ("segment1On", on), ("programVersion", Program));

    private static void Take(TestDevice cabinet, (int Minutes, int First, int Second) report) =>
        Report(cabinet, report.Minutes, ("segment1On", report.First), ("segment2On", report.Second), ("programVersion", Program));

    private static void Report(TestDevice cabinet, int minutes, params (string Metric, double Value)[] metrics) => cabinet.Report(Evening.Minutes(minutes), metrics);
}
