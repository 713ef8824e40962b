using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>What hangs on the segments of cabinets, as registered.</summary>
internal sealed class CabinetWiring
{
    private const int Maximum = 8;

    private readonly Dictionary<string, Fed> _cabinets = new(StringComparer.Ordinal);

    /// <summary>A registered device of the sector, in any order.</summary>
    public void Add(DeviceDescriptor device)
    {
        if (device.Kind != DeviceKind.Streetlight || device.Text("cabinet") is not { } cabinet)
        {
            return;
        }

        if (!_cabinets.TryGetValue(cabinet, out var fed))
        {
            _cabinets.Add(cabinet, fed = new Fed());
        }

        var segment = (device.Number("segment") is >= 1 and <= Maximum and var number ? (int)number : 1) - 1;
        var load = Thousandths.Of(Math.Max(0, device.Number("ratedWatts") ?? 0));
        fed.IsKnown &= load > 0;
        (device.Flag("passive") ? fed.Passive : fed.Controlled)[segment] += load;

        // Those that a switch of their cabinet darkens are those that hear of it.
        fed.Switched |= DescriptorRules.CabinetHeard(device) is null ? 0 : 1 << segment;
    }

    /// <summary>
    /// The segments that the plan of a cabinet switches, bit 0 for segment 1: those that passive light points name, controlled ones with a switched supply, and those that the
    /// cabinet says are for the night; where nothing names any, all that it says it has, else the first. One that feeds nothing but controlled light points is always supplied.
    /// </summary>
    public byte SegmentsOf(DeviceDescriptor cabinet)
    {
        var named = _cabinets.TryGetValue(cabinet.Id, out var fed) ? fed.Switched : 0;
        for (var segment = 1; segment <= Maximum; segment++)
        {
            named |= cabinet.Flag($"segment{segment}NightOnly") ? 1 << (segment - 1) : 0;
        }

        return named != 0 ? (byte)named : (byte)((1 << (cabinet.Number("segments") is >= 1 and <= Maximum and var count ? (int)count : 1)) - 1);
    }

    /// <summary>What hangs on each segment of a cabinet; empty when nothing does, or a light point does not say what it draws.</summary>
    public ImmutableArray<SegmentLoad> LoadsOf(string cabinet) => _cabinets.TryGetValue(cabinet, out var fed) && fed.IsKnown
        ? [.. Enumerable.Range(0, Maximum).Where(segment => fed.Passive[segment] + fed.Controlled[segment] > 0)
            .Select(segment => new SegmentLoad((byte)(segment + 1), fed.Passive[segment], fed.Controlled[segment]))]
        : [];

    private sealed class Fed
    {
        public long[] Passive { get; } = new long[Maximum];

        public long[] Controlled { get; } = new long[Maximum];

        public int Switched { get; set; }

        public bool IsKnown { get; set; } = true;
    }
}
