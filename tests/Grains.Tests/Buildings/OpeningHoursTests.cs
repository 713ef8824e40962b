using Grid.Contracts.Devices;
using Grid.Grains.Buildings;
using Grid.Grains.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Buildings;

/// <summary>When a building is meant to be occupied.</summary>
public sealed class OpeningHoursTests
{
    private static readonly LocalCalendar Paris = new("Europe/Paris");

    [Theory]
    [InlineData("Mo-Fr 08:00-18:00; Sa 09:00-12:00", "Mo", "480-1080")]
    [InlineData("Mo-Fr 08:00-18:00; Sa 09:00-12:00", "Sa", "540-720")]
    [InlineData("Mo-Fr 08:00-18:00; Sa 09:00-12:00", "Su", "")]
    [InlineData("Mo-Fr 08:00-18:00; We off", "We", "")]
    [InlineData("Mo-Fr 08:00-18:00; We 08:00-12:30", "We", "480-750")]
    [InlineData("Mo,Th 08:30-12:00,13:30-17:00", "Th", "510-720 810-1020")]
    [InlineData("Mo , Th 08:30-12:00 , 13:30-17:00 ;", "Th", "510-720 810-1020")]
    [InlineData("Sa-Mo 10:00-24:00", "Su", "600-1440")]
    [InlineData("Sa-Mo 10:00-24:00", "Tu", "")]
    [InlineData("Fr 22:00-02:00", "Fr", "1320-1560")]
    [InlineData("09:00-17:00; PH off", "Su", "540-1020")]
    [InlineData("24/7", "Su", "0-1440")]
    [InlineData("24/7", "PH", "0-1440")]
    [InlineData("Mo-Su 08:00-18:00", "PH", "")]
    [InlineData("Mo-Su,PH 08:00-18:00", "PH", "480-1080")]
    [InlineData("Mo-Fr 08:00-18:00; SH 10:00-16:00", "SH", "600-960")]
    [InlineData("Mo-Fr 08:00-18:00", "SH", "")]
    public void Opening_hours_are_those_of_the_last_rule_for_a_day(string text, string day, string expected)
    {
        var hours = OpeningHours.Parse(text, out var reason);

        Assert.Null(reason);
        var weekday = Array.IndexOf(["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"], day);
        var times = hours!.Of(weekday < 0 ? DayOfWeek.Monday : (DayOfWeek)weekday, day == "PH", day == "SH");
        Assert.Equal(expected, string.Join(' ', times.ToArray().Select(time => $"{time.From}-{time.To}")));
    }

