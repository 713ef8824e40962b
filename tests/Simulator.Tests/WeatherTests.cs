using Grid.Connectors.Simulator.Sky;

namespace Grid.Tests.Simulator;

public sealed class WeatherTests
{
    private const double BrestLongitude = -4.48628;
    private const double BrestLatitude = 48.39029;
    private static readonly DateTimeOffset January = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Weather Finistere = new(1, -4.1, 48.3);

    [Fact]
    public void The_same_seed_gives_the_same_weather_and_another_one_does_not()
    {
        var (same, other) = (new Weather(1, -4.1, 48.3), new Weather(2, -4.1, 48.3));
        var hours = Enumerable.Range(0, 1_000).Select(hour => January.AddHours(hour)).ToArray();

        Assert.All(hours, hour => Assert.Equal(Temperature(Finistere, hour), Temperature(same, hour)));
        Assert.Contains(hours, hour => Math.Abs(Temperature(Finistere, hour) - Temperature(other, hour)) > 1);
    }

    [Fact]
    public void Brest_is_mild_all_year_warmer_in_July_and_in_the_afternoon()
    {
        var year = Enumerable.Range(0, 8_760).Select(hour => (Hour: January.AddHours(hour), Celsius: Temperature(Finistere, January.AddHours(hour)))).ToArray();

        Assert.InRange(year.Average(sample => sample.Celsius), 9.5, 13.5);
        Assert.All(year, sample => Assert.InRange(sample.Celsius, -8, 33));
        var july = year.Where(sample => sample.Hour.Month == 7).Average(sample => sample.Celsius);
        Assert.InRange(july - year.Where(sample => sample.Hour.Month == 1).Average(sample => sample.Celsius), 8, 15);
        Assert.True(year.Where(sample => sample.Hour.Hour == 15).Average(sample => sample.Celsius) > year.Where(sample => sample.Hour.Hour == 4).Average(sample => sample.Celsius) + 4);
    }

    [Fact]
    public void South_of_the_equator_January_is_the_warm_season()
    {
        var reunion = new Weather(1, 55.5, -21.1);

        Assert.True(reunion.OutdoorCelsius(55.5, -21.1, January.AddDays(25).AddHours(11)) > reunion.OutdoorCelsius(55.5, -21.1, January.AddDays(205).AddHours(11)));
    }

    [Fact]
    public void It_rains_some_of_the_time_and_about_a_metre_a_year()
    {
        var rain = Enumerable.Range(0, 8_760 * 4).Select(quarter => Finistere.RainMillimetresPerHour(BrestLongitude, BrestLatitude, January.AddMinutes(15 * quarter))).ToArray();

        Assert.InRange(rain.Count(value => value > 0.1) / (double)rain.Length, 0.05, 0.3);
        Assert.InRange(rain.Sum() / 4, 500, 2_000);
        Assert.All(rain, value => Assert.InRange(value, 0, 40));
    }

    [Fact]
    public void Fronts_come_from_the_west()
    {
        // The rain at Brest, moved in time, resembles the rain 75 km east most when Brest has it about two hours earlier.
        var quarters = Enumerable.Range(0, 8_760 * 4).ToArray();
        double Alike(int leadQuarters) => quarters.Sum(quarter =>
            Finistere.RainMillimetresPerHour(BrestLongitude, 48.3, January.AddMinutes(15 * quarter))
            * Finistere.RainMillimetresPerHour(BrestLongitude + 1, 48.3, January.AddMinutes(15 * (quarter + leadQuarters))));

        Assert.True(Alike(7) > Alike(0));
        Assert.True(Alike(0) > Alike(-7));
    }

    [Fact]
    public void A_river_rises_after_the_rain_and_not_with_it()
    {
        var hours = Enumerable.Range(200, 4_000).ToArray();
        double Alike(int delayHours) => hours.Sum(hour =>
            Finistere.RainMillimetresPerHour(BrestLongitude, BrestLatitude, January.AddHours(hour))
            * Finistere.RiverLevelMillimetres(BrestLongitude, BrestLatitude, January.AddHours(hour + delayHours)));

        Assert.True(Alike(9) > Alike(0) * 1.02, $"{Alike(9)} after nine hours, {Alike(0)} at once");
        Assert.True(Alike(9) > Alike(60) * 1.02, $"{Alike(9)} after nine hours, {Alike(60)} after sixty");
    }

    private static double Temperature(Weather weather, DateTimeOffset at) => weather.OutdoorCelsius(BrestLongitude, BrestLatitude, at);
}
