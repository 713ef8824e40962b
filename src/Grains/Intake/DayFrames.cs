using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.Devices;

namespace Grid.Grains.Intake;

/// <summary>From a frame to the readings that it holds. Pure.</summary>
public static class DayFrames
{
    private const double Thousand = 1_000;

    /// <summary>
    /// The readings, by time: the frame's own, and one at the end of each interval with every index that is known there. The counter of the frame is that of the last one, which is what
    /// the source knew when it sent the frame; the others have their time only, so that no two of them are taken for one.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="indexMaximum">Where the indexes of the device start again from 0, in their unit; 0 when they never do.</param>
    public static ImmutableArray<IncomingReading> Expand(IncomingFrame frame, double indexMaximum)
    {
        var readings = ImmutableArray.CreateBuilder<IncomingReading>(frame.Count);
        readings.Add(new IncomingReading(frame.Index, frame.Device, frame.Start, frame.Metrics));
        var modulus = Thousandths.Of(indexMaximum);
        var indexes = frame.Deltas.Select(deltas => Thousandths.Of(BaseOf(frame, deltas.Metric))).ToArray();
        for (var interval = 0; interval < frame.Count - 1; interval++)
        {
            var metrics = ImmutableArray.CreateBuilder<MetricValue>(indexes.Length);
            for (var series = 0; series < indexes.Length; series++)
            {
                var (metric, values) = frame.Deltas[series];
                if (interval < values.Length)
                {
                    indexes[series] = Next(indexes[series], Thousandths.Of(values[interval]), modulus);
                    metrics.Add(new MetricValue(metric, indexes[series] / Thousand));
                }
            }

            readings.Add(new IncomingReading(frame.Index, frame.Device, frame.Start + ((interval + 1) * frame.Interval), metrics.DrainToImmutable()));
        }

        readings[^1] = readings[^1] with { Session = frame.Session, Sequence = frame.Sequence };
        return readings.MoveToImmutable();
    }

    /// <summary>The field of a reading of a frame in what was sent: the first delta that it rests on.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="place">Its place among the readings of the frame, above 0.</param>
    public static string FieldOf(IncomingFrame frame, int place) =>
        FormattableString.Invariant($"deltas.{frame.Deltas.First(deltas => deltas.Values.Length >= place).Metric}[{place - 1}]");

    private static double BaseOf(IncomingFrame frame, string metric) => frame.Metrics.First(value => value.Name == metric).Value;

    private static long Next(long index, long delta, long modulus) =>
        index + delta is var next && modulus > 0 && next >= modulus && index < modulus ? next % modulus : next;
}
