using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Sky;

namespace Grid.Tests.Grains.Lighting;

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

    // Printed to the minute by timeanddate.com (London), by La Chaîne Météo (Quimper), by Paysan breton (Landunvez, in June 2018), by the U.S. Naval
    // Observatory (Tromso, for 19.0 E 69.5 N in UTC+1) and by ephemeride.com in Centre Presse Aveyron of 28 October 2023 (Paris, Toulouse, Rodez).
    [Theory]
    [InlineData("Quimper", 2025, 4, 15, -4.0975, 47.9960, "07:26", "21:06", 2)]
    [InlineData("London", 2015, 12, 21, -0.1278, 51.5074, "08:04", "15:53", 0)]
    [InlineData("London", 2015, 6, 21, -0.1278, 51.5074, "04:43", "21:21", 1)]
    [InlineData("Landunvez", 2018, 6, 22, -4.7310, 48.5360, null, "22:24", 2)]
    [InlineData("Tromso", 2014, 4, 1, 19.0, 69.5, "04:50", "18:49", 1)]
    [InlineData("Tromso", 2014, 4, 30, 19.0, 69.5, "02:29", "20:58", 1)]
    [InlineData("Paris", 2023, 10, 29, 2.3488, 48.8534, null, "17:36", 1)]
    [InlineData("Paris", 2023, 11, 3, 2.3488, 48.8534, null, "17:27", 1)]
    [InlineData("Toulouse", 2023, 10, 29, 1.4437, 43.6043, null, "17:50", 1)]
    [InlineData("Toulouse", 2023, 11, 3, 1.4437, 43.6043, null, "17:42", 1)]
    [InlineData("Rodez", 2023, 11, 1, 2.5734, 44.3526, null, "17:39", 1)]
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

    // The U.S. Naval Observatory for 1 April 2014, 19.0 E 69.5 N, in UTC+1; on 30 April it prints no twilight: the night stays white.
    [Fact]
    public void Civil_twilight_in_Tromso_agrees_with_the_printed_almanac()
    {
        AssertNear(At("2014-04-01T03:46:00+01:00"), Sun.Rise(new DateOnly(2014, 4, 1), 19.0, 69.5, Sun.CivilTwilightDegrees)!.Value, 60);
        AssertNear(At("2014-04-01T19:53:00+01:00"), Sun.Set(new DateOnly(2014, 4, 1), 19.0, 69.5, Sun.CivilTwilightDegrees)!.Value, 60);
        Assert.Null(Sun.Set(new DateOnly(2014, 4, 30), 19.0, 69.5, Sun.CivilTwilightDegrees));
    }

    // The same almanac: after it has risen on 18 May at 00:13, it sets again 69 days later.
    [Fact]
    public void The_midnight_sun_of_Tromso_lasts_as_long_as_printed()
    {
        var sets = Enumerable.Range(0, 366).Select(new DateOnly(2014, 1, 1).AddDays).Where(day => Sun.Set(day, 19.0, 69.5) is not null).ToHashSet();

        Assert.Contains(new DateOnly(2014, 5, 17), sets);
        Assert.DoesNotContain(new DateOnly(2014, 5, 18), sets);
        Assert.DoesNotContain(new DateOnly(2014, 7, 24), sets);
        Assert.Contains(new DateOnly(2014, 7, 25), sets);
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
