using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Notifications;
using Grid.Grains.OnCall;
using static Grid.Tests.Grains.OnCall.Calendars;

namespace Grid.Tests.Grains.OnCall;

public sealed class WhoIsOnCallTests
{
    private static string? Who(OnCallCalendar calendar, string at, int level = 1) => OnCallRules.WhoAt(calendar, level, At(at))?.Name;

    [Theory]
    [InlineData("2026-03-02T07:59:59.999+01:00", "Chloé")]
    [InlineData("2026-03-02T08:00+01:00", "Anne")]
    [InlineData("2026-03-09T07:59+01:00", "Anne")]
    [InlineData("2026-03-09T08:00+01:00", "Brice")]
    [InlineData("2026-03-16T08:00+01:00", "Chloé")]
    [InlineData("2026-03-23T08:00+01:00", "Anne")]
    [InlineData("2027-03-01T08:00+01:00", "Brice")]
    [InlineData("2026-02-16T08:00+01:00", "Brice")]
    [InlineData("2026-02-16T07:59+01:00", "Anne")]
    public void Turns_follow_each_other_at_the_hand_over_also_before_the_anchor(string at, string expected) => Assert.Equal(expected, Who(Of(Weekly), at));

    [Fact]
    public void The_hand_over_stays_at_its_local_time_over_both_changes_of_the_clock()
    {
        Assert.Equal("Anne", Who(Of(Weekly), "2026-03-30T07:59+02:00"));
        Assert.Equal("Brice", Who(Of(Weekly), "2026-03-30T08:00+02:00"));
        Assert.Equal("Anne", Who(Of(Weekly), "2026-10-26T07:59+01:00"));
        Assert.Equal("Brice", Who(Of(Weekly), "2026-10-26T08:00+01:00"));
    }

    [Fact]
    public void A_hand_over_that_the_clock_skips_is_at_the_change()
    {
        var daily = Of(Weekly with { Days = 1, From = new(2026, 3, 28), HandOver = new(2, 30) });

        Assert.Equal("Anne", Who(daily, "2026-03-29T01:59:59+01:00"));
        Assert.Equal("Brice", Who(daily, "2026-03-29T03:00+02:00"));
        Assert.Equal("Brice", Who(daily, "2026-03-30T02:29+02:00"));
        Assert.Equal("Chloé", Who(daily, "2026-03-30T02:30+02:00"));
    }

    [Fact]
    public void A_hand_over_that_comes_twice_is_the_first_time_and_never_hands_back()
    {
        var daily = Of(Weekly with { Days = 1, From = new(2026, 10, 24), HandOver = new(2, 30) });

        Assert.Equal("Anne", Who(daily, "2026-10-25T02:29+02:00"));
        Assert.Equal("Brice", Who(daily, "2026-10-25T02:30+02:00"));
        Assert.Equal("Brice", Who(daily, "2026-10-25T02:10+01:00"));
        Assert.Equal("Brice", Who(daily, "2026-10-25T02:40+01:00"));
        Assert.Equal("Brice", Who(daily, "2026-10-26T02:29+01:00"));
    }

    [Fact]
    public void Outside_its_windows_nobody_is_on_call()
    {
        var calendar = Of(Weekly, [new(WeekDays.Monday | WeekDays.Friday, new(8, 0), new(18, 0))]);

        Assert.Null(Who(calendar, "2026-03-06T07:59+01:00"));
        Assert.Equal("Anne", Who(calendar, "2026-03-06T08:00+01:00"));
        Assert.Null(Who(calendar, "2026-03-06T18:00+01:00"));
        Assert.Null(Who(calendar, "2026-03-07T12:00+01:00"));
        Assert.Equal("Brice", Who(calendar, "2026-03-09T12:00+01:00"));
    }

    [Fact]
    public void A_window_over_midnight_belongs_to_the_day_on_which_it_begins()
    {
        var calendar = Of(Weekly, [new(WeekDays.Sunday, new(20, 0), new(6, 0))]);

        Assert.Null(Who(calendar, "2026-03-08T05:00+01:00"));
        Assert.Equal("Anne", Who(calendar, "2026-03-08T20:00+01:00"));
        Assert.Equal("Anne", Who(calendar, "2026-03-09T05:59+01:00"));
        Assert.Null(Who(calendar, "2026-03-09T06:00+01:00"));
    }

