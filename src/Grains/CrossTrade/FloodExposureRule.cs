using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;

namespace Grid.Grains.CrossTrade;

/// <summary>
/// Rain and river rising where bins, pumps or cellars are exposed: a sensor of water is at a local level, or rises rapidly, while it rains or has just rained, and devices say that its water
/// reaches them. Where nothing measures rain, the water alone counts. Pure.
/// </summary>
public static class FloodExposureRule
{
    /// <summary>A river answers to the rain of the last hours.</summary>
    public static readonly TimeSpan RainCounts = TimeSpan.FromHours(24);

    private const string Level = "levelMillimetres";
    private const string Rain = "rainMillimetresPerHour";
    private const string RainedAt = "rainedAt";
    private const string LocalLevel = "localLevel";
    private const string RapidRise = "rapidRise";

    /// <summary>What is found among the devices of a place.</summary>
    /// <param name="devices">Sensors with what they show, and the devices that say to what they are exposed.</param>
    /// <param name="now">When it is asked.</param>
    public static IEnumerable<CrossTradeFinding> Find(IReadOnlyCollection<LinkedDevice> devices, DateTimeOffset now)
    {
        var exposed = devices.Where(device => device.Links.ExposedTo is not null).ToLookup(device => device.Links.ExposedTo!, StringComparer.Ordinal);
        var measuresRain = devices.Any(device => Shows(device, Rain) is not null);
        if (exposed.Count == 0 || (measuresRain && !devices.Any(device => IsWet(device, now))))
        {
            return [];
        }

        return devices
            .Where(device => device.Kind == DeviceKind.Environment && exposed.Contains(device.Id) && Shows(device, Level) is not null)
            .OrderBy(sensor => sensor.Id, StringComparer.Ordinal)
            .Select(sensor => Judge(sensor, [.. exposed[sensor.Id]], [.. devices.Where(device => IsWet(device, now))]))
            .OfType<CrossTradeFinding>();
    }

    private static CrossTradeFinding? Judge(LinkedDevice sensor, List<LinkedDevice> exposed, List<LinkedDevice> rain)
    {
        var water = sensor.View!.Conditions.Where(condition => condition.Condition is LocalLevel or RapidRise).ToList();
        if (water.Count == 0)
        {
            return null;
        }

        IEnumerable<FindingMember> members =
        [
            .. water.Select(condition => Member(sensor, condition.Condition, Level) with { Since = condition.Since }),
            .. rain.Select(device => Member(device, "rain", Rain)),
            .. exposed.Select(device => new FindingMember { Device = device.Id, Kind = device.Kind, Shows = "exposed" }),
        ];
        return new CrossTradeFinding
        {
            Rule = CrossTradeFinding.FloodExposure,
            Source = sensor.Id,
            Since = water.Min(condition => condition.Since),
            Severity = water.Max(condition => condition.Severity),
            Members = [.. members.OrderBy(member => member.Device, StringComparer.Ordinal).ThenBy(member => member.Shows, StringComparer.Ordinal)],
            Of = exposed.Count,
        };
    }

    /// <summary>It rains there, or has rained within the time: the sensor itself remembers when it last did.</summary>
    private static bool IsWet(LinkedDevice device, DateTimeOffset now) =>
        device.Kind == DeviceKind.Environment
        && Shows(device, Rain) is { } rain
        && now - (rain.Value > 0 ? rain.ObservedAt : device.View!.Derived.Where(figure => figure.Name == RainedAt).Select(figure => figure.At).FirstOrDefault() ?? DateTimeOffset.MinValue) <= RainCounts;

    private static ReportedMetric? Shows(LinkedDevice device, string metric)
    {
        foreach (var reported in device.View?.Reported ?? [])
        {
            if (reported.Name == metric)
            {
                return reported;
            }
        }

        return null;
    }

    private static FindingMember Member(LinkedDevice device, string shows, string metric) => new()
    {
        Device = device.Id,
        Kind = device.Kind,
        Shows = shows,
        Figure = Shows(device, metric) is { } reported ? new DerivedFigure { Name = metric, Value = reported.Value, At = reported.ObservedAt, Basis = "reported" } : null,
    };
}
