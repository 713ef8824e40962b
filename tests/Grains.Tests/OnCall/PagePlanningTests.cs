using Grid.Contracts.Alarms;
using Grid.Contracts.Notifications;
using Grid.Grains.OnCall;
using static Grid.Tests.Grains.OnCall.Calendars;

namespace Grid.Tests.Grains.OnCall;

public sealed class PagePlanningTests
{
    private static readonly DateTimeOffset Night = At("2026-03-04T03:00+01:00");

    /// <summary>Somebody only on Wednesday mornings.</summary>
    private static OnCallLevel Mornings(string name) => Always(name, 20) with { Windows = [new(WeekDays.Wednesday, new(8, 0), new(12, 0))] };

    private static AlarmPage Page(int level = 1, int attempt = 0, AlarmPriority priority = AlarmPriority.Urgent) => new()
    {
        Alarm = "C1~supplyLoss",
        RaisedAt = Night,
        Priority = priority,
        Message = new("Armoire sans alimentation", "Cabinet without supply"),
        Source = "C1",
        Commune = "29019",
        Level = level,
        Attempt = attempt,
    };

    private static PagePlan Plan(OnCallCalendar? calendar, AlarmPage page, DateTimeOffset? now = null, params string[] unreachable) =>
        PagePlanning.Of(calendar, page, endpoint => !unreachable.Contains(endpoint), now ?? Night);

    private static void AssertPaged(PagePlan plan, int level, string name, DateTimeOffset nextAt, int nextLevel, int nextAttempt)
    {
        Assert.Equal((PageOutcome.Paged, level, name), (plan.Outcome, plan.Level, plan.Name));
        Assert.NotEmpty(plan.Endpoints);
        Assert.Equal((nextAt, nextLevel, nextAttempt), (plan.NextAt, plan.NextLevel, plan.NextAttempt));
    }

    [Fact]
    public void Each_level_is_paged_after_the_minutes_of_the_one_before_and_then_nobody_answered()
    {
        var calendar = Of(Always("Anne", 5), Always("Brice", 15));

        AssertPaged(Plan(calendar, Page()), 1, "Anne", Night.AddMinutes(5), 2, 0);
        AssertPaged(Plan(calendar, Page(level: 2)), 2, "Brice", Night.AddMinutes(15), 3, 0);
        var end = Plan(calendar, Page(level: 3));
        Assert.Equal((PageOutcome.Unanswered, null), (end.Outcome, end.NextAt));
    }

    [Fact]
    public void The_last_level_is_paged_again_as_often_as_the_calendar_says()
    {
        var calendar = Of(Always("Anne", 5), Always("Brice", 15)) with { RepeatEveryMinutes = 30, RepeatAtMost = 2 };

        AssertPaged(Plan(calendar, Page(level: 2)), 2, "Brice", Night.AddMinutes(30), 2, 1);
        AssertPaged(Plan(calendar, Page(level: 2, attempt: 1)), 2, "Brice", Night.AddMinutes(30), 2, 2);
        AssertPaged(Plan(calendar, Page(level: 2, attempt: 2)), 2, "Brice", Night.AddMinutes(15), 3, 0);
        Assert.Equal(PageOutcome.Unanswered, Plan(calendar, Page(level: 3)).Outcome);
    }

    [Fact]
    public void A_level_at_which_nobody_is_on_call_goes_to_the_next_at_once()
    {
        var calendar = Of(Mornings("Anne"), Always("Brice"), Always("Chloé"));

        AssertPaged(Plan(calendar, Page()), 2, "Brice", Night.AddMinutes(10), 3, 0);
        AssertPaged(Plan(calendar, Page(), At("2026-03-04T08:00+01:00")), 1, "Anne", At("2026-03-04T08:20+01:00"), 2, 0);
    }

    [Fact]
    public void The_last_level_at_which_somebody_is_on_call_gets_the_repetitions()
    {
        var calendar = Of(Always("Anne"), Mornings("Brice")) with { RepeatEveryMinutes = 30, RepeatAtMost = 1 };

        AssertPaged(Plan(calendar, Page()), 1, "Anne", Night.AddMinutes(30), 1, 1);
        AssertPaged(Plan(calendar, Page(attempt: 1)), 1, "Anne", Night.AddMinutes(10), 3, 0);
        AssertPaged(Plan(calendar, Page(attempt: 1), At("2026-03-04T08:00+01:00")), 1, "Anne", At("2026-03-04T08:10+01:00"), 2, 0);
    }

