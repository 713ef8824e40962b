using System.Collections.Immutable;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;

namespace Grid.Grains.CrossTrade;

/// <summary>
/// A street whose lamps, cabinet and meters fall silent together: the supply has failed, and not the devices. There is one instant that explains all of them: each was heard before it
/// and has missed what it was to say after it. So it is found after one interval of the devices, where each of them by itself may be silent for a bound more. Pure.
/// </summary>
public static class SupplyOutageRule
{
    /// <summary>Fewer devices, or devices of one trade only, may fail for many reasons.</summary>
    public const int LeastDevices = 3;

    /// <summary>The least kinds of device among them.</summary>
    public const int LeastKinds = 2;

    /// <summary>The least share of the devices on a supply, in percent: more may be lost on the way than half, not three fifths at once.</summary>
    public const int LeastPercent = 60;

    /// <summary>Readings are on their way for so long.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>What reports more often is given as long as this: a gateway that starts anew is no outage of a supply.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromMinutes(20);

    /// <summary>What is found among devices, by supply.</summary>
    /// <param name="devices">Devices with a supply; others are left out.</param>
    /// <param name="now">When it is asked.</param>
    public static IEnumerable<CrossTradeFinding> Find(IEnumerable<LinkedDevice> devices, DateTimeOffset now) => devices
        .Where(device => device.Links.Supply is not null && device.ExpectedSince is not null && !HasBattery(device))
        .GroupBy(device => device.Links.Supply!, StringComparer.Ordinal)
        .OrderBy(supply => supply.Key, StringComparer.Ordinal)
        .Select(supply => Judge(supply.Key, [.. supply], now))
        .OfType<CrossTradeFinding>();

    private static CrossTradeFinding? Judge(string supply, ImmutableArray<LinkedDevice> devices, DateTimeOffset now)
    {
        var missing = devices.Where(device => ShowsLoss(device) is not null || device.ExpectedSince + device.Interval + Slack < now).ToList();
        if (missing.Count < LeastDevices)
        {
            return null;
        }

        // The instant that explains most of them; the devices themselves say when it can have been.
        var (instant, explained) = (default(DateTimeOffset), new List<LinkedDevice>());
        foreach (var at in missing.Select(LastPowered).Distinct().OrderDescending())
        {
            var by = missing.FindAll(device => Explains(at, device));
            if (by.Count > explained.Count)
            {
                (instant, explained) = (at, by);
            }
        }

        return explained.Count >= LeastDevices
            && explained.Count * 100 >= devices.Length * LeastPercent
            && explained.DistinctBy(device => device.Kind).Count() >= LeastKinds
            ? new CrossTradeFinding
            {
                Rule = CrossTradeFinding.SupplyOutage,
                Source = supply,
                Since = instant,
                Severity = DeviceStatus.Fault,
                Members = [.. explained.OrderBy(device => device.Id, StringComparer.Ordinal).Select(Member)],
                Of = devices.Length,
            }
            : null;
    }

    private static bool Explains(DateTimeOffset instant, LinkedDevice device) =>
        ShowsLoss(device) is { } loss ? (loss - instant).Duration() <= device.Interval + Slack : device.ExpectedSince <= instant && instant <= device.ExpectedSince + device.Interval + Slack;

    private static DateTimeOffset LastPowered(LinkedDevice device) => ShowsLoss(device) ?? device.ExpectedSince!.Value;

    /// <summary>Since when it reports from its battery that its supply is gone.</summary>
    private static DateTimeOffset? ShowsLoss(LinkedDevice device) => device.View is { } view
        ? view.Conditions.Where(condition => condition.Condition == "supplyLoss").Select(condition => (DateTimeOffset?)condition.Since).FirstOrDefault()
        : null;

    /// <summary>What runs from a battery of its own speaks on without supply.</summary>
    private static bool HasBattery(LinkedDevice device) => device.View is { } view && view.Reported.Any(metric => metric.Name == "batteryPercent");

    private static FindingMember Member(LinkedDevice device) => ShowsLoss(device) is { } loss
        ? new FindingMember { Device = device.Id, Kind = device.Kind, Shows = "supplyLoss", Since = loss }
        : new FindingMember { Device = device.Id, Kind = device.Kind, Shows = "silent", Since = device.ExpectedSince };
}
