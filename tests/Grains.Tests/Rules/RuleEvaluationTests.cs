using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Tests.Grains.Rules;

/// <summary>What rules make of reports and of time.</summary>
public sealed class RuleEvaluationTests
{
    private const string Then = " then open work order";

    private static RuleBench Bin(string when) => new(DeviceKind.Bin, RuleBench.Rule("when " + when + Then));

    [Fact]
    public void It_begins_with_the_report_that_shows_it_and_ends_with_the_one_that_does_not()
    {
        var bench = Bin("fillPercent > 80").Report(0, ("fillPercent", 70)).Report(10, ("fillPercent", 81)).Report(20, ("fillPercent", 90)).Report(30, ("fillPercent", 80));
        Assert.Equal(["11:10:00 r1 Begins", "11:30:00 r1 Ends"], bench.Told);
    }

    [Fact]
    public void Within_a_deadband_it_goes_on()
    {
        var bench = Bin("fillPercent > 80 deadband 5").Report(0, ("fillPercent", 78)).Report(10, ("fillPercent", 81)).Report(20, ("fillPercent", 76)).Report(30, ("fillPercent", 75)).Report(40, ("fillPercent", 79));
        Assert.Equal(["11:10:00 r1 Begins", "11:30:00 r1 Ends"], bench.Told);
    }

    [Fact]
    public void Below_a_limit_the_deadband_lies_above_it()
    {
        var bench = Bin("batteryPercent < 15 deadband 5").Report(0, ("batteryPercent", 14)).Report(10, ("batteryPercent", 19)).Report(20, ("batteryPercent", 20));
        Assert.Equal(["11:00:00 r1 Begins", "11:20:00 r1 Ends"], bench.Told);
    }

    [Fact]
    public void A_duration_counts_from_the_report_that_showed_it_first_and_is_reached_between_reports()
    {
        var bench = Bin("fillPercent > 80 for 25 min").Report(0, ("fillPercent", 90)).Report(10, ("fillPercent", 91));
        bench.Look(20);
        Assert.Empty(bench.Told);
        bench.Look(37);

        // When it began does not depend on when somebody looked.
        Assert.Equal(["11:25:00 r1 Begins"], bench.Told);
    }

    [Fact]
    public void A_duration_that_is_interrupted_begins_anew()
    {
        var bench = Bin("fillPercent > 80 for 25 min").Report(0, ("fillPercent", 90)).Report(20, ("fillPercent", 50)).Report(21, ("fillPercent", 90));
        bench.Look(45);
        Assert.Empty(bench.Told);
        bench.Report(46, ("fillPercent", 90));
        Assert.Equal(["11:46:00 r1 Begins"], bench.Told);
    }

    [Fact]
    public void What_was_never_reported_holds_neither_way()
    {
        var bench = Bin("not (fillPercent > 80) and not tilted").Report(0, ("fillPercent", 10));
        Assert.Empty(bench.Told);
        bench.Report(10, ("tilted", 0));
        Assert.Equal(["11:10:00 r1 Begins"], bench.Told);
    }

    [Fact]
    public void What_is_divided_by_nothing_is_unknown() => Assert.Empty(Bin("fillPercent / temperatureCelsius > 1").Report(0, ("fillPercent", 10), ("temperatureCelsius", 0)).Told);

    [Fact]
    public void Previous_is_the_value_of_the_report_before()
    {
        var bench = Bin("fillPercent < previous(fillPercent) - 30").Report(0, ("fillPercent", 90)).Report(10, ("fillPercent", 90)).Report(20, ("fillPercent", 5)).Report(30, ("fillPercent", 6));
        Assert.Equal(["11:20:00 r1 Begins", "11:30:00 r1 Ends"], bench.Told);
    }

    [Fact]
    public void A_rate_is_by_the_hour_between_the_last_two_reports()
    {
        var bench = Bin("rate(temperatureCelsius) >= 60").Report(0, ("temperatureCelsius", 20)).Report(10, ("temperatureCelsius", 29)).Report(15, ("temperatureCelsius", 34));
        Assert.Equal(["11:15:00 r1 Begins"], bench.Told);
    }

    [Fact]
    public void An_index_that_starts_again_has_no_rate()
    {
        var bench = new RuleBench(DeviceKind.Meter, RuleBench.Rule("when rate(indexLitres) < 10" + Then)).Report(0, ("indexLitres", 9_000)).Report(60, ("indexLitres", 3));
        Assert.Empty(bench.Told);
        Assert.Equal(["13:00:00 r1 Begins"], bench.Report(120, ("indexLitres", 8)).Told);
    }

