using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

namespace Grid.Grains.Commands.Groups;

/// <summary>What a group command asks of a device. Pure.</summary>
public static class GroupOrders
{
    private const int MaximumSegments = 8;

    /// <summary>The segments that the light points of a cabinet name, bit 0 for segment 1; 0 for what is no passive light point of a cabinet.</summary>
    public static (string Cabinet, byte Segments) Feeding(DeviceDescriptor device) =>
        IsPassive(device) && device.Text("cabinet") is { } cabinet && device.Number("segment") is >= 1 and <= MaximumSegments and var segment
            ? (cabinet, (byte)(1 << ((int)segment - 1)))
            : (string.Empty, (byte)0);

    /// <summary>The orders to a device; none when it is no member: it does not understand the command, or is a passive light point, which only its cabinet can light.</summary>
    /// <param name="device">The device.</param>
    /// <param name="request">The command.</param>
    /// <param name="segments">Of a cabinet that does not say how many segments it has: those that its light points name.</param>
    public static ImmutableArray<DeviceOrder> Of(DeviceDescriptor device, GroupRequest request, byte segments)
    {
        if (IsPassive(device))
        {
            return [];
        }

        if (request.Name != GroupCatalog.AllOn)
        {
            return CommandCatalog.ByName.ContainsKey((device.Kind, request.Name)) ? [new DeviceOrder(request.Name, request.Arguments)] : [];
        }

        return device.Kind switch
        {
            DeviceKind.Streetlight => [new DeviceOrder(CommandCatalog.SetDimming, request.Arguments.SetItem("percent", 100))],
            DeviceKind.Cabinet =>
            [
                .. SegmentsOf(device, segments).Select(segment =>
                    new DeviceOrder(CommandCatalog.SetSegment, request.Arguments.SetItem("segment", segment).SetItem("on", 1))),
            ],
            _ => [],
        };
    }

    private static bool IsPassive(DeviceDescriptor device) => device.Kind == DeviceKind.Streetlight && device.Flag("passive");

    private static IEnumerable<int> SegmentsOf(DeviceDescriptor cabinet, byte named) => cabinet.Number("segments") is >= 1 and <= MaximumSegments and var count
        ? Enumerable.Range(1, (int)count)
        : Enumerable.Range(1, MaximumSegments).Where(segment => ((named == 0 ? 1 : named) >> (segment - 1) & 1) != 0);
}
