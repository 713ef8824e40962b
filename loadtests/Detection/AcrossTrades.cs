using Grid.Connectors.Simulator;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Grains.CrossTrade;

namespace Grid.LoadTests.Detection;

/// <summary>The rules across trades over devices that hang together, as their commune would look at them.</summary>
internal sealed class AcrossTrades : IProbe
{
    /// <summary>A commune looks once a minute; every five is often enough to date what lasts for hours.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<DetectedDevice> _devices;
    private readonly Dictionary<(string Rule, string Source), DateTimeOffset> _holding = [];
    private readonly List<Finding> _findings = [];

    private AcrossTrades(IReadOnlyList<DetectedDevice> devices) => _devices = devices;

    /// <summary>Null where nothing hangs together across trades.</summary>
    public static AcrossTrades? Of(IReadOnlyList<DetectedDevice> course)
    {
        var buildings = course.Select(device => DeviceLinks.Of(device.Descriptor).Building).OfType<string>().ToHashSet(StringComparer.Ordinal);
        DetectedDevice[] linked =
        [
            .. course.Where(device => !DeviceLinks.Of(device.Descriptor).IsEmpty || device.Descriptor.Kind == DeviceKind.Environment || buildings.Contains(device.Descriptor.Id)),
        ];
        return linked.Any(device => !DeviceLinks.Of(device.Descriptor).IsEmpty) ? new AcrossTrades(linked) : null;
    }

    /// <inheritdoc/>
    public TimeSpan? EveryOf(DeviceDescriptor device) => null;

    /// <inheritdoc/>
    public void Look(DetectedDevice device, SimulatedFleet fleet, DateTimeOffset at)
    {
        // What a device shows costs more than when it was heard: of a supply it is asked where somebody is late, and water and closed buildings are looked at every half hour.
        var isLate = _devices.Any(each => each.IsLate(at));
        var isSlowLook = at.Minute % 30 == 0;
        if (!isLate && !isSlowLook && _holding.Count == 0)
        {
            return;
        }

        var devices = _devices.Select(each => each.Linked(at)).ToList();
        IEnumerable<CrossTradeFinding> found = SupplyOutageRule.Find(devices, at);
        if (isSlowLook)
        {
            found = [.. found, .. FloodExposureRule.Find(devices, at), .. ClosedBuildingRule.Find(devices, at)];
        }

        var holding = found.Select(finding => (finding.Rule, finding.Source)).ToHashSet();
        foreach (var (ended, since) in _holding.Where(held => (isSlowLook || held.Key.Rule == CrossTradeFinding.SupplyOutage) && !holding.Contains(held.Key)).ToArray())
        {
            _holding.Remove(ended);
            _findings.Add(Finding(ended, since, at));
        }

        foreach (var began in holding)
        {
            _holding.TryAdd(began, at);
        }
    }

    /// <summary>What was found.</summary>
    public IEnumerable<Finding> Close() => [.. _findings, .. _holding.Select(held => Finding(held.Key, held.Value, null))];

    private static Finding Finding((string Rule, string Source) what, DateTimeOffset from, DateTimeOffset? until) => new(what.Source, null, what.Rule, from, until);
}
