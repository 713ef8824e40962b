using System.Globalization;
using Grid.Client.History;
using Grid.Contracts.Storage;
using Grid.Tests.Gateway.Fakes;

namespace Grid.Tests.Gateway.History;

public sealed class HistoryStepTests
{
    [Theory]
    [InlineData("PT15M", "2026-11-22T10:07:30Z", "2026-11-22T10:00:00Z", "2026-11-22T10:15:00Z")]
    [InlineData("PT1M", "2026-11-22T10:07:30Z", "2026-11-22T10:07:00Z", "2026-11-22T10:08:00Z")]
    [InlineData("PT6H", "2026-11-22T11:00:00Z", "2026-11-22T06:00:00Z", "2026-11-22T12:00:00Z")]
    [InlineData("PT24H", "2026-11-22T23:30:00Z", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData("P1D", "2026-11-22T23:30:00Z", "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z")]
    [InlineData("P2D", "2026-11-23T23:30:00Z", "2026-11-23T23:00:00Z", "2026-11-25T23:00:00Z")]

    // The day on which summer time begins has 23 hours, the one on which it ends has 25.
    [InlineData("P1D", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData("P1D", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]

    // 2026-11-22 is a Sunday: its week began on Monday the 16th.
    [InlineData("P1W", "2026-11-22T12:00:00Z", "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z")]
    [InlineData("P1M", "2026-03-31T21:59:59Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")]
    [InlineData("P3M", "2026-11-22T12:00:00Z", "2026-10-31T23:00:00Z", "2027-01-31T23:00:00Z")]
    [InlineData("P1Y", "2026-11-22T12:00:00Z", "2026-10-31T23:00:00Z", "2027-10-31T23:00:00Z")]
    public void A_step_begins_and_ends_where_its_calendar_says(string step, string instant, string start, string end) =>
        Assert.Equal((At(start), At(end)), ClockOf(step, instant, "Europe/Paris").Of(At(instant)));

    [Theory]
    [InlineData("Pacific/Wallis", "2026-11-22T12:30:00Z", "2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z")]
    [InlineData("Pacific/Marquesas", "2026-11-22T12:30:00Z", "2026-11-22T09:30:00Z", "2026-11-23T09:30:00Z")]
    public void Days_are_those_of_the_zone_however_far_it_is(string zone, string instant, string start, string end) =>
        Assert.Equal((At(start), At(end)), ClockOf("P1D", instant, zone).Of(At(instant)));

    [Fact]
    public void Days_are_counted_from_that_of_the_range()
    {
        var clock = ClockOf("P3D", "2026-11-20T12:00:00Z", "Europe/Paris");
        Assert.Equal((At("2026-11-19T23:00:00Z"), At("2026-11-22T23:00:00Z")), clock.Of(At("2026-11-22T12:00:00Z")));
        Assert.Equal((At("2026-11-22T23:00:00Z"), At("2026-11-25T23:00:00Z")), clock.Of(At("2026-11-22T23:00:00Z")));
        Assert.Equal((At("2026-11-16T23:00:00Z"), At("2026-11-19T23:00:00Z")), clock.Of(At("2026-11-19T22:59:59Z")));
    }

    [Theory]
    [InlineData("PT15M", HistoryResolution.QuarterHour)]
    [InlineData("PT1H", HistoryResolution.QuarterHour)]
    [InlineData("P1DT1H", HistoryResolution.QuarterHour)]
    [InlineData("PT10M", HistoryResolution.Raw)]
    [InlineData("PT1S", HistoryResolution.Raw)]
    [InlineData("P1D", HistoryResolution.Day)]
    [InlineData("P1W", HistoryResolution.Day)]
    [InlineData("P1Y", HistoryResolution.Day)]
    public void A_step_is_made_of_the_coarsest_roll_ups_that_fit_into_it(string step, HistoryResolution resolution) =>
        Assert.Equal(resolution, HistoryStep.Parse(step)!.Resolution);

    [Theory]
    [InlineData("")]
    [InlineData("15M")]
    [InlineData("PT")]
    [InlineData("PT0S")]
    [InlineData("-PT1H")]
    [InlineData("PT0.5S")]
    [InlineData("P0D")]
    [InlineData("P367D")]
    [InlineData("P11Y")]
    [InlineData("P1M1D")]
    [InlineData("P1.5D")]
    [InlineData("P+1D")]
    [InlineData("P99999D")]
    public void What_is_no_step_is_refused(string text) => Assert.Null(HistoryStep.Parse(text));

    private static StepClock ClockOf(string step, string from, string zone) => HistoryStep.Parse(step)!.ClockFrom(At(from), zone, new FakeSubjects());

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
