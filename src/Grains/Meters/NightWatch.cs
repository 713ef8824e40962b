using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Meters;

/// <summary>A reading of the index in a night.</summary>
/// <param name="At">When, in Unix milliseconds.</param>
/// <param name="Raw">The index as reported, in thousandths.</param>
[GenerateSerializer, Immutable, Alias("grid.NightPoint")]
public readonly record struct NightPoint([property: Id(0)] long At, [property: Id(1)] long Raw);

/// <summary>
/// What is known of the index in the newest night: the last reading before its hours, the first one of each quarter of an hour in them, and the first one after them. So it
/// depends on which readings came and not on their order, and is bounded, at most 22. Once the night is judged they are let go. 80 bytes, and 16 for each reading of a night that
/// is not judged yet. Most reports of a night say nothing new of it: what each one may change is apart, in <see cref="NightFlows"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.NightWatch")]
public sealed record NightWatch
{
    private const long Minute = 60_000;
    private const long Slot = 15 * Minute;

    /// <summary>How far before and after the hours of the night a reading may be that bounds them: meters that report hourly have one there.</summary>
    private const long Margin = 90 * Minute;

    /// <summary>How far the hours are widened at most, on either side, for a register with coarse steps.</summary>
    private const long MostWidening = 60 * Minute;

    private const int Before = -1;

    /// <summary>Local day of the night, in days since 1970-01-01.</summary>
    [Id(0)] public int Day { get; init; }

    /// <summary>When its hours begin, in Unix milliseconds.</summary>
    [Id(1)] public long From { get; init; }

    /// <summary>When they end.</summary>
    [Id(2)] public long To { get; init; }

    /// <summary>Its readings, by time; empty once <see cref="IsDecided"/>.</summary>
    [Id(3)] public NightPoint[] Points { get; init; } = [];

    /// <summary>True from its judgement until a late reading says more.</summary>
    [Id(7)] public bool IsJudged { get; init; }

    /// <summary>True when the judgement had enough to go by: it stands, and later readings of the night change nothing.</summary>
    [Id(8)] public bool IsDecided { get; init; }

    /// <summary>Nights in a row in which the flow never reached zero, up to the last one that was judged.</summary>
    [Id(9)] public int Nights { get; init; }

    /// <summary>When the hours of the last of these ended, in Unix milliseconds; 0 for none.</summary>
    [Id(10)] public long LastEnd { get; init; }

    /// <summary>The least flow of the last night that was judged with enough to go by, in millilitres an hour.</summary>
    [Id(11)] public long Minimum { get; init; }

    /// <summary>When the hours of that night ended, in Unix milliseconds; 0 before the first.</summary>
    [Id(12)] public long MinimumAt { get; init; }

    /// <summary>The watch with what a report says of a night in it; the same one when that is nothing.</summary>
    /// <param name="watch">The former one; null before the first.</param>
    /// <param name="flows">The flows that were reported in the hours of its night.</param>
    /// <param name="settings">The meter's attributes.</param>
    /// <param name="day">The local day of the report.</param>
    /// <param name="at">Time of the report, in Unix milliseconds.</param>
    /// <param name="raw">Its index, in thousandths; null for none.</param>
    /// <param name="flow">Its flow, in millilitres an hour; null for none.</param>
    public static NightWatch? With(NightWatch? watch, ref NightFlows flows, MeterSettings settings, LocalDay day, long at, long? raw, long? flow)
    {
        if (at > day.Night.End + MostWidening + Margin || (watch is not null && (watch.Day > day.Day || (watch.Day == day.Day && watch.IsDecided))))
        {
            return watch;
        }

        var isOpen = watch?.Day == day.Day;
        var widening = Math.Clamp((settings.Water.Span - (60 * Minute)) / 2, 0, MostWidening);
        var from = isOpen ? watch!.From : day.Night.Start - widening;
        var to = isOpen ? watch!.To : day.Night.End + widening;
        if (at < from - Margin || at > to + Margin)
        {
            return watch;
        }

        var former = isOpen ? flows : default;
        var present = flow is { } now && at >= from && at <= to ? former.With(at, now) : former;
        var night = isOpen ? watch! : Begin(watch, day.Day, from, to);
        var next = raw is { } index ? night.With(new NightPoint(at, index)) : night;
        if (ReferenceEquals(next, night) && present == former)
        {
            return watch;
        }

        flows = present;
        return next.IsJudged ? next with { IsJudged = false } : next;
    }

    private static NightWatch Begin(NightWatch? former, int day, long from, long to) => new()
    {
        Day = day,
        From = from,
        To = to,
        Nights = former?.Nights ?? 0,
        LastEnd = former?.LastEnd ?? 0,
        Minimum = former?.Minimum ?? 0,
        MinimumAt = former?.MinimumAt ?? 0,
    };

    private NightWatch With(NightPoint point)
    {
        var place = PlaceOf(point.At);
        var index = 0;
        while (index < Points.Length && PlaceOf(Points[index].At) < place)
        {
            index++;
        }

        if (index < Points.Length && PlaceOf(Points[index].At) == place)
        {
            // Of those before the hours the last one bounds them, everywhere else the first one counts.
            if (place == Before ? point.At <= Points[index].At : point.At >= Points[index].At)
            {
                return this;
            }

            var changed = (NightPoint[])Points.Clone();
            changed[index] = point;
            return this with { Points = changed };
        }

        return this with { Points = [.. Points.AsSpan(0, index), point, .. Points.AsSpan(index)] };
    }

    private int PlaceOf(long at) => at <= From ? Before : at >= To ? int.MaxValue : (int)((at - From) / Slot);
}
