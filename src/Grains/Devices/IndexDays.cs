using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Grains.Devices;

/// <summary>A reading of an index, on the virtual index that goes on through rollovers and replacements.</summary>
/// <param name="Day">The local day that it belongs to: that of the instant before it.</param>
/// <param name="At">Its time, in Unix milliseconds.</param>
/// <param name="Raw">The index as reported, in thousandths.</param>
/// <param name="Virtual">The index as if it had never been reset, in thousandths.</param>
/// <param name="EndsDay">True when it was read at the very midnight that ends its day, and begins the next one.</param>
/// <remarks>32 bytes: laid out so that the flag stands beside the day. Each device with an index has three.</remarks>
[GenerateSerializer, Immutable, Alias("grid.IndexPoint"), StructLayout(LayoutKind.Auto)]
public readonly record struct IndexPoint(
    [property: Id(0)] int Day, [property: Id(1)] long At, [property: Id(2)] long Raw, [property: Id(3)] long Virtual, [property: Id(4)] bool EndsDay = false);

/// <summary>An amount of the newest local day, and of the day before it.</summary>
/// <param name="Day">The newest local day.</param>
/// <param name="Amount">What is counted on it.</param>
/// <param name="PreviousAmount">What is counted on the day before.</param>
/// <param name="Bounds">Which of their bounds are known; of what is no index, none.</param>
public readonly record struct DayAmounts(int Day, long Amount, long PreviousAmount, DayBounds Bounds = DayBounds.None);

/// <summary>
/// Consumption by local day from an index. A day is what comes after its midnight up to the next one, which it has: an index of exactly midnight is
/// the last one of the day before. Kept are the newest reading of each of the last three days that have one, and, until there are
/// three, the first reading of the oldest. The consumption of a day is its newest reading less the newest one before that day (on the first
/// day: less its first reading). What is kept depends on which readings arrived and not on their order, unless the index was reset.
/// </summary>
public static class IndexDays
{
    /// <summary>Days of which the newest reading is kept: today, yesterday, and the base of yesterday.</summary>
    private const int Days = 3;

    /// <summary>A drop is a rollover when it means at most this part of the register consumed; otherwise the meter was replaced or reset.</summary>
    private const int RolloverShare = 10;

    /// <summary>The readings with one more in them. A reading that does not fit between its neighbours changes nothing.</summary>
    /// <param name="points">The former ones, null when there are none; never changed.</param>
    /// <param name="raw">The index as reported, in thousandths.</param>
    /// <param name="at">When, in Unix milliseconds.</param>
    /// <param name="day">The local day that has the growth up to that instant: <see cref="LocalCalendar.DayUpTo"/>.</param>
    /// <param name="modulus">Where the index starts again from 0, in thousandths; 0 when it never does.</param>
    /// <param name="keepsFirst">False where one reading a day may be kept: then the first day has no consumption.</param>
    public static IndexPoint[] Add(IndexPoint[]? points, long raw, long at, LocalDay day, long modulus, bool keepsFirst = true)
    {
        if (points is null || points.Length == 0)
        {
            return [new IndexPoint(day.Day, at, raw, raw, at == day.End)];
        }

        var place = points.Length;
        while (place > 0 && points[place - 1].At >= at)
        {
            place--;
        }

        if (place < points.Length && points[place].At == at)
        {
            return points;
        }

        var before = place > 0 ? points[place - 1] : default(IndexPoint?);
        var after = place < points.Length ? points[place] : default(IndexPoint?);
        if (VirtualOf(raw, before, after, modulus) is not { } virtualIndex)
        {
            return points;
        }

        Span<IndexPoint> all = stackalloc IndexPoint[points.Length + 1];
        points.AsSpan(0, place).CopyTo(all);
        all[place] = new IndexPoint(day.Day, at, raw, virtualIndex, at == day.End);
        points.AsSpan(place).CopyTo(all[(place + 1)..]);
        return Keep(all, keepsFirst);
    }

