using System.Collections.Immutable;
using Grid.Contracts.Rules;

namespace Grid.Grains.Rules.Trial;

/// <summary>What a trial tells: how much there was of each, and the first of all by time and device, whatever the order in which they are found.</summary>
internal sealed class TrialEvents
{
    private static readonly Comparer<RuleTrialEvent> LastFirst = Comparer<RuleTrialEvent>.Create(static (one, other) => Compare(other, one));

    private readonly PriorityQueue<RuleTrialEvent, RuleTrialEvent> _first = new(LastFirst);
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>All that there were.</summary>
    public long Count { get; private set; }

    public void Add(RuleTrialEvent one)
    {
        Count++;
        _counts[one.What] = _counts.GetValueOrDefault(one.What) + 1;
        if (_first.Count < RuleTrialAnswer.MostEvents)
        {
            _first.Enqueue(one, one);
        }
        else
        {
            _first.EnqueueDequeue(one, one);
        }
    }

    public ImmutableArray<RuleTrialEvent> First() => [.. _first.UnorderedItems.Select(item => item.Element).Order(Comparer<RuleTrialEvent>.Create(Compare))];

    public ImmutableArray<RuleTrialCount> Counts() => [.. _counts.Select(pair => new RuleTrialCount(pair.Key, pair.Value))];

    private static int Compare(RuleTrialEvent one, RuleTrialEvent other)
    {
        var byTime = one.At.CompareTo(other.At);
        var byDevice = byTime != 0 ? byTime : string.CompareOrdinal(one.Device, other.Device);
        return byDevice != 0 ? byDevice : string.CompareOrdinal(one.What, other.What);
    }
}
