using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>
/// Which segments of cabinets their plans switch, as registered: those that passive light points name, controlled ones with a switched supply, and those that the cabinet
/// says are for the night. A segment that feeds nothing but controlled light points is always supplied.
/// </summary>
internal sealed class CabinetWiring
{
    private const int Maximum = 8;

    private readonly Dictionary<string, byte> _named = new(StringComparer.Ordinal);

    /// <summary>A registered device of the sector, in any order.</summary>
    public void Add(DeviceDescriptor device)
    {
        // Those that a switch of their cabinet darkens are those that hear of it.
        if (DescriptorRules.CabinetHeard(device) is { } cabinet)
        {
            var segment = device.Number("segment") is >= 1 and <= Maximum and var number ? (int)number : 1;
            _named[cabinet] = (byte)(_named.GetValueOrDefault(cabinet) | (1 << (segment - 1)));
        }
    }

    /// <summary>The segments of a cabinet, bit 0 for segment 1: where nothing names any, all that it says it has, else the first.</summary>
    public byte SegmentsOf(DeviceDescriptor cabinet)
    {
        var named = (int)_named.GetValueOrDefault(cabinet.Id);
        for (var segment = 1; segment <= Maximum; segment++)
        {
            named |= cabinet.Flag($"segment{segment}NightOnly") ? 1 << (segment - 1) : 0;
        }

        return named != 0 ? (byte)named : (byte)((1 << (cabinet.Number("segments") is >= 1 and <= Maximum and var count ? (int)count : 1)) - 1);
    }
}