    [Fact]
    public void A_window_of_the_night_is_an_hour_shorter_in_spring_and_an_hour_longer_in_autumn()
    {
        var calendar = Of(Weekly with { Turns = [Turn("Anne")] }, [new(WeekDays.Sunday, new(2, 0), new(4, 0))]);

        Assert.Null(Who(calendar, "2026-03-29T01:59+01:00"));
        Assert.Equal("Anne", Who(calendar, "2026-03-29T03:00+02:00"));
        Assert.Null(Who(calendar, "2026-03-29T04:00+02:00"));
        Assert.Equal("Anne", Who(calendar, "2026-10-25T02:00+02:00"));
        Assert.Equal("Anne", Who(calendar, "2026-10-25T02:00+01:00"));
        Assert.Equal("Anne", Who(calendar, "2026-10-25T03:59+01:00"));
        Assert.Null(Who(calendar, "2026-10-25T04:00+01:00"));
    }

    [Fact]
    public void A_window_that_ends_when_it_begins_lasts_a_day()
    {
        var calendar = Of(Weekly, [new(WeekDays.Saturday, new(8, 0), new(8, 0))]);

        Assert.Null(Who(calendar, "2026-03-07T07:59+01:00"));
        Assert.Equal("Anne", Who(calendar, "2026-03-08T07:59+01:00"));
        Assert.Null(Who(calendar, "2026-03-08T08:00+01:00"));
    }

    [Fact]
    public void What_was_agreed_for_once_counts_also_outside_the_windows_and_of_several_the_last()
    {
        var calendar = Of(
            Weekly,
            [new(WeekDays.Monday, new(8, 0), new(18, 0))],
            [
                new(new(2026, 3, 7, 0, 0, 0), new(2026, 3, 10, 0, 0, 0), Turn("Denis")),
                new(new(2026, 3, 9, 12, 0, 0), new(2026, 3, 9, 14, 0, 0), new("férié", [])),
            ]);

        Assert.Null(Who(calendar, "2026-03-06T23:59+01:00"));
        Assert.Equal("Denis", Who(calendar, "2026-03-07T00:00+01:00"));
        Assert.Equal("Denis", Who(calendar, "2026-03-09T11:59+01:00"));
        Assert.Null(Who(calendar, "2026-03-09T12:00+01:00"));
        Assert.Equal("Denis", Who(calendar, "2026-03-09T14:00+01:00"));
        Assert.Null(Who(calendar, "2026-03-10T00:00+01:00"));
    }

    [Fact]
    public void A_zone_overseas_has_its_own_clock()
    {
        var calendar = Of(Weekly) with { ZoneId = "Indian/Reunion" };

        Assert.Equal("Chloé", Who(calendar, "2026-03-02T07:59+04:00"));
        Assert.Equal("Anne", Who(calendar, "2026-03-02T08:00+04:00"));
    }

    [Fact]
    public void Turns_change_one_after_the_other_whatever_the_period_and_the_hand_over() => Prop.ForAll(
        Gen.Choose(1, 40).Two().Zip(Gen.Choose(0, 1439)).ToArbitrary(),
        drawn =>
        {
            var ((days, turns), minute) = drawn;
            var rotation = new OnCallRotation
            {
                Turns = [.. Enumerable.Range(0, turns).Select(number => new OnCallTurn($"{number}", ["e"]))],
                Days = days,
                From = new(2026, 1, 1),
                HandOver = new(minute / 60, minute % 60),
            };
            var former = OnCallRules.WhoAt(Of(rotation), 1, At("2025-12-01T00:00Z"))!.Name;
            var changes = 0;
            for (var at = At("2025-12-01T00:00Z"); at < At("2027-02-01T00:00Z"); at = at.AddHours(5))
            {
                var name = OnCallRules.WhoAt(Of(rotation), 1, at)!.Name;
                if (name != former)
                {
                    Assert.Equal((int.Parse(former, null) + 1) % turns, int.Parse(name, null));
                    (former, changes) = (name, changes + 1);
                }
            }

            Assert.InRange(changes, turns == 1 ? 0 : (427 / days) - 1, turns == 1 ? 0 : (427 / days) + 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
}