    [Fact]
    public void Time_since_the_last_report_is_reached_to_the_millisecond()
    {
        var bench = Bin("since(heard) > 2 h").Report(0, ("fillPercent", 1));
        bench.Look(119);
        Assert.Empty(bench.Told);
        bench.Look(300);
        Assert.Equal(["13:00:00 r1 Begins"], bench.Told);
        Assert.Equal(RuleBench.At(120) + 1, bench.State.Rules![0].Since);
    }

    [Fact]
    public void A_condition_of_the_device_counts_from_its_beginning()
    {
        var bench = Bin("since(overflow) >= 90 min").Report(0, ("fillPercent", 99));
        bench.Active = [new ConditionSince(Conditions.Overflow, RuleBench.At(-30))];
        bench.Judge(1);
        bench.Look(200);
        Assert.Equal(["12:00:00 r1 Begins"], bench.Told);
    }

    [Fact]
    public void Status_and_conditions_are_what_the_device_shows()
    {
        var bench = Bin("status = fault and (fire or overflow)");
        bench.Active = [new ConditionSince(Conditions.Fire, RuleBench.At(0))];
        bench.Judge(0);
        Assert.Empty(bench.Told);
        bench.Status = DeviceStatus.Fault;
        bench.Judge(1);
        Assert.Equal(["11:01:00 r1 Begins"], bench.Told);
    }

    [Fact]
    public void Outside_its_schedule_a_rule_does_not_hold_and_inside_it_does_at_once()
    {
        // 22:00 to 06:00 in Brest is 21:00 to 05:00 UTC in winter.
        var bench = Bin("fillPercent > 80 for 10 min within from 22:00 to 06:00").Report(0, ("fillPercent", 90));
        bench.Look(24 * 60);
        Assert.Equal(["21:00:00 r1 Begins", "05:00:00 r1 Ends"], bench.Told);
    }

