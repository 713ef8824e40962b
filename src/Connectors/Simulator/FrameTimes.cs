using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator;

/// <summary>
/// When the devices that send a frame a day do so: each some time after local midnight, always the same time after it, so that they do not all come at once. Pure, as
/// <see cref="FleetSchedule"/> is.
/// </summary>
internal sealed class FrameTimes
{
    private const double EarliestSeconds = 60;
    private const double LatestSeconds = 2 * SimulatedTime.Hour;

    // Of each time zone the devices, by how long after midnight they send.
    private readonly List<(ZoneClock Clock, double[] Delays, int[] Devices)> _zones = [];

    /// <param name="devices">The devices, with their place among those that report.</param>
    public FrameTimes(IEnumerable<(int Place, SimulatedDevice Device)> devices)
    {
        foreach (var zone in devices.GroupBy(device => device.Device.LocalTime))
        {
            var ordered = zone.OrderBy(device => device.Device.FrameDelay).ThenBy(device => device.Place).ToArray();
            _zones.Add((zone.Key, [.. ordered.Select(device => device.Device.FrameDelay)], [.. ordered.Select(device => device.Place)]));
        }
    }

    /// <summary>How long after midnight a device with that seed sends, in seconds: 1 minute to 2 hours.</summary>
    public static double DelayOf(ulong key) => Math.Round(Seeded.Between(Seeded.Key(key, 0xf4a3), 0, EarliestSeconds, LatestSeconds), 3);

    /// <summary>When a device sends next after an instant.</summary>
    public static DateTimeOffset Next(SimulatedDevice device, DateTimeOffset after)
    {
        var clock = device.LocalTime;
        for (var day = clock.DayOf(SimulatedTime.SecondsAt(after)); ; day++)
        {
            if (SimulatedTime.InstantAt(clock.StartOf(day) + device.FrameDelay) is var at && at > after) return at;
        }
    }

    /// <summary>Adds what is sent after one instant and until another, the last included.</summary>
    public void AddDue(DateTimeOffset after, DateTimeOffset until, List<(int Device, DateTimeOffset At)> due)
    {
        foreach (var (clock, delays, devices) in _zones)
        {
            foreach (var (start, first, last) in Ranges(clock, delays, after, until))
            {
                for (var place = first; place < last; place++) due.Add((devices[place], SimulatedTime.InstantAt(start + delays[place])));
            }
        }
    }

    /// <summary>How many are sent after one instant and until another.</summary>
    public long CountDue(DateTimeOffset after, DateTimeOffset until) => _zones.Sum(zone => Ranges(zone.Clock, zone.Delays, after, until).Sum(range => (long)(range.Last - range.First)));

    private static IEnumerable<(double Start, int First, int Last)> Ranges(ZoneClock clock, double[] delays, DateTimeOffset after, DateTimeOffset until)
    {
        if (until <= after) yield break;
        var (from, to) = (SimulatedTime.SecondsAt(after), SimulatedTime.SecondsAt(until));
        for (var day = clock.DayOf(from); day <= clock.DayOf(to); day++)
        {
            var start = clock.StartOf(day);
            var (first, last) = (FirstAfter(delays, from - start), FirstAfter(delays, to - start));
            if (last > first) yield return (start, first, last);
        }
    }

    /// <summary>Place of the first delay that is greater.</summary>
    private static int FirstAfter(double[] delays, double seconds)
    {
        var (low, high) = (0, delays.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = delays[middle] > seconds ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
