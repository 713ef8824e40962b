using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Grains.OnCall;

namespace Grid.Tests.Grains.OnCall;

public sealed class PageBookTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 5, 3, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableSortedDictionary<string, OpenPage> None = new StoredPages().Pages;

    private static AlarmView Alarm(string source, int minutesAgo = 0, AlarmPriority priority = AlarmPriority.High) => new()
    {
        Id = $"{source}~fire",
        Source = source,
        Condition = "fire",
        Kind = DeviceKind.Bin,
        Commune = "29019",
        Priority = priority,
        Class = AlarmClass.Safety,
        State = AlarmState.Unacknowledged,
        RaisedAt = Now.AddMinutes(-minutesAgo),
        LastAt = Now,
        Count = 1,
    };

    [Fact]
    public void A_new_alarm_is_due_at_once_and_one_that_is_there_keeps_its_place()
    {
        var pages = PageBook.With(None, [Alarm("B1")], Now);
        Assert.Equal(new OpenPage(Now, Now, 1, 0), pages["B1~fire"]);
        var later = pages.SetItem("B1~fire", pages["B1~fire"] with { DueAt = Now.AddMinutes(10), Level = 2 });
        Assert.Equal(2, PageBook.With(later, [Alarm("B1")], Now.AddMinutes(1))["B1~fire"].Level);
    }

    [Fact]
    public void One_that_nobody_has_to_be_told_of_any_more_is_forgotten_and_one_raised_anew_begins_anew()
    {
        var pages = PageBook.With(None, [Alarm("B1", minutesAgo: 30)], Now).SetItem("B1~fire", new OpenPage(Now.AddMinutes(-30), null, 3, 1));
        Assert.Empty(PageBook.With(pages, [], Now));
        Assert.Equal(new OpenPage(Now, Now, 1, 0), PageBook.With(pages, [Alarm("B1")], Now)["B1~fire"]);
    }

    [Fact]
    public void One_that_has_come_with_its_device_goes_on_where_its_telling_had_come_to_unless_it_was_raised_anew_since()
    {
        var page = new OpenPage(Now.AddMinutes(-30), Now.AddMinutes(5), 2, 1);
        Assert.Equal(page, PageBook.With(None, [Alarm("B1", minutesAgo: 30) with { Page = page }], Now)["B1~fire"]);
        Assert.Equal(new OpenPage(Now, Now, 1, 0), PageBook.With(None, [Alarm("B1") with { Page = page }], Now)["B1~fire"]);
    }

    [Fact]
    public void Of_too_many_the_most_urgent_are_told()
    {
        var alarms = Enumerable.Range(0, PageBook.MaximumPages + 50).Select(number => Alarm($"B{number}", number, number == PageBook.MaximumPages + 49 ? AlarmPriority.Urgent : AlarmPriority.High));
        var pages = PageBook.With(None, alarms, Now);
        Assert.Equal(PageBook.MaximumPages, pages.Count);
        Assert.Contains($"B{PageBook.MaximumPages + 49}~fire", pages.Keys);
    }

    [Fact]
    public void After_it_was_told_it_waits_for_as_long_as_the_calendar_says()
    {
        var page = new OpenPage(Now, Now, 1, 0);
        Assert.Equal(
            page with { DueAt = Now.AddMinutes(10), Level = 2 },
            PageBook.After(page, new PageAnswer { Outcome = PageOutcome.Paged, NextAt = Now.AddMinutes(10), NextLevel = 2 }, Now));
        Assert.Equal(Now + PageBook.WithoutCalendar, PageBook.After(page, new PageAnswer { Outcome = PageOutcome.NoCalendar }, Now).DueAt);
        Assert.Null(PageBook.After(page, new PageAnswer { Outcome = PageOutcome.PriorityDoesNotPage }, Now).DueAt);
        Assert.Null(PageBook.After(page, new PageAnswer { Outcome = PageOutcome.Unanswered }, Now).DueAt);
    }
}
