using System.Globalization;
using System.Text.Json;

namespace Grid.LoadTests.Crash;

/// <summary>
/// Figures of a territory as they are shown, by name and exact, and the same figures folded from what its devices show. What a device does not
/// show (the energy of a day) is not folded; what sums to a body is compared whole.
/// </summary>
internal static class TerritoryFold
{
    private static readonly string[] Statuses = ["unknown", "ok", "warning", "fault", "silent"];

    /// <summary>Of a summary: every number in it but those that are no sums.</summary>
    public static SortedDictionary<string, decimal> Of(JsonElement summary)
    {
        var figures = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var part in (string[])["devices", "lighting", "water", "buildings", "bins", "environment"])
        {
            Add(figures, part, summary.GetProperty(part));
        }

        return figures;
    }

    /// <summary>The sum of members, for all kinds or for the lighting kinds.</summary>
    public static SortedDictionary<string, decimal> Sum(IEnumerable<SortedDictionary<string, decimal>> members, bool isLightingOnly)
    {
        var sum = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (name, value) in members.SelectMany(member => member))
        {
            // A share is no sum.
            if (name.EndsWith("ExactPercent", StringComparison.Ordinal))
            {
                continue;
            }

            if (!isLightingOnly || name.StartsWith("lighting.", StringComparison.Ordinal) || CrashFleet.LightingKinds.Any(kind => name == "devices.byKind." + kind))
            {
                sum[name] = name == "environment.localLevel" ? Math.Max(sum.GetValueOrDefault(name), value) : sum.GetValueOrDefault(name) + value;
            }
        }

        return sum;
    }

    /// <summary>What the devices of a commune come to.</summary>
    public static SortedDictionary<string, decimal> Of(IReadOnlyCollection<JsonElement> devices)
    {
        decimal Power(JsonElement device) => Reported(device, "powerWatts") ?? 0;
        var lamps = devices.Where(device => Kind(device) == "streetlight").ToArray();
        var bins = devices.Where(device => Kind(device) == "bin").ToArray();
        var sums = new SortedDictionary<string, decimal>(StringComparer.Ordinal)
        {
            ["devices.total"] = devices.Count,
            ["lighting.powerWatts"] = lamps.Sum(Power),
            ["lighting.on"] = lamps.Count(lamp => IsLit(lamp) == true),
            ["lighting.off"] = lamps.Count(lamp => IsLit(lamp) == false),
            ["water.flowLitresPerHour"] = devices.Where(device => Kind(device) == "meter").Sum(device => Reported(device, "flowLitresPerHour") ?? 0),
            ["buildings.powerWatts"] = devices.Where(device => Kind(device) == "building").Sum(Power),
            ["buildings.comfortBreaches"] = devices.Count(device => HasAlarm(device, "comfortBreach")),
            ["bins.total"] = bins.Length,
            ["bins.over80Percent"] = bins.Count(bin => Reported(bin, "fillPercent") > 80),
            ["bins.overflowing"] = bins.Count(bin => HasAlarm(bin, "overflow")),
            ["bins.fires"] = bins.Count(bin => HasAlarm(bin, "fire")),
        };
        foreach (var status in Statuses)
        {
            sums["devices.byStatus." + status] = devices.Count(device => device.GetProperty("status").GetString() == status);
        }

        foreach (var kind in devices.GroupBy(Kind))
        {
            sums["devices.byKind." + kind.Key] = kind.Count();
        }

        return sums;
    }

    /// <summary>The figures that differ; a figure that <paramref name="expected"/> does not have is not compared.</summary>
    public static string? Difference(SortedDictionary<string, decimal> shown, SortedDictionary<string, decimal> expected)
    {
        var different = expected.Where(figure => shown.GetValueOrDefault(figure.Key) != figure.Value)
            .Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Key} is {shown.GetValueOrDefault(figure.Key)} and not {figure.Value}"))
            .ToArray();
        return different.Length == 0 ? null : string.Join(", ", different);
    }

    private static void Add(SortedDictionary<string, decimal> figures, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                Add(figures, $"{name}.{member.Name}", member.Value);
            }
        }
        else if (value.ValueKind == JsonValueKind.Number)
        {
            figures[name] = value.GetDecimal();
        }
    }

    private static string Kind(JsonElement device) => device.GetProperty("kind").GetString()!;

    private static decimal? Reported(JsonElement device, string metric) =>
        device.GetProperty("reported").TryGetProperty(metric, out var reported) ? reported.GetProperty("value").GetDecimal() : null;

    private static bool HasAlarm(JsonElement device, string condition) =>
        device.GetProperty("alarms").EnumerateArray().Any(alarm => alarm.GetProperty("condition").GetString() == condition);

    /// <summary>A controlled lamp says how far it is dimmed; a passive one has the power of its segment.</summary>
    private static bool? IsLit(JsonElement lamp) => (Reported(lamp, "dimmingPercent") ?? Reported(lamp, "powerWatts")) is { } value ? value > 0 : null;
}
