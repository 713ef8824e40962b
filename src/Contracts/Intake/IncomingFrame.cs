using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Intake;

/// <summary>
/// A reading with the growth of its indexes in the intervals after it: one uplink that carries a day. Behind the door it is as many ordinary readings, each with the index
/// at the end of an interval; its own metrics are those of its beginning.
/// </summary>
/// <param name="Index">Its place in the sender's batch, from 0, for rejections.</param>
/// <param name="Device">The device's key.</param>
/// <param name="Start">When the first interval begins, and the reading was observed.</param>
/// <param name="Metrics">Values at that time, with each index of <paramref name="Deltas"/>.</param>
/// <param name="Deltas">Growth by index, each metric once.</param>
/// <param name="Interval">Length of an interval, above 0.</param>
/// <param name="Session">Join or boot session of the source.</param>
/// <param name="Sequence">Frame counter within the session.</param>
public sealed record IncomingFrame(
    int Index,
    string Device,
    DateTimeOffset Start,
    ImmutableArray<MetricValue> Metrics,
    ImmutableArray<IndexDeltas> Deltas,
    TimeSpan Interval,
    string? Session = null,
    long? Sequence = null) : IncomingReading(Index, Device, Start, Metrics, Session, Sequence)
{
    /// <summary>Deltas of one index in a frame, at most.</summary>
    public const int MaximumDeltas = 96;

    /// <summary>The readings that it holds: its own, and one for each interval.</summary>
    public int Count => 1 + Deltas.Max(static deltas => deltas.Values.Length);
}

/// <summary>By how much an index grew in each interval.</summary>
/// <param name="Metric">The index.</param>
/// <param name="Values">At least 0 each, in the unit of the index; 1 to <see cref="IncomingFrame.MaximumDeltas"/>.</param>
public readonly record struct IndexDeltas(string Metric, ImmutableArray<double> Values);