    [Theory]
    [InlineData("", "expected a day such as Mo, a time such as 08:00, off or 24/7 at the end")]
    [InlineData("lundi 08:00-18:00", "expected a day such as Mo, a time such as 08:00, off or 24/7 at character 1 (\"lundi 08:00-\")")]
    [InlineData("Mo-Fr 8h-18h", "expected a time from 00:00 to 23:59 such as 08:00, or off at character 7 (\"8h-18h\")")]
    [InlineData("Mo-Fr", "expected a time from 00:00 to 23:59 such as 08:00, or off at the end")]
    [InlineData("Mo- 08:00-18:00", "expected a last weekday of a range, such as Fr at character 5 (\"08:00-18:00\")")]
    [InlineData("Mo-PH 08:00-18:00", "expected a last weekday of a range, such as Fr")]
    [InlineData("Mo 08:00", "expected - and the time of closing at the end")]
    [InlineData("Mo 08:00-25:00", "expected a time of closing to 24:00, other than that of opening at character 10 (\"25:00\")")]
    [InlineData("Mo 08:00-08:00", "expected a time of closing to 24:00, other than that of opening")]
    [InlineData("Mo 24:00-02:00", "expected a time from 00:00 to 23:59")]
    [InlineData("Mo 08:60-09:00", "expected a time from 00:00 to 23:59")]
    [InlineData("Mo 08:00-18:00 Tu off", "expected ; and another rule, or the end at character 16 (\"Tu off\")")]
    [InlineData("Mo 01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00,09:00-10:00,11:00-12:00,13:00-14:00,15:00-16:00,17:00-18:00", "expected at most 8 times of a day")]
    public void What_is_none_is_refused_with_what_was_expected_and_where(string text, string reason)
    {
        Assert.Null(OpeningHours.Parse(text, out var found));
        Assert.StartsWith("must be opening hours such as \"Mo-Fr 08:00-18:00; Sa 09:00-12:00\": ", found, StringComparison.Ordinal);
        Assert.Contains(reason, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-10-17/2026-11-01; 2026-12-19/2027-01-03", null)]
    [InlineData("2026-05-15", null)]
    [InlineData("", "expected at least one date")]
    [InlineData("17/10/2026", "expected a date such as 2026-10-17")]
    [InlineData("2026-11-01/2026-10-17", "expected the last day not before the first at \"2026-11-01/2026-10-17\"")]
    public void School_holidays_are_dates(string text, string? reason)
    {
        Assert.Equal(reason is null, DateRanges.Parse(text, out var found) is not null);
        Assert.Contains(reason ?? "", found ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("occupancy", "8 to 6", "must be opening hours such as")]
    [InlineData("occupancy", 8, "must be a text")]
    [InlineData("schoolHolidays", "summer", "must be dates such as")]
    [InlineData("signatureFrom", "yesterday", "must be a date such as 2027-01-15")]
    [InlineData("signatureEnergy", "wood", "must be one of heat, electricity, total")]
    [InlineData("referenceYear", 2009, "must be a whole number from 2010 to 2100")]
    public void A_registration_with_a_bad_one_is_refused_by_name(string name, object value, string reason)
    {
        var error = Assert.Single(DescriptorRules.Check(Entries.Descriptor("B1", DeviceKind.Building, (name, value))));

        Assert.Equal($"attributes.{name}", error.Field);
        Assert.StartsWith(reason, error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-10T10:00+01:00", true)] // a Tuesday
    [InlineData("2026-11-10T07:59+01:00", false)]
    [InlineData("2026-11-10T08:00+01:00", true)]
    [InlineData("2026-11-10T18:00+01:00", false)]
    [InlineData("2026-11-15T10:00+01:00", false)] // a Sunday
    [InlineData("2026-11-11T10:00+01:00", false)] // Armistice
    [InlineData("2026-10-20T10:00+02:00", false)] // school holidays
    [InlineData("2026-07-10T23:00+02:00", true)] // a Friday, open to two in the morning
    [InlineData("2026-07-11T01:59+02:00", true)]
    [InlineData("2026-07-11T02:00+02:00", false)]
    public void It_is_open_by_the_local_clock_and_not_on_holidays(string at, bool isOpen)
    {
        var calendar = new OccupancyCalendar { Text = "Mo-Th 08:00-18:00; Fr 20:00-02:00", SchoolHolidays = "2026-10-17/2026-11-01", Department = "29" };
        var instant = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

        Assert.Equal(isOpen, calendar.IsOpenBetween(instant, instant + 1, Paris));
    }

    [Theory]
    [InlineData("2026-03-29", "Su 02:00-04:00", 1)] // the clock goes forward
    [InlineData("2026-10-25", "Su 02:00-04:00", 3)] // the clock goes back
    [InlineData("2026-03-29", "24/7", 23)]
    [InlineData("2026-10-25", "24/7", 25)]
    [InlineData("2026-10-25", "Su 01:00-02:30", 1.5)] // to the first of two half past two
    [InlineData("2026-11-08", "Su 02:00-04:00", 2)]
    public void A_day_of_23_or_25_hours_is_open_as_long_as_its_clock_says(string date, string text, double hours)
    {
        var calendar = new OccupancyCalendar { Text = text, Department = "29" };
        var day = DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        var (start, end) = (Paris.InstantOf(day, 0), Paris.InstantOf(day, 1_440));
        const long Step = 300_000;

        Assert.Equal(hours, Enumerable.Range(0, (int)((end - start) / Step)).Count(step => calendar.IsOpenBetween(start + (step * Step), start + (step * Step) + 1, Paris)) / 12.0);
    }

    [Fact]
    public void Two_calendars_in_the_same_words_are_one()
    {
        var calendar = new OccupancyCalendar { Text = "Mo off", Department = "29" };

        Assert.Equal(calendar, new OccupancyCalendar { Text = "Mo off", Department = "29" });
        Assert.NotEqual(calendar, new OccupancyCalendar { Text = "Mo off", Department = "57" });
        Assert.NotEqual(calendar, new OccupancyCalendar { Text = "Tu off", Department = "29" });
    }
}
