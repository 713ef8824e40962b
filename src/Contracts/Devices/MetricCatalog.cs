using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Grid.Contracts.Devices;

/// <summary>A canonical metric: its name ends with its unit.</summary>
/// <param name="Name">Canonical name.</param>
/// <param name="Minimum">Least value that is possible, inclusive.</param>
/// <param name="Maximum">Greatest value that is possible, inclusive; infinite when only the least is bounded.</param>
/// <param name="Kinds">The kinds that report it.</param>
/// <param name="IsIndex">True for an ever-growing index.</param>
public sealed record MetricDefinition(string Name, double Minimum, double Maximum, DeviceKinds Kinds, bool IsIndex = false);

/// <summary>The canonical metrics, their ranges and the kinds that report them.</summary>
public static class MetricCatalog
{
    private const double Unbounded = double.PositiveInfinity;

    /// <summary>Every canonical metric, in a fixed order.</summary>
    public static ImmutableArray<MetricDefinition> All { get; } =
    [
        .. Enumerable.Range(1, 8).Select(segment => new MetricDefinition($"segment{segment}On", 0, 1, DeviceKinds.Cabinet)),
        new("powerWatts", 0, Unbounded, DeviceKinds.Cabinet | DeviceKinds.Streetlight | DeviceKinds.Meter | DeviceKinds.Building),
        new("energyWattHours", 0, Unbounded, DeviceKinds.Cabinet | DeviceKinds.Streetlight | DeviceKinds.Building, IsIndex: true),
        new("supplyVolts", 0, Unbounded, DeviceKinds.Cabinet | DeviceKinds.Streetlight),
        new("leakageMilliamperes", 0, Unbounded, DeviceKinds.Cabinet),
        new("doorOpen", 0, 1, DeviceKinds.Cabinet),
        new("breakerTripped", 0, 1, DeviceKinds.Cabinet),
        new("programVersion", 0, Unbounded, DeviceKinds.Cabinet | DeviceKinds.Streetlight),
        new("dimmingPercent", 0, 100, DeviceKinds.Streetlight),
        new("burningHours", 0, Unbounded, DeviceKinds.Streetlight),
        new("lampFailure", 0, 1, DeviceKinds.Streetlight),
        new("presence", 0, 1, DeviceKinds.Streetlight),
        new("indexLitres", 0, Unbounded, DeviceKinds.Meter, IsIndex: true),
        new("indexWattHours", 0, Unbounded, DeviceKinds.Meter, IsIndex: true),
        new("flowLitresPerHour", 0, Unbounded, DeviceKinds.Meter),
        new("backflowLitres", 0, Unbounded, DeviceKinds.Meter),
        new("tamper", 0, 1, DeviceKinds.Meter),
        new("temperatureCelsius", -60, 1000, DeviceKinds.Building | DeviceKinds.Bin),
        new("co2Ppm", 0, Unbounded, DeviceKinds.Building),
        new("humidityPercent", 0, 100, DeviceKinds.Building),
        new("heatWattHours", 0, Unbounded, DeviceKinds.Building, IsIndex: true),
        new("occupied", 0, 1, DeviceKinds.Building),
        new("outdoorCelsius", -60, 1000, DeviceKinds.Building),
        new("fillPercent", 0, 100, DeviceKinds.Bin),
        new("tilted", 0, 1, DeviceKinds.Bin),
        new("levelMillimetres", 0, Unbounded, DeviceKinds.Environment),
        new("rainMillimetresPerHour", 0, Unbounded, DeviceKinds.Environment),
        new("pm25MicrogramsPerCubicMetre", 0, Unbounded, DeviceKinds.Environment),
        new("noiseDecibels", 0, Unbounded, DeviceKinds.Environment),
        new("soilMoisturePercent", 0, 100, DeviceKinds.Environment),
        new("batteryPercent", 0, 100, DeviceKinds.Meter | DeviceKinds.Bin | DeviceKinds.Environment),
    ];

    /// <summary>The metrics whose only values are 0 and 1.</summary>
    public static FrozenSet<string> Flags { get; } = All.Where(metric => metric is { Minimum: 0, Maximum: 1 }).Select(metric => metric.Name).ToFrozenSet();

    /// <summary>By canonical name. A name that is not here is an unknown metric: kept and shown, and it moves no rule.</summary>
    public static FrozenDictionary<string, MetricDefinition> ByName { get; } = All.ToFrozenDictionary(metric => metric.Name);
}
