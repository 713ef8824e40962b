using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Grains.Commands.Groups;

/// <summary>The members of a group command, as they are found.</summary>
internal sealed class MemberCollection(GroupRequest request)
{
    private readonly Dictionary<LaneKey, (DeviceOrder Order, List<string> Devices)> _lanes = [];
    private readonly List<DeviceRecord> _cabinets = [];
    private readonly Dictionary<string, byte> _segments = new(StringComparer.Ordinal);

    /// <summary>Members so far.</summary>
    public int Count { get; private set; }

    /// <summary>A device that is selected.</summary>
    public void Add(DeviceRecord record)
    {
        if (request.Name == GroupCatalog.AllOn)
        {
            if (record.Descriptor.Kind == DeviceKind.Cabinet)
            {
                // Its light points may come after it.
                _cabinets.Add(record);
                return;
            }

            var (cabinet, segments) = GroupOrders.Feeding(record.Descriptor);
            if (segments != 0)
            {
                _segments[cabinet] = (byte)(_segments.GetValueOrDefault(cabinet) | segments);
            }
        }

        AddOrders(record, segments: 0);
    }

    /// <summary>Everything that is selected has come.</summary>
    public void Complete() => _cabinets.ForEach(cabinet => AddOrders(cabinet, _segments.GetValueOrDefault(cabinet.Descriptor.Id)));

    /// <summary>The members by sector, and in each by what they are asked and the way down to them.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<GroupLane>> Lanes() => _lanes
        .GroupBy(lane => lane.Key.Sector, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(
            sector => sector.Key,
            sector => sector
                .OrderBy(lane => lane.Key.Kind).ThenBy(lane => lane.Key.Segment)
                .ThenBy(lane => lane.Key.Route.Connector, StringComparer.Ordinal).ThenBy(lane => lane.Key.Route.Gateway, StringComparer.Ordinal)
                .Select(lane => new GroupLane(lane.Key.Kind, lane.Key.Route, lane.Value.Order, [.. lane.Value.Devices.Order(StringComparer.Ordinal)]))
                .ToImmutableArray(),
            StringComparer.Ordinal);

    private void AddOrders(DeviceRecord record, byte segments)
    {
        var device = record.Descriptor;
        foreach (var order in GroupOrders.Of(device, request, segments))
        {
            var key = new LaneKey(record.Sector, device.Kind, DownlinkRoute.Of(device.Connector), order.Arguments.GetValueOrDefault("segment"));
            if (!_lanes.TryGetValue(key, out var lane))
            {
                _lanes.Add(key, lane = (order, []));
            }

            lane.Devices.Add(device.Id);
            Count++;
        }
    }

    /// <summary>What a command asks differs by kind and by segment.</summary>
    private readonly record struct LaneKey(string Sector, DeviceKind Kind, DownlinkRoute Route, double Segment);
}