    [Fact]
    public void The_night_begins_at_sunset_and_ends_at_sunrise()
    {
        var bench = Bin("night and fillPercent > 1").Report(0, ("fillPercent", 90));
        bench.Look(24 * 60);

        // Brest on 15 January: sunset 17:50, sunrise 09:01 by the clock.
        Assert.Equal(2, bench.Told.Count);
        Assert.StartsWith("16:5", bench.Told[0], StringComparison.Ordinal);
        Assert.StartsWith("08:0", bench.Told[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_of_the_sun_may_be_shifted()
    {
        var bench = Bin("fillPercent > 1 within from sunset-00:30 to civilDusk").Report(0, ("fillPercent", 90));
        bench.Look(24 * 60);
        Assert.StartsWith("16:2", bench.Told[0], StringComparison.Ordinal);
        Assert.StartsWith("17:2", bench.Told[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("saturday", 2, "23:00:00")]
    [InlineData("weekend", 2, "23:00:00")]
    [InlineData("not weekday", 2, "23:00:00")]
    public void Days_are_local(string day, int days, string begins)
    {
        var bench = Bin($"fillPercent > 1 within {day}").Report(0, ("fillPercent", 90));
        bench.Look(days * 24 * 60);
        Assert.Equal([$"{begins} r1 Begins"], bench.Told);
    }

    [Fact]
    public void Public_holidays_are_known()
    {
        var bench = Bin("fillPercent > 1 within holiday").Report(0, ("fillPercent", 90));
        for (var day = 1; day <= 120; day++)
        {
            bench.Look(day * 24 * 60);
        }

        // Easter Monday, 6 April 2026, then 1 May, 8 May and Ascension; by then the clock is in summer.
        Assert.Equal(Enumerable.Repeat<string[]>(["22:00:00 r1 Begins", "22:00:00 r1 Ends"], 4).SelectMany(both => both), bench.Told);
    }

    [Fact]
    public void It_begins_once_a_minute_at_most_and_later_when_it_still_holds()
    {
        var bench = Bin("fillPercent > 80").Report(0, ("fillPercent", 90)).Report(0.2, ("fillPercent", 10)).Report(0.4, ("fillPercent", 90));
        bench.Look(2);
        Assert.Equal(["11:00:00 r1 Begins", "11:00:12 r1 Ends", "11:01:00 r1 Begins"], bench.Told);
    }

    [Fact]
    public void How_often_somebody_looks_changes_nothing()
    {
        static List<string> Run(Func<int, bool> looks)
        {
            var bench = new RuleBench(
                DeviceKind.Bin,
                RuleBench.Rule("when fillPercent > 50 for 25 min within not from 12:30 to 13:10" + Then, "a"),
                RuleBench.Rule("when since(heard) > 20 min" + Then, "b"),
                RuleBench.Rule("when tilted for 5 min" + Then, "c"));
            for (var minute = 0; minute <= 240; minute++)
            {
                if (looks(minute))
                {
                    bench.Look(minute);
                }

                if (minute % 30 == 0)
                {
                    bench.Report(minute, ("fillPercent", minute % 90 == 0 ? 20 : 70), ("tilted", minute % 60 == 0 ? 1 : 0));
                }
            }

            return bench.Told;
        }

        var often = Run(static _ => true);
        Assert.True(often.Count > 10);
        Assert.Equal(often, Run(static minute => minute % 7 == 3));
        Assert.Equal(often, Run(static minute => minute == 240));
    }

    [Fact]
    public void Time_that_stood_still_for_years_is_one_step()
    {
        var bench = Bin("fillPercent > 1 within night").Report(0, ("fillPercent", 90));
        Assert.False(bench.Look(365 * 24 * 60));
        Assert.True(bench.Told.Count <= DeviceRuleTurn.MostSteps + 1);
        Assert.Equal(RuleBench.At(365 * 24 * 60), bench.State.EvaluatedAt);
    }

    [Fact]
    public void A_rule_that_fails_is_suspended_and_the_others_go_on()
    {
        var broken = RuleBench.Rule("when fillPercent > 1" + Then, "a") with { When = (ref RuleFrame _) => throw new InvalidOperationException("planted") };
        var bench = new RuleBench(DeviceKind.Bin, broken, RuleBench.Rule("when fillPercent > 80" + Then, "b")).Report(1, ("fillPercent", 90)).Report(10, ("fillPercent", 10));
        Assert.Equal(["11:00:00 a Fails", "11:01:00 b Begins", "11:10:00 b Ends"], bench.Told);
    }

    [Fact]
    public void Another_version_begins_anew_and_the_others_go_on()
    {
        var bench = new RuleBench(DeviceKind.Bin, RuleBench.Rule("when fillPercent > 80" + Then, "a"), RuleBench.Rule("when fillPercent > 70 for 30 min" + Then, "b")).Report(0, ("fillPercent", 90));
        bench.Take(new CompiledRules(2, [RuleBench.Rule("when fillPercent > 95" + Then, "a", 2), RuleBench.Rule("when fillPercent > 70 for 30 min" + Then, "b")]), 10);
        bench.Look(40);
        Assert.Equal(["11:00:00 a Begins", "11:10:00 a Ends", "11:30:00 b Begins"], bench.Told);
    }

    [Fact]
    public void A_device_at_rest_remembers_nothing_of_its_rules()
    {
        var bench = Bin("fillPercent > 80 deadband 5 for 1 min").Report(0, ("fillPercent", 90)).Report(10, ("fillPercent", 1)).Report(20, ("fillPercent", 1));
        Assert.Null(bench.State.Rules);
        Assert.Equal(40, System.Runtime.CompilerServices.Unsafe.SizeOf<RuleMemory>());
    }

    [Fact]
    public void Evaluating_allocates_nothing_while_nothing_changes()
    {
        var bench = new RuleBench(
            DeviceKind.Bin,
            RuleBench.Rule("when fillPercent > 80 deadband 5 and rate(fillPercent) < 100 and not (tilted or fire) for 10 min within weekday and from 08:00 to sunset-00:30" + Then, "a"),
            RuleBench.Rule("when since(heard) > 2 h or status = silent or previous(temperatureCelsius) * 2 > 300" + Then, "b"),
            RuleBench.Rule("when night and fillPercent + 5 % > 99 %" + Then, "c"));
        bench.Report(0, ("fillPercent", 90), ("temperatureCelsius", 10), ("tilted", 0)).Report(1, ("fillPercent", 90), ("temperatureCelsius", 10));
        bench.Look(30);
        bench.Judge(30);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < 1_000; time++)
        {
            bench.Judge(30 + (time / 100.0));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
