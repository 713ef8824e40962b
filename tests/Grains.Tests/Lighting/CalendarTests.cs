using System.Globalization;
using Grid.Contracts.Calendars;
using Grid.Contracts.Lighting;
using Grid.Grains.Lighting;

namespace Grid.Tests.Grains.Lighting;

/// <summary>Which program on which night.</summary>
public sealed class CalendarTests
{
    // Dates of Easter as the Bureau des longitudes and the U.S. Census Bureau list them; 1818, 1886, 1943 and 2038 are the earliest and the latest possible.
    [Theory]
    [InlineData("1818-03-22")]
    [InlineData("1886-04-25")]
    [InlineData("1943-04-25")]
    [InlineData("2000-04-23")]
    [InlineData("2008-03-23")]
    [InlineData("2024-03-31")]
    [InlineData("2025-04-20")]
    [InlineData("2026-04-05")]
    [InlineData("2027-03-28")]
    [InlineData("2038-04-25")]
    public void Easter_falls_on_the_published_date(string date) =>
        Assert.Equal(Date(date), PublicHolidays.EasterOf(Date(date).Year));

    // service-public.fr for 2026.
    [Fact]
    public void The_holidays_of_2026_are_those_published()
    {
        string[] expected =
        [
            "2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25", "2026-07-14", "2026-08-15", "2026-11-01", "2026-11-11",
            "2026-12-25",
        ];

        Assert.Equal(expected.Select(Date), HolidaysOf(2026, "29"));
        Assert.Equal(expected.Append("2026-04-03").Append("2026-12-26").Select(Date).Order(), HolidaysOf(2026, "67"));
        Assert.Equal(expected.Append("2026-12-20").Select(Date).Order(), HolidaysOf(2026, "974"));
        Assert.Equal(expected.Append("2026-05-22").Select(Date).Order(), HolidaysOf(2026, "972"));
    }

    [Theory]
    [InlineData("always", "2026-11-26", true)]
    [InlineData("thu", "2026-11-26", true)] // a Thursday
    [InlineData("mon-thu", "2026-11-26", true)]
    [InlineData("fri,sat", "2026-11-26", false)]
    [InlineData("fri-mon", "2026-11-29", true)] // a Sunday, over the turn of the week
    [InlineData("fri-mon", "2026-11-26", false)]
    [InlineData("2026-11-26", "2026-11-26", true)]
    [InlineData("2026-11-20..2026-11-25", "2026-11-26", false)]
    [InlineData("2026-11-20..2026-11-26", "2026-11-26", true)]
    [InlineData("12-15..01-05", "2026-12-31", true)]
    [InlineData("12-15..01-05", "2027-01-05", true)]
    [InlineData("12-15..01-05", "2027-01-06", false)]
    [InlineData("02-29", "2028-02-29", true)]
    [InlineData("holidays", "2026-11-11", true)]
    [InlineData("holidayEves", "2026-11-10", true)]
    [InlineData("holidayEves", "2026-11-11", false)]
    [InlineData("wed !holidays", "2026-11-11", false)] // a Wednesday
    [InlineData("wed !holidays", "2026-11-18", true)]
    [InlineData("fri-sat 06-15..09-15", "2026-07-03", true)]
    [InlineData("fri-sat 06-15..09-15", "2026-10-02", false)]
    public void A_rule_holds_on_its_dates(string rule, string date, bool holds) =>
        Assert.Equal(holds, DayRule.Parse(rule)!.HoldsOn(Date(date), "29"));

    [Theory]
    [InlineData("")]
    [InlineData("monday")]
    [InlineData("mon-")]
    [InlineData("mon-tue-wed")]
    [InlineData("2026-02-30")]
    [InlineData("2026-12-24..2026-12-01")]
    [InlineData("2026-12-24..01-05")]
    [InlineData("13-01")]
    [InlineData("!")]
    [InlineData("always,mon")]
    public void What_is_no_rule_is_refused(string text) => Assert.Null(DayRule.Parse(text));

    [Fact]
    public void The_highest_priority_counts_and_among_equals_the_first()
    {
        var plan = Plans.Parsed(Plans.Plan("sunset 100") with
        {
            Programs = [Plans.Program("week", "sunset 50"), Plans.Program("weekend", "sunset 80"), Plans.Program("feast", "sunset 100"), Plans.Program("late", "sunset 90")],
            Calendar =
            [
                new CalendarEntry("always", "week", 0),
                new CalendarEntry("fri-sat", "weekend", 10),
                new CalendarEntry("fri-sat", "late", 10),
                new CalendarEntry("07-14", "feast", 100),
            ],
        });

        Assert.Equal("week", plan.ProgramOf(Date("2026-07-13"), "29"));
        Assert.Equal("feast", plan.ProgramOf(Date("2026-07-14"), "29"));
        Assert.Equal("weekend", plan.ProgramOf(Date("2026-07-17"), "29"));
        Assert.Equal("feast", plan.ProgramOf(Date("2028-07-14"), "29")); // a Friday
    }

    [Fact]
    public void The_holidays_are_those_of_the_place()
    {
        var plan = Plans.Parsed(Plans.Plan("sunset 100") with
        {
            Programs = [Plans.Program("week", "sunset 50"), Plans.Program("feast", "sunset 100")],
            Calendar = [new CalendarEntry("always", "week", 0), new CalendarEntry("holidays", "feast", 10)],
        });

        Assert.Equal("week", plan.ProgramOf(Date("2026-12-26"), "29"));
        Assert.Equal("feast", plan.ProgramOf(Date("2026-12-26"), "67"));
    }

    private static IEnumerable<DateOnly> HolidaysOf(int year, string department) =>
        Enumerable.Range(0, 366).Select(new DateOnly(year, 1, 1).AddDays).Where(date => date.Year == year && PublicHolidays.Contains(date, department));

    private static DateOnly Date(string text) => DateOnly.Parse(text, CultureInfo.InvariantCulture);
}
