using Grid.Grains.Devices;
using Grid.Grains.Learning;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Learning;

public sealed class UsualLevelTests
{
    private const long Hour = 3_600_000;

    private static readonly LocalCalendar Paris = new("Europe/Paris");

    // Monday 5 January 2026, 00:00 in Paris.
    private static readonly long Monday = new DateTimeOffset(2026, 1, 4, 23, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static UsualLevel Over(int hours, Func<int, double> levelAt, UsualLevel usual = default, int first = 0)
    {
        for (var hour = first; hour < first + hours; hour++)
        {
            usual = usual.With((long)(levelAt(hour) * 1_000), Monday + (hour * Hour), Monday + ((hour + 1) * Hour), Paris);
        }

        return usual;
    }

    private static int HourAt(int hour) => (Paris.DayOf(Monday).Day * 24) + hour;

    // An office: 50 at work on working days, 5 otherwise, and 8 % up and down.
    private static double Office(int hour) => (hour % 24 is >= 8 and < 18 && hour / 24 % 7 < 5 ? 50 : 5) * (1 + (0.08 * Math.Sin(hour * 1.7)));

    [Fact]
    public void A_step_of_30_percent_is_a_drift_within_three_days_and_has_become_usual_after_three_months()
    {
        var usual = Over(6 * 168, Office);
        Assert.InRange(usual.DriftPermille!.Value, -50, 50);
        var first = 6 * 168;
        var stepped = Over(96, hour => 1.3 * Office(hour), usual, first);
        Assert.InRange(stepped.DriftPermille!.Value, 180, 310);
        Assert.True(stepped.IsDrifting(was: false, 150));
        Assert.False(stepped.IsDrifting(was: false, 0));
        var later = Over(13 * 168, hour => 1.3 * Office(hour), stepped, first + 96);
        Assert.InRange(later.DriftPermille!.Value, -50, 50);
    }

    [Fact]
    public void A_drift_goes_on_until_it_is_below_half_of_its_limit()
    {
        var drifting = new UsualLevel { DriftHours = 72, DriftCodes = (int)(64 * 256 * Math.Log2(1.12)) };
        Assert.False(drifting.IsDrifting(was: false, 200));
        Assert.True(drifting.IsDrifting(was: true, 200));
        Assert.False(drifting.IsDrifting(was: true, 300));
        Assert.Null(new UsualLevel { DriftHours = 71 }.DriftPermille);
    }

    [Fact]
    public void One_wild_hour_is_no_drift() =>
        Assert.InRange(Over(1, _ => 5_000, Over(6 * 168, Office), 6 * 168).DriftPermille!.Value, -30, 60);

    [Fact]
    public void After_some_weeks_each_hour_of_the_week_has_its_own_range()
    {
        var usual = Over(6 * 168, Office);

        var work = usual.RangeOf(HourAt((6 * 168) + 10))!.Value;
        var night = usual.RangeOf(HourAt((6 * 168) + 3))!.Value;
        var sunday = usual.RangeOf(HourAt((6 * 168) + (6 * 24) + 10))!.Value;
        Assert.InRange(work.Low, 25_000, 46_000);
        Assert.InRange(work.Middle, 45_000, 55_000);
        Assert.InRange(work.High, 54_000, 75_000);
        Assert.InRange(night.High, 5_000, 8_000);
        Assert.InRange(sunday.High, 5_000, 8_000);
    }

    [Fact]
    public void After_three_working_days_the_fourth_is_judged_by_them_and_the_weekend_by_nothing()
    {
        var usual = Over(3 * 24, Office);

        Assert.InRange(usual.RangeOf(HourAt((3 * 24) + 10))!.Value.Middle, 44_000, 56_000);
        Assert.Null(usual.RangeOf(HourAt((5 * 24) + 10)));
        Assert.Null(default(UsualLevel).RangeOf(HourAt(0)));
    }

    [Fact]
    public void Hours_above_are_counted_running_and_the_next_usual_one_ends_them()
    {
        var usual = Over((4 * 168) + 1, Office);
        Assert.Equal(0, usual.HoursAbove);

        usual = Over(6, _ => 190, usual, first: (4 * 168) + 1);
        Assert.Equal(6, usual.HoursAbove);
        usual = Over(1, Office, usual, first: (4 * 168) + 7);
        Assert.Equal(0, usual.HoursAbove);
    }

    [Fact]
    public void One_wild_week_moves_what_is_usual_by_little()
    {
        var before = Over(6 * 168, Office);
        var after = Over(168, hour => 40 * Office(hour), before, first: 6 * 168);

        var (was, now) = (before.RangeOf(HourAt(10))!.Value, after.RangeOf(HourAt(10))!.Value);
        Assert.InRange((double)now.Middle / was.Middle, 1, 1.35);
    }

    [Fact]
    public void A_level_that_is_held_across_hours_counts_in_each_and_an_hour_of_which_less_than_half_is_known_in_none()
    {
        var held = default(UsualLevel).With(7_000, Monday, Monday + (2 * Hour), Paris).With(0, Monday + (2 * Hour), Monday + (2 * Hour) + (Hour / 3), Paris).With(9_000, Monday + (3 * Hour), Monday + (3 * Hour) + (Hour / 2), Paris);

        Assert.Equal((7_000, HourAt(1)), (held.Last, held.LastHour));
        Assert.Equal((9_000, HourAt(3)), held.With(0, Monday + (4 * Hour), Monday + (4 * Hour) + 1, Paris) is var next ? (next.Last, next.LastHour) : default);
    }

    [Fact]
    public void Six_hours_without_a_word_prove_nothing_about_single_hours() =>
        Assert.Equal(default, default(UsualLevel).With(7_000, Monday, Monday + (6 * Hour) + 1, Paris));

    [Fact]
    public void The_days_of_23_and_25_hours_are_days_as_others()
    {
        var from = new DateTimeOffset(2026, 10, 24, 22, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var usual = default(UsualLevel);
        for (var hour = 0; hour < 25 + 24; hour++)
        {
            usual = usual.With(1_000 * (hour + 1), from + (hour * Hour), from + ((hour + 1) * Hour), Paris);
        }

        // The 24th and the 25th hour of the long day count together; the next day begins with its first hour.
        Assert.Equal(Entries.DayNumber(2026, 10, 26) * 24 + 23, usual.LastHour);
        Assert.Equal(49_000, usual.Last);
    }

    [Fact]
    public void The_former_array_is_never_changed()
    {
        var before = Over(100, Office);
        var copy = before.Hours!.ToArray();
        _ = Over(200, Office, before, first: 100);

        Assert.Equal(copy, before.Hours);
    }
}
