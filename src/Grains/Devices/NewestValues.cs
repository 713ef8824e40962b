using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Grains.Devices;

/// <summary>Newest value of one metric.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The value.</param>
/// <param name="ObservedAt">When it was observed, as the source said it, in Unix milliseconds.</param>
/// <param name="ChangedAt">Log offset at which the value last changed: a repeated value is no change.</param>
[GenerateSerializer, Immutable, Alias("grid.NewestValue")]
public readonly record struct NewestValue(
    [property: Id(0)] string Name,
    [property: Id(1)] double Value,
    [property: Id(2)] long ObservedAt,
    [property: Id(3)] long ChangedAt);

/// <summary>
/// The newest values of a device, ordered by name (ordinal). The array belongs to one device and is written in place: no allocation for a
/// report of known metrics.
/// </summary>
public static class NewestValues
{
    /// <summary>Metrics kept for a device; what comes beyond is counted and not kept.</summary>
    public const int Bound = 32;

    /// <summary>Writes a value; true when a client sees a change.</summary>
    /// <param name="values">The device's values, null when it has none.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="observedAt">When it was observed, in Unix milliseconds.</param>
    /// <param name="offset">Log offset of the report.</param>
    /// <param name="isFull">True when the value was not kept for want of room.</param>
    public static bool Set(ref NewestValue[]? values, MetricValue metric, long observedAt, long offset, out bool isFull)
    {
        isFull = false;
        metric = metric with { Value = metric.Value + 0.0 }; // Minus zero is zero.
        var index = IndexOf(values, metric.Name);
        if (index >= 0)
        {
            ref var slot = ref values![index];
            var changed = !slot.Value.Equals(metric.Value);
            slot = slot with { Value = metric.Value, ObservedAt = observedAt, ChangedAt = changed ? offset : slot.ChangedAt };
            return changed;
        }

        var length = values?.Length ?? 0;
        if (length >= Bound)
        {
            isFull = true;
            return false;
        }

        var place = ~index;
        var grown = new NewestValue[length + 1];
        values?.AsSpan(0, place).CopyTo(grown);
        grown[place] = new NewestValue(MetricNames.Shared(metric.Name), metric.Value, observedAt, offset);
        values?.AsSpan(place).CopyTo(grown.AsSpan(place + 1));
        values = grown;
        return true;
    }

    /// <summary>The newest value of a metric, null when there is none.</summary>
    public static NewestValue? Find(NewestValue[]? values, string metric) => IndexOf(values, metric) is >= 0 and var index ? values![index] : null;

    /// <summary>When the newest value of a metric was observed, null when there is none.</summary>
    public static long? ObservedAt(NewestValue[]? values, string metric) => IndexOf(values, metric) is >= 0 and var index ? values![index].ObservedAt : null;

    /// <summary>What a report adds to the values that are as new as itself.</summary>
    public static ReadingEntry AddedBy(ReadingEntry report, NewestValue[]? values)
    {
        var observed = report.ObservedAt.ToMilliseconds();
        return report with { Metrics = [.. report.Metrics.Where(metric => !(ObservedAt(values, metric.Name) >= observed))] };
    }

    /// <summary>The metrics that changed after an offset.</summary>
    public static ImmutableArray<MetricValue> ChangedAfter(NewestValue[]? values, long offset)
    {
        if (values is null)
        {
            return [];
        }

        var changed = ImmutableArray.CreateBuilder<MetricValue>(values.Length);
        foreach (var value in values)
        {
            if (value.ChangedAt > offset)
            {
                changed.Add(new MetricValue(value.Name, value.Value));
            }
        }

        return changed.DrainToImmutable();
    }

    /// <summary>All of them as changed at an offset: offsets of another sector do not compare.</summary>
    public static void Rebase(NewestValue[]? values, long offset)
    {
        foreach (ref var value in values.AsSpan())
        {
            value = value with { ChangedAt = offset };
        }
    }

    /// <summary>After a read from storage: one string for each name again.</summary>
    public static void ShareNames(NewestValue[]? values)
    {
        foreach (ref var value in values.AsSpan())
        {
            value = value with { Name = MetricNames.Shared(value.Name) };
        }
    }

    /// <summary>Its place, or the complement of where it would stand. A device has a handful of metrics: most are found by reference.</summary>
    private static int IndexOf(NewestValue[]? values, string name)
    {
        if (values is null)
        {
            return ~0;
        }

        for (var index = 0; index < values.Length; index++)
        {
            if (ReferenceEquals(values[index].Name, name))
            {
                return index;
            }
        }

        for (var index = 0; index < values.Length; index++)
        {
            var order = string.CompareOrdinal(values[index].Name, name);
            if (order >= 0)
            {
                return order == 0 ? index : ~index;
            }
        }

        return ~values.Length;
    }
}
