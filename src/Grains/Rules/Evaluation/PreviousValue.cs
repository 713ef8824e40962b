using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>What a metric was before its newest report.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Value">The value; 0 before there were two reports.</param>
/// <param name="ObservedAt">When it was observed, in Unix milliseconds; 0 before there were two reports.</param>
[GenerateSerializer, Immutable, Alias("grid.PreviousValue")]
public readonly record struct PreviousValue([property: Id(0)] string Name, [property: Id(1)] double Value, [property: Id(2)] long ObservedAt);

/// <summary>The previous values of a device, in the order in which its rules name them.</summary>
internal static class PreviousValues
{
    /// <summary>Before a report is shown: what is newest now becomes previous, for the metrics that it carries.</summary>
    public static void Note(PreviousValue[]? previous, NewestValue[]? values, ReadingEntry report)
    {
        if (previous is null)
        {
            return;
        }

        var observed = report.ObservedAt.ToMilliseconds();
        foreach (ref var slot in previous.AsSpan())
        {
            if (report[slot.Name] is not null && NewestValues.Find(values, slot.Name) is { } newest && newest.ObservedAt < observed)
            {
                slot = slot with { Value = newest.Value, ObservedAt = newest.ObservedAt };
            }
        }
    }

    /// <summary>The value of a metric, default for one that is not noted.</summary>
    public static PreviousValue Find(PreviousValue[]? previous, string name)
    {
        foreach (ref readonly var slot in previous.AsSpan())
        {
            if (ReferenceEquals(slot.Name, name) || string.Equals(slot.Name, name, StringComparison.Ordinal))
            {
                return slot;
            }
        }

        return new PreviousValue(name, 0, 0);
    }

    /// <summary>The value of a metric; not a number where it is unknown.</summary>
    public static double ValueOf(PreviousValue[]? previous, string name) => Find(previous, name) is { ObservedAt: > 0, Value: var value } ? value : double.NaN;

    /// <summary>After a read from storage: one string for each name again.</summary>
    public static void ShareNames(PreviousValue[]? previous)
    {
        foreach (ref var slot in previous.AsSpan())
        {
            slot = slot with { Name = MetricNames.Shared(slot.Name) };
        }
    }

    /// <summary>Those of other names: what was known of them stays.</summary>
    public static PreviousValue[]? For(IReadOnlyList<string> names, PreviousValue[]? former) =>
        names.Count == 0 ? null : [.. names.Select(name => Find(former, name) with { Name = name })];
}
