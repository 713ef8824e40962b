using Grid.Connectors.Simulator.Models;

namespace Grid.Connectors.Simulator;

/// <summary>
/// Who reports when in a live demo. Without a rate each device keeps its own interval, 15 minutes where it says none, and a day's frame goes out soon after local midnight. With a rate all
/// together give so many readings a second, evenly: each device as often in relation to the others as it would by itself, a frame in its turn, counted as the readings that it holds. Pure.
/// </summary>
public sealed class ReportingPlan
{
    /// <summary>Readings that a frame counts as: that of midnight, and one for each hour.</summary>
    internal const int ReadingsOfFrame = 25;

    private readonly List<(FleetSchedule Schedule, int[] Devices, int Readings)> _paces = [];
    private readonly FrameTimes? _frames;

    /// <param name="fleet">The devices.</param>
    /// <param name="ratePerSecond">Readings a second over all, to the thousandth; 0 for none; null for each at its own interval.</param>
    /// <param name="seed">Chooses who begins.</param>
    public ReportingPlan(SimulatedFleet fleet, double? ratePerSecond, long seed)
    {
        if (ratePerSecond is { } set && !(set is >= 0 and <= SimulatorOptions.MaximumRate)) throw new ArgumentOutOfRangeException(nameof(ratePerSecond), set, null);
        var groups = fleet.Models.Select((Device, Place) => (Place, Device))
            .GroupBy(device => (device.Device.SendsFrames, Every: device.Device.LiveInterval))
            .OrderBy(group => group.Key.Every)
            .Select(group => (group.Key.SendsFrames, group.Key.Every, Devices: group.ToArray()))
            .ToArray();
        if (ratePerSecond is not { } rate)
        {
            foreach (var (sendsFrames, every, devices) in groups)
            {
                if (sendsFrames) _frames = new FrameTimes(devices);
                else Add(devices, 1, new FleetSchedule(devices.Length, devices.Length, (long)every.TotalMilliseconds, seed));
            }

            return;
        }

        // Shares of what they would give by themselves, in millionths of a reading a second, rounded so that their sum is the rate.
        var all = groups.Sum(Natural);
        var (before, given) = (0.0, 0L);
        foreach (var group in groups)
        {
            before += Natural(group);
            var share = (long)Math.Round(Math.Round(rate * 1_000) * 1_000 * Math.Min(1, before / all)) - given;
            given += share;
            var readings = ReadingsOf(group.SendsFrames);
            Add(group.Devices, readings, new FleetSchedule(group.Devices.Length, share, readings * 1_000_000_000L, seed));
        }
    }

    /// <summary>
    /// Adds what is due after one instant and until another, the last included. What is older than <see cref="FleetSchedule.MaximumCatchUp"/> before the last is left out.
    /// </summary>
    /// <returns>The readings that were left out.</returns>
    public long Due(DateTimeOffset after, DateTimeOffset until, List<(int Device, DateTimeOffset At)> due)
    {
        var skipped = 0L;
        foreach (var (schedule, devices, readings) in _paces)
        {
            var turns = schedule.Due(after, until);
            skipped += turns.Skipped * readings;
            for (var turn = 0; turn < turns.Count; turn++) due.Add((devices[turns[turn].Device], turns[turn].At));
        }

        if (_frames is null) return skipped;
        var oldest = until - FleetSchedule.MaximumCatchUp;
        _frames.AddDue(after > oldest ? after : oldest, until, due);
        return skipped + (_frames.CountDue(after, oldest) * ReadingsOfFrame);
    }

    private void Add((int Place, SimulatedDevice Device)[] devices, int readings, FleetSchedule schedule) =>
        _paces.Add((schedule, Array.ConvertAll(devices, device => device.Place), readings));

    private static double Natural((bool SendsFrames, TimeSpan Every, (int, SimulatedDevice)[] Devices) group) =>
        group.Devices.Length * ReadingsOf(group.SendsFrames) / group.Every.TotalSeconds;

    private static int ReadingsOf(bool sendsFrames) => sendsFrames ? ReadingsOfFrame : 1;
}