    /// <summary>The consumption of the newest day with a reading, and of the day before it, in thousandths; never negative.</summary>
    /// <param name="points">Readings of the index, null when there are none.</param>
    /// <param name="modulus">Where the index starts again from 0, in thousandths; 0 when it never does.</param>
    public static DayAmounts AmountsOf(IndexPoint[]? points, long modulus)
    {
        if (points is null || points.Length == 0)
        {
            return default;
        }

        var newest = points[^1];
        var from = BaseOf(points, newest.Day);
        var bounds = (newest.EndsDay ? DayBounds.Ends : DayBounds.None) | (IsFromMidnight(from, newest, modulus) ? DayBounds.Begins : DayBounds.None);
        var previous = 0L;
        for (var index = points.Length - 2; index >= 0; index--)
        {
            if (points[index].Day == newest.Day - 1)
            {
                var before = BaseOf(points, newest.Day - 1);
                previous = points[index].Virtual - before.Virtual;
                bounds |= points[index].EndsDay && IsFromMidnight(before, points[index], modulus) ? DayBounds.PreviousIsWhole : DayBounds.None;
                break;
            }
        }

        return new DayAmounts(newest.Day, newest.Virtual - from.Virtual, previous, bounds);
    }

    /// <summary>
    /// True when one register counted what lies between the midnight before a reading's day and the reading. What a register that was replaced or reset had counted last is not known,
    /// and shows: the virtual index has grown by something else than the register, other than by whole turns of it.
    /// </summary>
    private static bool IsFromMidnight(in IndexPoint from, in IndexPoint to, long modulus)
    {
        var apart = to.Virtual - from.Virtual - (to.Raw - from.Raw);
        return from.EndsDay && from.Day == to.Day - 1 && (apart == 0 || (modulus > 0 && apart % modulus == 0));
    }

    /// <summary>The newest reading before a day, else the first one of it.</summary>
    private static IndexPoint BaseOf(IndexPoint[] points, int day)
    {
        for (var index = points.Length - 1; index >= 0; index--)
        {
            if (points[index].Day < day)
            {
                return points[index];
            }
        }

        return points[0];
    }

    private static long? VirtualOf(long raw, IndexPoint? before, IndexPoint? after, long modulus)
    {
        if (before is { } from && Consumed(from.Raw, raw, modulus) is { } since && (after is null || from.Virtual + since <= after.Value.Virtual))
        {
            return from.Virtual + since;
        }

        if (after is not { } to)
        {
            // The newest one, and lower than it should be: replaced or reset. Consumption goes on from here.
            return before?.Virtual ?? raw;
        }

        return Consumed(raw, to.Raw, modulus) is { } until && (before is null || to.Virtual - until >= before.Value.Virtual) ? to.Virtual - until : null;
    }

    /// <summary>What was consumed between two readings of one register, in thousandths; null for a drop that is no rollover.</summary>
    /// <param name="from">The earlier reading, in thousandths.</param>
    /// <param name="to">The later one.</param>
    /// <param name="modulus">Where the index starts again from 0; 0 when it never does.</param>
    public static long? Consumed(long from, long to, long modulus)
    {
        if (to >= from)
        {
            return to - from;
        }

        var rolled = modulus - from + to;
        return modulus > 0 && from <= modulus && rolled <= modulus / RolloverShare ? rolled : null;
    }

    /// <summary>Newest of each of the last three days; with fewer days, the first of the oldest as well.</summary>
    private static IndexPoint[] Keep(ReadOnlySpan<IndexPoint> all, bool keepsFirst)
    {
        var days = 0;
        Span<IndexPoint> kept = stackalloc IndexPoint[Days + 1];
        var start = kept.Length;
        for (var index = all.Length - 1; index >= 0 && days < Days; index--)
        {
            if (index == all.Length - 1 || all[index].Day != all[index + 1].Day)
            {
                kept[--start] = all[index];
                days++;
            }
        }

        if (keepsFirst && days < Days && all[0].At != kept[start].At)
        {
            kept[--start] = all[0];
        }

        return kept[start..].ToArray();
    }
}
