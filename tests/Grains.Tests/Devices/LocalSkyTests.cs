using Grid.Contracts.Sky;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

public sealed class LocalSkyTests
{
    [Theory]
    [InlineData(-4.49, 48.39)]
    [InlineData(55.45, -20.88)]
    [InlineData(-149.57, -17.53)]
    [InlineData(179.9, 10)]
    [InlineData(18.96, 69.65)]
    public void It_is_bright_when_the_sun_stands_high_enough(double longitude, double latitude)
    {
        var sky = new LocalSky(longitude, latitude);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var step = 0; step < 366 * 24 * 4; step += 7)
        {
            var instant = start.AddMinutes(15 * step);
            var elevation = Sun.ElevationDegrees(instant, longitude, latitude);
            if (Math.Abs(elevation - LocalSky.BrightDegrees) > 0.05)
            {
                Assert.Equal(elevation > LocalSky.BrightDegrees, sky.IsBright(instant.ToUnixTimeMilliseconds()));
            }
        }
    }
}
