using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;

namespace Grid.Grains.History;

/// <summary>The <see cref="Course"/> of one sector: what is to be kept of each of its batches, in the order of its log.</summary>
/// <param name="sector">The sector.</param>
internal sealed class SectorCourse(string sector)
{
    private const long DayMilliseconds = 86_400_000;

    /// <summary>Devices for which room is kept from one batch to the next.</summary>
    private const int MostKept = 256;

    /// <summary>Reports of a minute that are known again when they come a second time.</summary>
    private const int MostKnown = 8_192;

    private readonly string _series = Course.SeriesOf(sector);
    private Dictionary<string, long> _usedBy = new(StringComparer.Ordinal);
    private HashSet<long> _known = [];
    private HashSet<long> _knownBefore = [];
    private long _knownSince;
    private long _usedUpTo;
    private long _day = -1;

    /// <summary>What is kept of a batch.</summary>
    public ImmutableArray<HistorySample> Of(ImmutableArray<LogEntry> entries)
    {
        var samples = ImmutableArray.CreateBuilder<HistorySample>();
        var left = 0;
        foreach (var entry in entries)
        {
            var accepted = entry.ReceivedAt.ToMilliseconds();
            if (accepted / DayMilliseconds != _day)
            {
                _day = accepted / DayMilliseconds;
                samples.Add(SampleOf(_series, accepted, Course.Kept, 1));
            }

            switch (entry)
            {
                case ReadingEntry { Personal: null } reading:
                    Take(reading, accepted, samples);
                    break;
                case SilencedEntry silenced when PlaceOf(silenced.Device, accepted) is { } place:
                    samples.Add(SampleOf(silenced.Device, accepted + place, Course.Silenced, silenced.LastHeardAt.ToMilliseconds() - accepted + ((double)place / Course.Parts)));
                    break;
                case RegisteredEntry registered when PersonalData.SubscriberOf(registered.Descriptor) is null:
                    samples.Add(SampleOf(registered.Device, accepted, Course.Here, Course.NumberOf(sector)));
                    break;
                case RemovedEntry:
                    left++;
                    break;
                case RuleTurnEntry turn:
                    samples.Add(SampleOf(_series, turn.At.ToMilliseconds(), Course.Judged, turn.Seen is { } seen ? (turn.At - seen).TotalMilliseconds : -1));
                    break;
                case RulesEntry given:
                    samples.Add(SampleOf(_series, accepted, Course.Follows, -1 - given.Rules.Rules.Length));
                    samples.AddRange(given.Rules.Rules.Select((rule, place) => SampleOf(_series, accepted + 1 + place, Course.Follows, Course.NumberOf(rule.Json))));
                    break;
            }
        }

        if (left > 0)
        {
            samples.Add(SampleOf(_series, entries[^1].ReceivedAt.ToMilliseconds(), Course.Left, left));
        }

        return samples.DrainToImmutable();
    }

    private void Take(ReadingEntry reading, long accepted, ImmutableArray<HistorySample>.Builder samples)
    {
        if (PlaceOf(reading.Device, accepted) is not { } place)
        {
            return;
        }

        var observed = reading.ObservedAt.ToMilliseconds();
        var after = accepted - observed;
        var part = (double)place / Course.Parts;
        if (after is < 0 or > Course.LateMilliseconds || reading.Metrics.IsEmpty || !IsNew(reading.Device, observed, accepted))
        {
            samples.Add(SampleOf(reading.Device, accepted + place, Course.Late, part - after));
            if (after > Course.LateMilliseconds)
            {
                samples.Add(SampleOf(reading.Device, observed, Course.Tardy, 1));
            }
        }
        else if (after > 0 || place > 0 || !MetricCatalog.ByName.ContainsKey(reading.Metrics[0].Name))
        {
            samples.Add(SampleOf(reading.Device, observed, Course.Arrived, after + part));
        }
    }

    /// <summary>False when it came before: what is kept by the time of observation is of the first.</summary>
    private bool IsNew(string device, long observed, long accepted)
    {
        if (accepted - _knownSince > Course.LateMilliseconds)
        {
            (_knownBefore, _known, _knownSince) = (_known, _knownBefore, accepted);
            _known.Clear();
        }

        var key = Fingerprint.Of(device) ^ (observed * 0x27d4eb2f165667c5L);
        return !_knownBefore.Contains(key) && (_known.Count >= MostKnown || _known.Add(key));
    }

    /// <summary>How many milliseconds after an instant nothing of the device is kept yet: a series has one value for each, and several reports of a device may be accepted at one. Null for too many.</summary>
    private int? PlaceOf(string device, long accepted)
    {
        if (accepted > _usedUpTo)
        {
            if (_usedBy.Count > MostKept)
            {
                _usedBy = new(StringComparer.Ordinal);
            }

            _usedBy.Clear();
        }

        var free = _usedBy.TryGetValue(device, out var used) ? Math.Max(accepted, used + 1) : accepted;
        _usedBy[device] = free;
        _usedUpTo = Math.Max(_usedUpTo, free);
        return free - accepted < Course.Parts ? (int)(free - accepted) : null;
    }

    private static HistorySample SampleOf(string series, long at, string name, double value) => new(series, DateTimeOffset.FromUnixTimeMilliseconds(at), name, value);
}
