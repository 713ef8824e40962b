using System.Globalization;
using Grid.Client.Errors;
using Grid.Client.History;
using Grid.Client.Json;
using Grid.Client.Live;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Sensors;

/// <summary>The environment sensors of a commune beside their neighbours, also those of other communes.</summary>
internal static class EnvironmentEndpoint
{
    private const double DefaultRadiusKilometres = 15;
    private const double LongestRadiusKilometres = 100;
    private const double DefaultStaleMinutes = 120;
    private const double LongestStaleMinutes = 10_080;
    private const double KilometresPerDegree = 111.32;

    /// <summary>A page of the registry: more sensors of a commune, or neighbours of them, are not looked at, and that is said.</summary>
    private const int MostSensors = 1_000;

    private const int AskedAtOnce = 32;

    // The derived figure that says the local level of a metric.
    private static readonly Dictionary<string, string> LevelFigures = new(StringComparer.Ordinal)
    {
        ["levelMillimetres"] = "riverLocalLevel",
        ["rainMillimetresPerHour"] = "rainLocalLevel",
        ["pm25MicrogramsPerCubicMetre"] = "pm25LocalLevel",
        ["noiseDecibels"] = "noiseLocalLevel",
    };

    // The derived figure that says how fast a metric rises, and from where on that is fast.
    private static readonly Dictionary<string, string> RiseFigures = new(StringComparer.Ordinal)
    {
        ["levelMillimetres"] = "levelRiseMillimetresPerHour",
        ["pm25MicrogramsPerCubicMetre"] = "pm25RiseMicrogramsPerCubicMetrePerHour",
    };

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/communes/{insee}/environment", ShowAsync)
        .WithTags("Territories")
        .WithName("getCommuneEnvironment")
        .WithSummary("The environment sensors of a commune: median, spread and highest of each metric, those far off their neighbours, and those that rise fast.")
        .Produces<EnvironmentModel>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .RequireRight(Right.Read);

    private static async Task<IResult> ShowAsync(
        string insee, HttpContext http, ITerritoryTable table, IDeviceRegistry registry, IGridGrains grains, TimeProvider time)
    {
        var query = new QueryReader(http.Request.Query);
        var radius = Number(query, "radiusKilometres", 1, LongestRadiusKilometres, DefaultRadiusKilometres);
        var stale = Number(query, "staleMinutes", 5, LongestStaleMinutes, DefaultStaleMinutes);
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        if (table.FindCommune(insee) is null)
        {
            return Problems.NotFound("such commune");
        }

        var (sensors, isComplete) = await SensorsAsync(insee, radius, registry, Territory.Of(http), http.RequestAborted);
        var views = new DeviceView[sensors.Count];
        await FewAtOnce.EachAsync(
            sensors.Count, AskedAtOnce, async index => views[index] = await grains.Device(DeviceKind.Environment, sensors[index].Id).GetView(), http.RequestAborted);
        var now = time.GetUtcNow();
        var values = sensors.SelectMany((sensor, index) => ValuesOf(sensor, views[index], insee)).ToList();
        return TypedResults.Json(
            new EnvironmentModel
            {
                Commune = insee,
                AsOf = now,
                RadiusKilometres = radius,
                StaleMinutes = (int)stale,
                IsComplete = isComplete,
                Metrics = [.. NeighbourSpread.Of(values, now, radius, TimeSpan.FromMinutes(stale)).Select(spread => Present(spread, radius))],
            },
            GridJson.Default.EnvironmentModel);
    }

