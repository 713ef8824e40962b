using Grid.Contracts.Devices;
using Grid.Contracts.Sky;
using Grid.Grains.Devices;
using Grid.Grains.Lighting;
using Grid.Tests.Grains.Devices;
using Grid.Tests.Grains.Lighting;

namespace Grid.Tests.Grains.Streetlights;

/// <summary>What a light point saves against one that burns in full from sunset to sunrise.</summary>
public sealed class SavingTests
{
    private static readonly DateOnly Evening = new(2026, 1, 15);

    // The same sun by another way: the nights of the plans.
    private static readonly LocalNight Night = new(Plans.Brest with { Longitude = Brest().Longitude, Latitude = Brest().Latitude }, Evening);

    private static (double Longitude, double Latitude) Brest() =>
        Grid.Grains.Territory.TerritoryTable.Shared.FindCommune("29019") is { } commune ? (commune.Longitude, commune.Latitude) : throw new InvalidOperationException();

    private static DateTimeOffset At(long instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant);

    private static long MilliwattHours(long milliwatts, long milliseconds) => milliwatts * milliseconds / 3_600_000;

    [Fact]
    public void A_controlled_lamp_saves_what_its_dimming_saves()
    {
        var lamp = TestDevice.Of(DeviceKind.Streetlight, ("ratedWatts", 60));
        var midnight = Plans.At("2026-01-16T00:00+01:00");

        // Every 15 minutes from noon: dark until sunset, in full until 22:00, half power until midnight; the index says so.
        var index = 0.0;
        for (var at = Night.Start; at <= midnight; at += 15 * 60_000)
        {
            lamp.Report(At(at), ("energyWattHours", 1_000 + index), ("dimmingPercent", 0));
            var next = at + (15 * 60_000);
            var lit = Math.Max(0, next - Math.Max(at, Night.Sunset)) / 3_600_000.0;
            index += lit * (at < Plans.At("2026-01-15T22:00+01:00") ? 60 : 30);
        }

        var contribution = lamp.Contribution;
        Assert.Equal(Entries.StartDay + 1, contribution.SavedDay);

        // Two hours at half power; the index of midnight closes the day before it.
        Assert.InRange(contribution.DaySaved, -2, 2);
        Assert.InRange(contribution.PreviousDaySaved, 60_000 - 2, 60_000 + 2);
    }

    [Fact]
    public void A_passive_lamp_that_is_cut_at_night_saves_the_rest_of_the_night()
    {
        var lamp = TestDevice.Of(DeviceKind.Streetlight, ("passive", true), ("cabinet", "A1"), ("segment", 1), ("ratedWatts", 100));
        var eleven = Plans.At("2026-01-15T23:00+01:00");
        var morning = Plans.At("2026-01-16T06:00+01:00");
        foreach (var (at, on) in new[] { (Night.Start, 0), (Night.Sunset, 1), (eleven, 0), (morning, 1), (Night.Sunrise, 0) })
        {
            lamp.Take(Entries.Reading("A1", At(at), At(at), ("segment1On", on)));
        }

        var midnight = Plans.At("2026-01-16T00:00+01:00");
        Assert.Equal(Entries.StartDay + 1, lamp.Contribution.SavedDay);
        Assert.InRange(lamp.Contribution.PreviousDaySaved - MilliwattHours(100_000, midnight - eleven), -2, 2);
        Assert.InRange(lamp.Contribution.DaySaved - MilliwattHours(100_000, morning - midnight), -2, 2);
    }

    [Fact]
    public void A_day_burner_saves_less_than_nothing()
    {
        var lamp = TestDevice.Of(DeviceKind.Streetlight, ("ratedWatts", 60));
        lamp.Report(Entries.Start, ("dimmingPercent", 100), ("powerWatts", 60));

        Assert.Equal(-30_000, lamp.Report(Entries.Start.Minutes(30), ("dimmingPercent", 100), ("powerWatts", 60)).Contribution.DaySaved);
    }

    [Fact]
    public void What_failed_saves_nothing()
    {
        var lamp = TestDevice.Of(DeviceKind.Streetlight, ("ratedWatts", 60));
        var evening = Entries.Start.AddHours(9);
        lamp.Report(evening, ("dimmingPercent", 100), ("powerWatts", 0.2), ("lampFailure", 1));

        Assert.InRange(lamp.Report(evening.Minutes(60), ("dimmingPercent", 100), ("powerWatts", 0.2), ("lampFailure", 1)).Contribution.DaySaved, -200, 0);
    }

    [Fact]
    public void Without_a_rated_power_nobody_knows()
    {
        var lamp = TestDevice.Of(DeviceKind.Streetlight, ("supplyMinimumVolts", 180));
        lamp.Report(Entries.Start, ("powerWatts", 60));

        Assert.Equal(0, lamp.Report(Entries.Start.Minutes(30), ("powerWatts", 60)).Contribution.SavedDay);
    }

    [Theory]
    [InlineData(-4.49, 48.39)]
    [InlineData(55.45, -20.88)]
    [InlineData(-149.57, -17.53)]
    [InlineData(18.96, 69.65)]
    public void The_dark_of_a_span_is_the_sum_of_its_parts_and_that_of_the_sun(double longitude, double latitude)
    {
        var sky = new LocalSky(longitude, latitude);
        var start = Plans.At("2026-01-01T00:00Z");
        for (var day = 0; day < 365; day += 5)
        {
            var from = start + (day * 86_400_000L) + (day * 137_000L);
            var to = from + (30 * 3_600_000L);
            var sum = 0L;
            for (var at = from; at < to; at += 60_000)
            {
                var part = sky.DarkMilliseconds(at, at + 60_000);
                sum += part;
                var elevation = Sun.ElevationDegrees(At(at + 30_000), longitude, latitude);
                if (Math.Abs(elevation - Sun.RiseAndSetDegrees) > 0.3)
                {
                    Assert.Equal(elevation < Sun.RiseAndSetDegrees ? 60_000 : 0, part);
                }
            }

            Assert.Equal(sum, sky.DarkMilliseconds(from, to));
        }
    }
}
