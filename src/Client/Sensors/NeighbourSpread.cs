using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Client.Sensors;

/// <summary>What an environment sensor shows of one metric.</summary>
/// <param name="Device">Its key.</param>
/// <param name="Position">Where it stands; null when nobody said.</param>
/// <param name="River">The river that it measures, as it was registered; null for none.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Value">The newest value.</param>
/// <param name="At">When that was observed.</param>
/// <param name="LocalLevel">Its local level, 0 to 3; null without thresholds.</param>
/// <param name="IsRising">True while it rises fast.</param>
/// <param name="IsOfPlace">True for a sensor of the place that is asked about; the others are only neighbours.</param>
public sealed record SensorValue(
    string Device, GeoPoint? Position, string? River, string Metric, double Value, DateTimeOffset At, int? LocalLevel, bool IsRising, bool IsOfPlace);

/// <summary>A sensor whose value lies far from those of its neighbours.</summary>
/// <param name="Device">Its key.</param>
/// <param name="Value">What it shows.</param>
/// <param name="Neighbours">How many neighbours it has.</param>
/// <param name="Median">The median of theirs.</param>
/// <param name="Deviation">Their median absolute deviation from that, at least what is taken for noise of the metric.</param>
/// <param name="Score">Modified z-score: 0.6745 x (value - median) / deviation.</param>
public sealed record FarOffSensor(string Device, double Value, int Neighbours, double Median, double Deviation, double Score);

/// <summary>A sensor that rises fast, and how many of its neighbours do.</summary>
/// <param name="Device">Its key.</param>
/// <param name="Neighbours">How many neighbours it has.</param>
/// <param name="Rising">Keys of those that rise too.</param>
public sealed record RisingSensor(string Device, int Neighbours, ImmutableArray<string> Rising);

/// <summary>The sensors of one metric in a place.</summary>
public sealed record MetricSpread
{
    /// <summary>The metric.</summary>
    public required string Metric { get; init; }

    /// <summary>Sensors whose value is fresh.</summary>
    public required int Sensors { get; init; }

    /// <summary>Sensors whose value is too old to count.</summary>
    public required int Stale { get; init; }

    /// <summary>Median of the fresh values; null without any.</summary>
    public required double? Median { get; init; }

    /// <summary>Their median absolute deviation from it; null without any.</summary>
    public required double? Deviation { get; init; }

    /// <summary>The sensor that shows most, and what; null without any.</summary>
    public required (string Device, double Value)? Highest { get; init; }

    /// <summary>How many are at local level 0, 1, 2 and 3; those without thresholds are at none.</summary>
    public required ImmutableArray<int> ByLocalLevel { get; init; }

    /// <summary>Those far off their neighbours, the farthest first.</summary>
    public required ImmutableArray<FarOffSensor> FarOff { get; init; }

    /// <summary>Those that rise fast, by key.</summary>
    public required ImmutableArray<RisingSensor> Rising { get; init; }
}

/// <summary>
/// What sensors show beside their neighbours: those of the same metric within a radius, or on the same river. Pure. A value is far off when its modified z-score against its neighbours is above
/// 3.5 (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993), with three neighbours at least. Levels of water are compared along one river only: elsewhere every gauge has a zero of
/// its own.
/// </summary>
public static class NeighbourSpread
{
    /// <summary>Neighbours that are needed to say that a value is far off.</summary>
    public const int LeastNeighbours = 3;

    private const string Level = "levelMillimetres";
    private const double FarOffScore = 3.5;
    private const double NormalShare = 0.6745; // a median absolute deviation of a normal distribution, in standard deviations
    private const double EarthKilometres = 6_371;

    /// <summary>The metrics that are looked at, each with the deviation below which neighbours differ by nothing but noise.</summary>
    public static ImmutableArray<(string Metric, double Noise)> Metrics { get; } =
    [
        (Level, 50), ("noiseDecibels", 4), ("pm25MicrogramsPerCubicMetre", 4), ("rainMillimetresPerHour", 2), ("soilMoisturePercent", 4),
    ];

