using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// A cabinet: its segments of passive lamps follow the night by its own clock; a segment of controlled lamps is always supplied. Its meter sums what its lamps draw.
/// </summary>
internal sealed class LightingCabinet : SimulatedDevice
{
    private const double OwnWatts = 6;
    private static readonly string[] SegmentMetrics = [.. Enumerable.Range(1, MaximumSegments).Select(segment => $"segment{segment}On")];

    private readonly Segment[] _segments;
    private readonly ControlledLamp[] _controlled;

    /// <param name="id">Key.</param>
    /// <param name="key">Seeded key.</param>
    /// <param name="site">Its commune.</param>
    /// <param name="passiveWatts">Rated watts of the passive lamps by segment, 1 to 8 of them.</param>
    /// <param name="isPermanent">By segment: true when it feeds only controlled lamps.</param>
    /// <param name="controlled">The controlled lamps that it feeds.</param>
    public LightingCabinet(string id, ulong key, Site site, ReadOnlySpan<double> passiveWatts, ReadOnlySpan<bool> isPermanent, ControlledLamp[] controlled)
        : base(id, key, site)
    {
        var shift = (float)Seeded.Between(key, 1, -240, 240); // its clock and its photocell are its own
        _controlled = controlled;
        _segments = new Segment[passiveWatts.Length];
        for (var index = 0; index < _segments.Length; index++)
        {
            // Where lights go off in the quiet hours, a first segment here and there stays lit for its crossing.
            var goesQuiet = site.SwitchesOffInQuietHours && (index > 0 || Seeded.Unit(key, 2) < 0.75);
            _segments[index] = new Segment(new LightingProgram(goesQuiet ? 0 : 1, shift), (float)passiveWatts[index], isPermanent[index]);
        }
    }

    public const int MaximumSegments = 8;

    public override ImmutableArray<MetricValue> Report(double now)
    {
        var report = new MetricValue[_segments.Length + 7];
        var watts = OwnWatts;
        var wattSeconds = OwnWatts * now;
        for (var index = 0; index < _segments.Length; index++)
        {
            ref readonly var segment = ref _segments[index];
            var burnt = segment.IsPermanent ? new Burnt(now, now, 1) : segment.Program.At(Site.Nights, now);
            watts += segment.Watts * burnt.Level;
            wattSeconds += segment.Watts * burnt.FullSeconds;
            report[index] = Metric(SegmentMetrics[index], burnt.Level > 0 ? 1 : 0);
        }

        foreach (var lamp in _controlled)
        {
            var (lampWatts, lampWattSeconds) = lamp.Draw(now);
            watts += lampWatts;
            wattSeconds += lampWattSeconds;
        }

        var volts = 232 + (5 * Seeded.Smooth(Key, now / SimulatedTime.Hour)) - (watts / 4_000);
        var moisture = Site.Weather.RainMillimetresPerHour(Site.Commune.Longitude, Site.Commune.Latitude, now);
        var rest = report.AsSpan(_segments.Length);
        rest[0] = Metric("powerWatts", Math.Round(watts, 1));
        rest[1] = Metric("energyWattHours", Index(wattSeconds / 3600));
        rest[2] = Metric("supplyVolts", Math.Round(volts, 1));
        rest[3] = Metric("leakageMilliamperes", Math.Round(Seeded.Between(Key, 3, 2, 9) + moisture, 1));
        rest[4] = Metric("doorOpen", IsVisited(now) ? 1 : 0);
        rest[5] = Metric("breakerTripped", 0);
        rest[6] = Metric("programVersion", 1);
        return ImmutableCollectionsMarshal.AsImmutableArray(report);
    }

    public override int SwitchState(double now)
    {
        var state = 0;
        for (var index = 0; index < _segments.Length; index++)
        {
            ref readonly var segment = ref _segments[index];
            if (segment.IsPermanent || segment.Program.At(Site.Nights, now).Level > 0) state |= 1 << index;
        }

        return state;
    }

    // A fitter opens the door for 40 minutes between 09:00 and 16:00, about every three months.
    private bool IsVisited(double now)
    {
        var local = Site.Clock.Local(now);
        var day = (long)(local / SimulatedTime.Day);
        if (Seeded.Unit(Key ^ 0xd004, day) >= 1.0 / 90) return false;
        var since = (local % SimulatedTime.Day) - Seeded.Between(Key ^ 0xd005, day, 9 * SimulatedTime.Hour, 16 * SimulatedTime.Hour);
        return since is >= 0 and < 2_400;
    }

    private readonly record struct Segment(LightingProgram Program, float Watts, bool IsPermanent);
}
