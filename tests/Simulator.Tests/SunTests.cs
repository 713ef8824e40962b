using FsCheck;
using FsCheck.Fluent;
using Grid.Connectors.Simulator.Sky;

namespace Grid.Tests.Simulator;

public sealed class SunTests
{
    // Reda and Andreas, Solar Position Algorithm, NREL/TP-560-34302, appendix A.5: 17 October 2003, 12:30:30 at UTC-7.
    private const double GoldenLongitude = -105.1786;
    private const double GoldenLatitude = 39.742476;

    [Fact]
    public void Elevation_agrees_with_the_published_example_of_the_solar_position_algorithm()
    {
        // Topocentric zenith 50.11162 degrees, of which refraction lifts 0.01364 degrees and parallax lowers 0.0019.
        var elevation = Sun.ElevationDegrees(new DateTimeOffset(2003, 10, 17, 12, 30, 30, TimeSpan.FromHours(-7)), GoldenLongitude, GoldenLatitude);

        Assert.InRange(elevation, 90 - 50.11162 - 0.03, 90 - 50.11162 + 0.01);
    }

    [Fact]
    public void Rise_noon_and_set_agree_with_the_published_example_to_15_seconds()
    {
        var day = new DateOnly(2003, 10, 17);

        AssertNear(At("2003-10-17T06:12:43-07:00"), Sun.Rise(day, GoldenLongitude, GoldenLatitude)!.Value, 15);
        AssertNear(At("2003-10-17T11:46:05-07:00"), Sun.Noon(day, GoldenLongitude), 15);
        // Its sunset is the one within the day in UTC, which by local date is the evening before.
        AssertNear(At("2003-10-16T17:20:19-07:00"), Sun.Set(day.AddDays(-1), GoldenLongitude, GoldenLatitude)!.Value, 15);
    }

    [Fact]
    public void Declination_agrees_with_Meeus_example_25_a()
    {
        // Astronomical Algorithms, 2nd edition, page 165: 13 October 1992, 0 h: apparent declination -7 degrees 47' 06".
        Assert.Equal(-7.785, Sun.PlaceAt(At("1992-10-13T00:00:00Z")).DeclinationDegrees, 0.002);
    }

    [Fact]
    public void Equation_of_time_agrees_with_Meeus_example_28_b()
    {
        // Page 185: 13 October 1992, 0 h: 13 minutes 42.7 seconds by the short formula.
        Assert.Equal(13.71, Sun.PlaceAt(At("1992-10-13T00:00:00Z")).EquationOfTimeMinutes, 0.02);
    }

    // Printed to the minute by timeanddate.com (London), by La Chaîne Météo (Quimper) and by Paysan breton (Landunvez, in June 2018).
    [Theory]
    [InlineData("Quimper", 2025, 4, 15, -4.0975, 47.9960, "07:26", "21:06", 2)]
    [InlineData("London", 2015, 12, 21, -0.1278, 51.5074, "08:04", "15:53", 0)]
    [InlineData("London", 2015, 6, 21, -0.1278, 51.5074, "04:43", "21:21", 1)]
    [InlineData("Landunvez", 2018, 6, 22, -4.7310, 48.5360, null, "22:24", 2)]
    public void Rise_and_set_agree_with_printed_almanacs_to_a_minute(
        string place, int year, int month, int dayOfMonth, double longitude, double latitude, string? rise, string set, int offsetHours)
    {
        var day = new DateOnly(year, month, dayOfMonth);
        var midnight = new DateTimeOffset(year, month, dayOfMonth, 0, 0, 0, TimeSpan.FromHours(offsetHours));

        Assert.NotEmpty(place);
        if (rise is not null) AssertNear(midnight + TimeSpan.Parse(rise, System.Globalization.CultureInfo.InvariantCulture), Sun.Rise(day, longitude, latitude)!.Value, 60);
        AssertNear(midnight + TimeSpan.Parse(set, System.Globalization.CultureInfo.InvariantCulture), Sun.Set(day, longitude, latitude)!.Value, 60);
    }

    [Fact]
    public void Civil_dawn_in_London_agrees_with_the_printed_almanac()
    {
        AssertNear(At("2015-12-01T07:04:30Z"), Sun.Rise(new DateOnly(2015, 12, 1), -0.1278, 51.5074, Sun.CivilTwilightDegrees)!.Value, 60);
    }

    [Fact]
    public void Brest_on_the_solstices_lies_half_an_hour_behind_Paris()
    {
        foreach (var day in (DateOnly[])[new(2026, 6, 21), new(2026, 12, 21)])
        {
            var behind = Sun.Noon(day, -4.48628) - Sun.Noon(day, 2.3488);

            Assert.Equal(4 * (2.3488 + 4.48628), behind.TotalMinutes, 0.05);
        }
    }

    [Fact]
    public void Beyond_the_polar_circle_the_sun_may_not_rise_or_not_set()
    {
        Assert.Null(Sun.Set(new DateOnly(2026, 6, 21), 20, 70));
        Assert.Null(Sun.Rise(new DateOnly(2026, 12, 21), 20, 70));
        Assert.NotNull(Sun.Rise(new DateOnly(2026, 3, 21), 20, 70));
    }

    [Fact]
    public void Where_the_sun_rises_it_stands_at_that_elevation()
    {
        var cases = Gen.Choose(0, 20_000).SelectMany(day => Gen.Choose(-1_800, 1_800).SelectMany(longitude => Gen.Choose(-600, 600).Select(latitude => (day, longitude / 10.0, latitude / 10.0))));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var (offset, longitude, latitude) = test;
            var day = new DateOnly(2000, 1, 1).AddDays(offset);
            var (rise, noon, set) = (Sun.Rise(day, longitude, latitude)!.Value, Sun.Noon(day, longitude), Sun.Set(day, longitude, latitude)!.Value);
            return rise < noon && noon < set
                && Math.Abs(Sun.ElevationDegrees(rise, longitude, latitude) - Sun.RiseAndSetDegrees) < 0.01
                && Math.Abs(Sun.ElevationDegrees(set, longitude, latitude) - Sun.RiseAndSetDegrees) < 0.01;
        }));
    }

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);

    private static void AssertNear(DateTimeOffset expected, DateTimeOffset actual, double seconds) =>
        Assert.True(Math.Abs((actual - expected).TotalSeconds) <= seconds, $"expected {expected:u}, but was {actual:u}");
}