    /// <summary>The metrics of a place that any of its sensors shows, by name.</summary>
    /// <param name="values">What the sensors of the place and their neighbours show, each sensor and metric once.</param>
    /// <param name="now">When it is asked.</param>
    /// <param name="radiusKilometres">How far off a neighbour may be.</param>
    /// <param name="stale">A value older than this does not count.</param>
    public static ImmutableArray<MetricSpread> Of(IReadOnlyCollection<SensorValue> values, DateTimeOffset now, double radiusKilometres, TimeSpan stale) =>
    [
        .. Metrics.Select(metric => Of(metric.Metric, metric.Noise, [.. values.Where(value => value.Metric == metric.Metric)], now - stale, radiusKilometres)).OfType<MetricSpread>(),
    ];

    /// <summary>Great-circle distance (haversine).</summary>
    public static double Kilometres(GeoPoint from, GeoPoint to)
    {
        const double Radians = Math.PI / 180;
        var north = Math.Sin((to.Latitude - from.Latitude) * Radians / 2);
        var east = Math.Sin((to.Longitude - from.Longitude) * Radians / 2);
        var half = (north * north) + (Math.Cos(from.Latitude * Radians) * Math.Cos(to.Latitude * Radians) * east * east);
        return 2 * EarthKilometres * Math.Asin(Math.Min(1, Math.Sqrt(half)));
    }

    private static MetricSpread? Of(string metric, double noise, SensorValue[] values, DateTimeOffset oldest, double radiusKilometres)
    {
        var own = values.Count(value => value.IsOfPlace);
        if (own == 0)
        {
            return null;
        }

        SensorValue[] fresh = [.. values.Where(value => value.At >= oldest).OrderBy(value => value.Device, StringComparer.Ordinal)];
        SensorValue[] here = [.. fresh.Where(value => value.IsOfPlace)];
        var median = here.Length == 0 ? default(double?) : Median(here.Select(value => value.Value));
        var highest = here.MaxBy(value => value.Value);
        return new MetricSpread
        {
            Metric = metric,
            Sensors = here.Length,
            Stale = own - here.Length,
            Median = median,
            Deviation = median is { } middle ? Median(here.Select(value => Math.Abs(value.Value - middle))) : null,
            Highest = highest is null ? null : (highest.Device, highest.Value),
            ByLocalLevel = [.. Enumerable.Range(0, 4).Select(level => here.Count(value => value.LocalLevel == level))],
            FarOff =
            [
                .. here.Select(value => Judge(value, noise, fresh, radiusKilometres)).OfType<FarOffSensor>()
                    .OrderByDescending(sensor => Math.Abs(sensor.Score)).ThenBy(sensor => sensor.Device, StringComparer.Ordinal),
            ],
            Rising = [.. here.Where(value => value.IsRising).Select(value => Rise(value, fresh, radiusKilometres))],
        };
    }

    private static FarOffSensor? Judge(SensorValue sensor, double noise, SensorValue[] fresh, double radiusKilometres)
    {
        double[] others = [.. fresh.Where(other => sensor.Metric == Level ? IsOnSameRiver(sensor, other) : IsNeighbour(sensor, other, radiusKilometres)).Select(other => other.Value)];
        if (others.Length < LeastNeighbours)
        {
            return null;
        }

        var median = Median(others);
        var deviation = Math.Max(noise, Median(others.Select(value => Math.Abs(value - median))));
        var score = NormalShare * (sensor.Value - median) / deviation;
        return Math.Abs(score) > FarOffScore ? new FarOffSensor(sensor.Device, sensor.Value, others.Length, median, deviation, score) : null;
    }

    private static RisingSensor Rise(SensorValue sensor, SensorValue[] fresh, double radiusKilometres)
    {
        SensorValue[] neighbours = [.. fresh.Where(other => IsNeighbour(sensor, other, radiusKilometres))];
        return new RisingSensor(sensor.Device, neighbours.Length, [.. neighbours.Where(other => other.IsRising).Select(other => other.Device)]);
    }

    private static bool IsNeighbour(SensorValue sensor, SensorValue other, double radiusKilometres) =>
        other.Device != sensor.Device
        && (IsOnSameRiver(sensor, other) || (sensor.Position is { } here && other.Position is { } there && Kilometres(here, there) <= radiusKilometres));

    private static bool IsOnSameRiver(SensorValue sensor, SensorValue other) => other.Device != sensor.Device && sensor.River is not null && sensor.River == other.River;

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
