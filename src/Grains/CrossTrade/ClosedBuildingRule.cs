using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;

namespace Grid.Grains.CrossTrade;

/// <summary>
/// A building that its calendar has closed and that still takes water, heat or power: its own heat and power by its own rules, its water by the meters that say that they are in it. Pure.
/// </summary>
public static class ClosedBuildingRule
{
    /// <summary>Nobody leaves to the minute: what goes on later than this after the closing counts.</summary>
    public static readonly TimeSpan Leaving = TimeSpan.FromHours(1);

    /// <summary>Water has had so long to stand still since: a meter that reports hourly shows a pause of an hour up to two hours after it began.</summary>
    public static readonly TimeSpan Watched = TimeSpan.FromHours(2);

    private const string ClosedSince = "closedSince";
    private const string StillAt = "stillAt";
    private const string Power = "powerWatts";
    private const string Water = "indexLitres";
    private const string HeatingUnoccupied = "heatingUnoccupied";

    /// <summary>What is found among the devices of a place.</summary>
    /// <param name="devices">Buildings and meters with what they show.</param>
    /// <param name="now">When it is asked.</param>
    public static IEnumerable<CrossTradeFinding> Find(IReadOnlyCollection<LinkedDevice> devices, DateTimeOffset now)
    {
        var meters = devices.Where(device => device.Kind == DeviceKind.Meter && device.Links.Building is not null).ToLookup(device => device.Links.Building!, StringComparer.Ordinal);
        return devices
            .Where(device => device.Kind == DeviceKind.Building && meters.Contains(device.Id))
            .OrderBy(building => building.Id, StringComparer.Ordinal)
            .Select(building => Judge(building, [.. meters[building.Id]], now))
            .OfType<CrossTradeFinding>();
    }

    private static CrossTradeFinding? Judge(LinkedDevice building, List<LinkedDevice> meters, DateTimeOffset now)
    {
        if (Figure(building, ClosedSince)?.At is not { } closed || now < closed + Leaving)
        {
            return null;
        }

        var from = closed + Leaving;
        FindingMember?[] members = [Heat(building), Electricity(building, from), .. meters.Select(meter => Flow(meter, from))];
        FindingMember[] found = [.. members.OfType<FindingMember>().OrderBy(member => member.Device, StringComparer.Ordinal).ThenBy(member => member.Shows, StringComparer.Ordinal)];
        return found.Length == 0 ? null : new CrossTradeFinding
        {
            Rule = CrossTradeFinding.UsedWhileClosed,
            Source = building.Id,
            Since = closed,
            Severity = DeviceStatus.Warning,
            Members = [.. found],
            Of = meters.Count + 1,
        };
    }

    private static FindingMember? Heat(LinkedDevice building) =>
        building.View!.Conditions.Where(condition => condition.Condition == HeatingUnoccupied).Select(condition => (DateTimeOffset?)condition.Since).FirstOrDefault() is { } since
            ? new FindingMember { Device = building.Id, Kind = building.Kind, Shows = "heat", Since = since, Figure = Figure(building, "temperatureCelsius") }
            : null;

    private static FindingMember? Electricity(LinkedDevice building, DateTimeOffset from) => Figure(building, Power) is { Value: { } value, High: { } high, At: { } at } power && value > high && at > from
        ? new FindingMember { Device = building.Id, Kind = building.Kind, Shows = "power", Figure = power }
        : null;

    /// <summary>Water that has flowed without a pause since everybody left: what was still at any time after proves nothing.</summary>
    private static FindingMember? Flow(LinkedDevice meter, DateTimeOffset from)
    {
        foreach (var reported in meter.View?.Reported ?? [])
        {
            if (reported.Name == Water && reported.ObservedAt > from + Watched)
            {
                return Figure(meter, StillAt) is { } still && !(still.At < from)
                    ? null
                    : new FindingMember { Device = meter.Id, Kind = meter.Kind, Shows = "water", Figure = Figure(meter, "flowLitresPerHour") };
            }
        }

        return null;
    }

    private static DerivedFigure? Figure(LinkedDevice device, string name) =>
        device.View is { Derived.IsDefault: false } view ? view.Derived.FirstOrDefault(figure => figure.Name == name) : null;
}
