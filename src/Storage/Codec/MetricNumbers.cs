using System.Collections.Frozen;

namespace Grid.Storage.Codec;

/// <summary>
/// Short numbers for the canonical metrics, as they stand in records. Stored: add at the end, never renumber. A metric without a number is
/// stored by its name.
/// </summary>
internal static class MetricNumbers
{
    /// <summary>The number that says that the name follows.</summary>
    public const int Named = 0;

    private static readonly string[] Names =
    [
        "segment1On", "segment2On", "segment3On", "segment4On", "segment5On", "segment6On", "segment7On", "segment8On",
        "powerWatts", "energyWattHours", "supplyVolts", "leakageMilliamperes", "doorOpen", "breakerTripped", "programVersion",
        "dimmingPercent", "burningHours", "lampFailure", "presence",
        "indexLitres", "indexWattHours", "flowLitresPerHour", "backflowLitres", "tamper",
        "temperatureCelsius", "co2Ppm", "humidityPercent", "heatWattHours", "occupied", "outdoorCelsius",
        "fillPercent", "tilted",
        "levelMillimetres", "rainMillimetresPerHour", "pm25MicrogramsPerCubicMetre", "noiseDecibels", "soilMoisturePercent",
        "batteryPercent",
    ];

    private static readonly FrozenDictionary<string, int> ByName =
        Names.Select((name, index) => KeyValuePair.Create(name, index + 1)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The metric's number, <see cref="Named"/> when it has none.</summary>
    public static int Of(string name) => ByName.GetValueOrDefault(name, Named);

    /// <summary>The metric's name, the same string each time; null for an unknown number.</summary>
    public static string? Name(ulong number) => number is > 0 && number <= (ulong)Names.Length ? Names[number - 1] : null;
}