    /// <summary>The sensors of the commune, and those around them that are the caller's too.</summary>
    private static async Task<(List<DeviceDescriptor> Sensors, bool IsComplete)> SensorsAsync(
        string insee, double radius, IDeviceRegistry registry, Territory territory, CancellationToken cancellationToken)
    {
        var query = new DeviceQuery { Kinds = DeviceKinds.Environment, Limit = MostSensors };
        var own = await registry.ListAsync(query with { Communes = [(insee, DeviceKinds.Environment)] }, cancellationToken);
        var sensors = own.Select(record => record.Descriptor).ToList();
        var isComplete = own.Length < MostSensors;
        GeoPoint[] places = [.. sensors.Select(sensor => sensor.Position).OfType<GeoPoint>()];
        if (places.Length > 0)
        {
            var around = await registry.ListAsync(query with { Box = BoxAround(places, radius) }, cancellationToken);
            sensors.AddRange(around.Select(record => record.Descriptor).Where(sensor => sensor.Commune != insee && territory.Covers(sensor.Commune, sensor.Kind)));
            isComplete &= around.Length < MostSensors;
        }

        return (sensors, isComplete);
    }

    private static BoundingBox BoxAround(GeoPoint[] places, double radius)
    {
        var (south, north) = (places.Min(place => place.Latitude), places.Max(place => place.Latitude));
        var up = radius / KilometresPerDegree;
        var east = up / Math.Max(0.01, Math.Cos(Math.Max(Math.Abs(south), Math.Abs(north)) * Math.PI / 180));
        return new BoundingBox(
            Math.Max(-180, places.Min(place => place.Longitude) - east),
            Math.Max(-90, south - up),
            Math.Min(180, places.Max(place => place.Longitude) + east),
            Math.Min(90, north + up));
    }

    private static IEnumerable<SensorValue> ValuesOf(DeviceDescriptor sensor, DeviceView view, string insee)
    {
        var derived = view.Derived.IsDefault ? [] : view.Derived;
        var isRising = view.Conditions.Any(condition => condition.Condition == "rapidRise");
        foreach (var reported in view.Reported.Where(reported => NeighbourSpread.Metrics.Any(metric => metric.Metric == reported.Name)))
        {
            var level = LevelFigures.TryGetValue(reported.Name, out var name) ? derived.FirstOrDefault(figure => figure.Name == name)?.Value : null;
            yield return new SensorValue(
                sensor.Id, sensor.Position, sensor.Text("river"), reported.Name, reported.Value, reported.ObservedAt, (int?)level,
                isRising && RiseFigures.TryGetValue(reported.Name, out var rise) && derived.Any(figure => figure.Name == rise), sensor.Commune == insee);
        }
    }

    private static MetricSpreadModel Present(MetricSpread spread, double radius)
    {
        var unit = MetricUnits.Of(spread.Metric);
        return new MetricSpreadModel(
            spread.Metric,
            unit,
            spread.Sensors,
            spread.Stale,
            Rounded(spread.Median),
            Rounded(spread.Deviation),
            spread.Highest is { } highest ? new HighestModel(highest.Device, highest.Value) : null,
            spread.ByLocalLevel,
            [
                .. spread.FarOff.Select(sensor => new FarOffModel(
                    sensor.Device, sensor.Value, sensor.Neighbours, Math.Round(sensor.Median, 3), Math.Round(sensor.Deviation, 3), Math.Round(sensor.Score, 1), Explain(sensor, unit, radius))),
            ],
            [.. spread.Rising.Select(sensor => new RisingModel(sensor.Device, sensor.Neighbours, sensor.Rising))]);
    }

    private static string Explain(FarOffSensor sensor, string? unit, double radius) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sensor.Value:0.###} {unit} where {sensor.Neighbours} neighbours within {radius:0.#} km or on the same river have a median of {sensor.Median:0.###} {unit} and half of them lie within {sensor.Deviation:0.###} {unit} of it");

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 3) : null;

    private static double Number(QueryReader query, string name, double least, double most, double fallback)
    {
        if (query.Text(name) is not { } text)
        {
            return fallback;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        query.Reject(name, string.Create(CultureInfo.InvariantCulture, $"is no number from {least} to {most}"));
        return fallback;
    }
}
