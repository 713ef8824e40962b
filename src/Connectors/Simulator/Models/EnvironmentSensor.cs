using System.Collections.Immutable;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A sensor of one thing outdoors, under the weather and the floods of its commune. Some stick at what they measured or drift away from it for weeks; each now and then sends a value that is
/// nothing but wrong.
/// </summary>
internal sealed class EnvironmentSensor(string id, ulong key, Site site, string sensor) : SimulatedDevice(id, key, site)
{
    private const double DriftsPerYear = 0.06;
    private const double SpikeShare = 1.0 / 3_000;

    /// <summary>What sensors there are: values of the attribute <c>sensor</c>.</summary>
    public static readonly string[] Sorts = ["river", "rain", "air", "noise", "soil"];

    public override bool RunsOnBattery => true;

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var value = Sensed(now) + SpikeAt(now);
        var measured = sensor switch
        {
            "river" => Metric("levelMillimetres", Math.Round(value)),
            "air" => Metric("pm25MicrogramsPerCubicMetre", Math.Round(value, 1)),
            "noise" => Metric("noiseDecibels", Math.Round(value, 1)),
            "soil" => Metric("soilMoisturePercent", Math.Round(Math.Clamp(value, 0, 100), 1)),
            _ => Metric("rainMillimetresPerHour", Math.Round(value, 1)),
        };
        return [measured, Metric("batteryPercent", BatteryPercent(now))];
    }

    public override IEnumerable<PlantedFault> FaultsIn(int year)
    {
        if (Drift(year) is var (from, until, size))
        {
            yield return new PlantedFault(Id, PlantedFaultKind.SensorDrift, SimulatedTime.InstantAt(from), SimulatedTime.InstantAt(until), size);
        }

        if (sensor != "river") yield break;
        foreach (var flood in Site.Floods.Between(Site.Commune.Longitude, Site.Commune.Latitude, year * SimulatedTime.Year, (year + 1) * SimulatedTime.Year))
        {
            yield return new PlantedFault(
                Id, PlantedFaultKind.Flood, SimulatedTime.InstantAt(flood.RiseFrom), SimulatedTime.InstantAt(flood.Crest), flood.CrestMillimetres);
        }
    }

    /// <summary>What it says it measures, when it is not plainly wrong.</summary>
    private double Sensed(double now)
    {
        if (Drift(YearOf(now)) is not var (from, until, size) || now < from || now >= until) return True(now);
        return size == 0 ? True(from) : True(now) + (size * (now - from) / (until - from));
    }

    private double True(double now)
    {
        var (longitude, latitude) = (Site.Commune.Longitude, Site.Commune.Latitude);
        return sensor switch
        {
            "river" => Site.Weather.RiverLevelMillimetres(longitude, latitude, now) + Site.Floods.LevelMillimetres(longitude, latitude, now),
            "air" => FineDust(now),
            "noise" => Noise(now),
            "soil" => SoilMoisture(now),
            _ => RainMillimetresPerHour(now),
        };
    }

    private double RainMillimetresPerHour(double now) =>
        Site.Weather.RainMillimetresPerHour(Site.Commune.Longitude, Site.Commune.Latitude, now) + Site.Floods.RainMillimetresPerHour(Site.Commune.Longitude, Site.Commune.Latitude, now);

    // Stoves in the cold, traffic by day, and rain washes it out.
    private double FineDust(double now)
    {
        var cold = Math.Max(0, 14 - Site.OutdoorCelsius(now));
        return (6 + cold + (4 * (1 + Seeded.Smooth(Key, now / SimulatedTime.Day)))) / (1 + (0.3 * RainMillimetresPerHour(now)));
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

    // An echo from a branch, a lorry that idles, a loose wire: in one report and gone.
    private double SpikeAt(double now)
    {
        var minute = (long)(now / 60);
        if (Seeded.Unit(Key ^ 0x5b1c, minute) >= SpikeShare) return 0;
        var size = Seeded.Between(Key ^ 0x5b1d, minute, 0.3, 1);
        return sensor switch
        {
            "river" => 1_500 * size,
            "air" => 200 * size,
            "soil" => 60 * size,
            _ => 0,
        };
    }

    /// <summary>How far it is off at the end; 0 for one that sticks. Rain and rivers are left alone: there is no telling them from the weather.</summary>
    private (double From, double Until, double Size)? Drift(int year)
    {
        if (sensor is "rain" or "river" || DrawFault(year, DriftsPerYear, 15, 60, PlantedFaultKind.SensorDrift) is not var (from, until)) return null;
        if (Seeded.Unit(Key ^ 0xd41f, year) < 0.3) return (from, until, 0);
        var size = sensor switch
        {
            "air" => Seeded.Between(Key ^ 0xd420, year, 60, 150),
            "noise" => Seeded.Between(Key ^ 0xd420, year, 25, 50),
            _ => Seeded.Between(Key ^ 0xd420, year, 30, 60),
        };
        return (from, until, Math.Round(size, 1));
    }
}
