using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;

namespace Grid.Grains.History;

/// <summary>
/// How the entries of a log came, kept in history beside what was measured: when each report was accepted, in which order, when silence was found and since when a device is in its
/// sector. What was measured is kept by the time at which it was observed, from which none of that follows; with it, rules can be tried on what truly happened. Nothing is kept of
/// persons' devices, and nothing of it is shown. The names begin with a sign that no metric may begin with.
/// </summary>
internal static class Course
{
    /// <summary>The first character of every name.</summary>
    public const char Mark = '~';

    /// <summary>A report was accepted: the instant at which it was observed less that one, in milliseconds; with a fraction when others of the device came with it.</summary>
    public const string Arrived = "~arrived";

    /// <summary>A device was found silent: the instant since when less that one, in the same way.</summary>
    public const string Silenced = "~silenced";

    /// <summary>A device is registered in a sector: <see cref="NumberOf"/>.</summary>
    public const string Here = "~here";

    /// <summary>Of a sector: how many devices left it, or were removed.</summary>
    public const string Left = "~left";

    internal const int Parts = 4_096;

    /// <summary>The series of a sector.</summary>
    public static string SeriesOf(string sector) => $"scope/sector:{sector}";

    /// <summary>Stands for a sector.</summary>
    public static double NumberOf(string sector) => (uint)Fingerprint.Of(sector);

    /// <summary>When a report was accepted and when it was observed; or when silence was found, and since when it was. In its order: by instant, and what came together by the time of its point.</summary>
    public static (DateTimeOffset Accepted, DateTimeOffset Observed) ArrivalOf(HistoryPoint point)
    {
        var milliseconds = Math.Floor(point.Value);
        var accepted = point.Time.AddMilliseconds(-(int)((point.Value - milliseconds) * Parts));
        return (accepted, accepted.AddMilliseconds(milliseconds));
    }
}

/// <summary>The course of one sector: what is to be kept of each of its batches, in the order of its log.</summary>
/// <param name="sector">The sector.</param>
internal sealed class SectorCourse(string sector)
{
    /// <summary>Appends that were accepted at once reach the log in any order, some moments apart; more is a clock that was set back.</summary>
    private const long MostOverlapMilliseconds = 10_000;

    /// <summary>Devices for which room is kept from one batch to the next.</summary>
    private const int MostKept = 256;

    private Dictionary<string, long> _usedBy = new(StringComparer.Ordinal);
    private long _acceptedAt;
    private long _usedUpTo;

    /// <summary>What is kept of a batch. Accepted is what comes later in the log not before what comes earlier.</summary>
    public ImmutableArray<HistorySample> Of(ImmutableArray<LogEntry> entries)
    {
        var samples = ImmutableArray.CreateBuilder<HistorySample>(entries.Length);
        var left = 0;
        foreach (var entry in entries)
        {
            var received = entry.ReceivedAt.ToMilliseconds();
            _acceptedAt = _acceptedAt - received is > 0 and <= MostOverlapMilliseconds ? _acceptedAt : received;
            switch (entry)
            {
                case ReadingEntry { Personal: null } reading when FreeFor(reading.Device) is var free && free - _acceptedAt < Course.Parts:
                    samples.Add(SampleOf(reading.Device, free, Course.Arrived, reading.ObservedAt.ToMilliseconds() - _acceptedAt + ((double)(free - _acceptedAt) / Course.Parts)));
                    break;
                case SilencedEntry silenced when FreeFor(silenced.Device) is var free && free - _acceptedAt < Course.Parts:
                    samples.Add(SampleOf(silenced.Device, free, Course.Silenced, silenced.LastHeardAt.ToMilliseconds() - _acceptedAt + ((double)(free - _acceptedAt) / Course.Parts)));
                    break;
                case RegisteredEntry registered when PersonalData.SubscriberOf(registered.Descriptor) is null:
                    samples.Add(SampleOf(registered.Device, _acceptedAt, Course.Here, Course.NumberOf(sector)));
                    break;
                case RemovedEntry:
                    left++;
                    break;
            }
        }

        if (left > 0)
        {
            samples.Add(SampleOf(Course.SeriesOf(sector), _acceptedAt, Course.Left, left));
        }

        return samples.DrainToImmutable();
    }

    /// <summary>The instant at which nothing of the device is kept yet: a series has one value for each, and several reports of a device may be accepted at one.</summary>
    private long FreeFor(string device)
    {
        if (_acceptedAt > _usedUpTo)
        {
            if (_usedBy.Count > MostKept)
            {
                _usedBy = new(StringComparer.Ordinal);
            }

            _usedBy.Clear();
        }

        var free = _usedBy.TryGetValue(device, out var used) ? Math.Max(_acceptedAt, used + 1) : _acceptedAt;
        _usedBy[device] = free;
        _usedUpTo = Math.Max(_usedUpTo, free);
        return free;
    }

    private static HistorySample SampleOf(string series, long at, string name, double value) => new(series, DateTimeOffset.FromUnixTimeMilliseconds(at), name, value);
}
