using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Interventions;
using static Grid.Tests.Grains.Interventions.Orders;

namespace Grid.Tests.Grains.Interventions;

/// <summary>Deadlines in working hours, with values that were worked out by hand on the calendar of 2026 and 2027.</summary>
public sealed class WorkingTimeTests
{
    private static readonly WorkingCalendar Moselle = OfficeHours with { Department = "57" };
    private static readonly WorkingCalendar Always = WorkingCalendar.AroundTheClock("Europe/Paris", "29");
    private static readonly WorkingCalendar Nights = Calendar("29", new(Weekday.Saturday, 22 * 60, 24 * 60), new(Weekday.Sunday, 0, 6 * 60));

    [Theory]
    [InlineData("2026-11-16 09:00", 3, "2026-11-16 12:00")] // to the end of the morning, and not to the begin of the afternoon
    [InlineData("2026-11-16 09:00", 3.5, "2026-11-16 14:00")] // over the noon break
    [InlineData("2026-11-13 16:00", 8, "2026-11-16 16:00")] // Friday 1.5 h, Monday 4 h and 2.5 h
    [InlineData("2026-11-14 10:00", 1, "2026-11-16 09:00")] // asked for on a Saturday
    [InlineData("2026-11-10 17:00", 1, "2026-11-12 08:30")] // 11 November is a holiday
    [InlineData("2026-12-24 17:30", 0.5, "2026-12-28 08:30")] // Christmas is a Friday
    [InlineData("2027-03-25 17:00", 1, "2027-03-26 08:30")] // Good Friday is worked in Finistère
    [InlineData("2026-11-16 07:00", 40, "2026-11-20 17:30")] // a whole week
    public void A_deadline_counts_working_hours_only(string from, double hours, string due) => Assert.Equal(Paris(due), Time.After(OfficeHours, Paris(from), TimeSpan.FromHours(hours)));

    [Fact]
    public void Good_friday_and_easter_monday_are_not_worked_in_moselle() =>
        Assert.Equal(Paris("2027-03-30 08:30"), Time.After(Moselle, Paris("2027-03-25 17:00"), TimeSpan.FromHours(1)));

    [Theory]
    [InlineData("2027-03-27 22:00", "2027-03-28 06:00", 7)] // the clock is set forward: an hour is not there
    [InlineData("2026-10-24 22:00", "2026-10-25 06:00", 9)] // it is set back: an hour is there twice
    [InlineData("2026-11-14 22:00", "2026-11-15 06:00", 8)]
    public void A_night_has_the_hours_that_pass(string from, string to, double hours)
    {
        Assert.Equal(TimeSpan.FromHours(hours), Time.Between(Nights, Paris(from), Paris(to)));
        Assert.Equal(Paris(to), Time.After(Nights, Paris(from), TimeSpan.FromHours(hours)));
    }

    [Theory]
    [InlineData("2027-03-28 00:00", "2027-03-29 00:00", 23)]
    [InlineData("2026-10-25 00:00", "2026-10-26 00:00", 25)]
    [InlineData("2026-12-25 00:00", "2026-12-26 00:00", 24)] // around the clock, holidays too
    public void Around_the_clock_a_day_has_23_24_or_25_hours(string from, string to, double hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), Time.Between(Always, Paris(from), Paris(to)));

    [Fact]
    public void From_a_later_instant_to_an_earlier_one_there_is_no_working_time() =>
        Assert.Equal(TimeSpan.Zero, Time.Between(OfficeHours, Monday, Monday.AddHours(-1)));

    [Fact]
    public void A_deadline_more_than_ten_years_ahead_is_none() =>
        Assert.Null(Time.After(Calendar("29", new WorkingInterval(Weekday.Monday, 0, 1)), Monday, TimeSpan.FromHours(2_000)));

    [Fact]
    public void What_passes_until_a_deadline_is_what_it_gives_and_two_parts_make_the_whole() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from start in Gen.Choose(0, 1_000_000)
         from minutes in Gen.Choose(1, 20_000)
         from part in Gen.Choose(0, minutes)
         from calendar in Gen.Elements(OfficeHours, Moselle, Nights, Always)
         select (Start: Monday.AddMinutes(start), Minutes: minutes, Part: part, Calendar: calendar)).ToArbitrary(),
        item =>
        {
            var due = Time.After(item.Calendar, item.Start, TimeSpan.FromMinutes(item.Minutes))!.Value;
            var half = Time.After(item.Calendar, item.Start, TimeSpan.FromMinutes(item.Part))!.Value;
            return Time.Between(item.Calendar, item.Start, due) == TimeSpan.FromMinutes(item.Minutes)
                && Time.Between(item.Calendar, item.Start, half) + Time.Between(item.Calendar, half, due) == TimeSpan.FromMinutes(item.Minutes);
        }));
}