    [Fact]
    public void Where_the_levels_above_have_gone_home_meanwhile_the_page_waits_for_them_as_often_as_it_repeats()
    {
        var calendar = Of(Always("Anne"), Mornings("Brice"));
        Assert.Equal(PageOutcome.Unanswered, Plan(calendar, Page(level: 2)).Outcome);

        var repeating = calendar with { RepeatEveryMinutes = 30, RepeatAtMost = 1 };
        var waits = Plan(repeating, Page(level: 2));
        Assert.Equal((PageOutcome.NobodyOnCall, Night.AddMinutes(30), 2, 1), (waits.Outcome, waits.NextAt, waits.NextLevel, waits.NextAttempt));
        Assert.Equal(PageOutcome.Unanswered, Plan(repeating, Page(level: 2, attempt: 1)).Outcome);
    }

    [Fact]
    public void As_long_as_nobody_is_on_call_at_all_it_is_looked_again_and_costs_no_repetition()
    {
        var plan = Plan(Of(Mornings("Anne"), Mornings("Brice")), Page());

        Assert.Equal((PageOutcome.NobodyOnCall, 0), (plan.Outcome, plan.Level));
        Assert.Empty(plan.Endpoints);
        Assert.Equal((Night.AddMinutes(15), 1, 0), (plan.NextAt, plan.NextLevel, plan.NextAttempt));
    }

    [Fact]
    public void Who_has_no_endpoint_that_can_be_reached_is_not_on_call()
    {
        var calendar = Of(Always("Anne"), Always("Brice"));

        AssertPaged(Plan(calendar, Page(), Night, "anne"), 2, "Brice", Night.AddMinutes(10), 3, 0);
        Assert.Equal(PageOutcome.NobodyOnCall, Plan(calendar, Page(), Night, "anne", "brice").Outcome);
        var both = Of(Always("Anne") with { Rotation = Weekly with { Turns = [new("Anne", ["anne-sms", "anne-mail"])] } });
        Assert.Equal(["anne-mail"], Plan(both, Page(), Night, "anne-sms").Endpoints);
    }

    [Fact]
    public void Priorities_that_page_nobody_are_left_to_the_list()
    {
        Assert.Equal(PageOutcome.PriorityDoesNotPage, Plan(Of(Always("Anne")), Page(priority: AlarmPriority.Medium)).Outcome);
        Assert.Equal(PageOutcome.Paged, Plan(Of(Always("Anne")), Page(priority: AlarmPriority.High)).Outcome);
        Assert.Equal(PageOutcome.Paged, Plan(Of(Always("Anne")) with { Priorities = [AlarmPriority.Medium] }, Page(priority: AlarmPriority.Medium)).Outcome);
        Assert.Equal(PageOutcome.NoCalendar, Plan(null, Page()).Outcome);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(7, true)]
    public void Whoever_comes_when_told_comes_to_an_end(int repetitions, bool isChloéAway)
    {
        var calendar = Of(Always("Anne"), Mornings("Brice"), Always("Chloé"), Mornings("Denis")) with { RepeatEveryMinutes = 25, RepeatAtMost = repetitions };
        string[] unreachable = isChloéAway ? ["chloé"] : [];
        var (page, now, told) = (Page(), At("2026-03-04T07:30+01:00"), new HashSet<(int, int)>());
        for (var calls = 0; ; calls++)
        {
            Assert.True(calls < 40, "It goes on for ever.");
            var plan = Plan(calendar, page, now, unreachable);
            if (plan.Outcome == PageOutcome.Unanswered)
            {
                break;
            }

            Assert.True(plan.Outcome != PageOutcome.Paged || told.Add((plan.Level, page.Level == plan.Level ? page.Attempt : 0)), "It tells somebody twice under the same number.");
            (now, page) = (plan.NextAt!.Value, page with { Level = plan.NextLevel, Attempt = plan.NextAttempt });
        }

        Assert.Contains((1, 0), told);
    }
}
