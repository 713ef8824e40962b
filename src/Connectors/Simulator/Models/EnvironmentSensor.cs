using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Models;

/// <summary>A sensor of one thing outdoors, under the weather of its commune.</summary>
internal sealed class EnvironmentSensor(string id, ulong key, Site site, string sensor) : SimulatedDevice(id, key, site)
{
    /// <summary>What sensors there are: values of the attribute <c>sensor</c>.</summary>
    public static readonly string[] Sorts = ["river", "rain", "air", "noise", "soil"];

    public override bool RunsOnBattery => true;

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var (longitude, latitude) = (Site.Commune.Longitude, Site.Commune.Latitude);
        var measured = sensor switch
        {
            "river" => Metric("levelMillimetres", Math.Round(Site.Weather.RiverLevelMillimetres(longitude, latitude, now))),
            "air" => Metric("pm25MicrogramsPerCubicMetre", Math.Round(FineDust(now), 1)),
            "noise" => Metric("noiseDecibels", Math.Round(Noise(now), 1)),
            "soil" => Metric("soilMoisturePercent", Math.Round(SoilMoisture(now), 1)),
            _ => Metric("rainMillimetresPerHour", Math.Round(Site.Weather.RainMillimetresPerHour(longitude, latitude, now), 1)),
        };
        return [measured, Metric("batteryPercent", BatteryPercent(now))];
    }

    // Stoves in the cold, traffic by day, and rain washes it out.
    private double FineDust(double now)
    {
        var cold = Math.Max(0, 14 - Site.OutdoorCelsius(now));
        var rain = Site.Weather.RainMillimetresPerHour(Site.Commune.Longitude, Site.Commune.Latitude, now);
        return (6 + cold + (4 * (1 + Seeded.Smooth(Key, now / SimulatedTime.Day)))) / (1 + (0.3 * rain));
    }

    private double Noise(double now)
    {
        var hour = Site.Clock.Local(now) % SimulatedTime.Day / SimulatedTime.Hour;
        var bustle = Math.Max(0, Math.Sin((hour - 6) / 16 * Math.PI)); // from 06:00 to 22:00
        return 36 + (22 * bustle) + (6 * Seeded.Unit(Key, (long)(now / 60)));
    }

    private double SoilMoisture(double now)
    {
        var wet = Site.Weather.RiverLevelMillimetres(Site.Commune.Longitude, Site.Commune.Latitude, now);
        return Math.Clamp(12 + (wet / 40), 5, 60);
    }
}
