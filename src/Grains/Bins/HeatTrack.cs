using Orleans;

namespace Grid.Grains.Bins;

/// <summary>
/// The heat of a bin: a fire is seen by its level, and before that by how fast it gets there. Remembered are two earlier temperatures, the older one at least half of the time within
/// which a rise counts; 32 bytes.
/// </summary>
[GenerateSerializer, Alias("grid.HeatTrack")]
public readonly record struct HeatTrack
{
    /// <summary>Beyond this an earlier temperature says nothing of a rise: nights and days lie between.</summary>
    private const long Longest = 6 * 3_600_000;

    /// <summary>Degrees by which a bin must cool down before its fire is out, in thousandths.</summary>
    private const int Release = 10_000;

    /// <summary>An earlier temperature, in thousandths of a degree.</summary>
    [Id(0)] public int Older { get; init; }

    /// <summary>When, in Unix milliseconds; 0 for none.</summary>
    [Id(1)] public long OlderAt { get; init; }

    /// <summary>A later one, at most half of the time of a rise ago when it was taken.</summary>
    [Id(2)] public int Newer { get; init; }

    /// <summary>When, in Unix milliseconds; 0 for none.</summary>
    [Id(3)] public long NewerAt { get; init; }

    /// <summary>While it burns: at this temperature and below it burns no more, in thousandths of a degree; 0 when that follows from its level alone.</summary>
    [Id(4)] public int OutAt { get; init; }

    /// <summary>After a report that is the bin's present; says whether it burns.</summary>
    /// <param name="isBurning">Whether it has burnt so far, and does now.</param>
    /// <param name="celsius">In thousandths of a degree.</param>
    /// <param name="at">When, in Unix milliseconds.</param>
    /// <param name="settings">What counts as a fire.</param>
    public HeatTrack With(ref bool isBurning, int celsius, long at, BinSettings settings)
    {
        var level = (int)settings.Fire - Release;
        if (isBurning && celsius > (OutAt == 0 ? level : OutAt))
        {
            return this;
        }

        var before = RiseFrom(Older, OlderAt, celsius, at, settings) ?? RiseFrom(Newer, NewerAt, celsius, at, settings);
        isBurning = before is not null || celsius >= settings.Fire;
        if (isBurning)
        {
            return this with { OutAt = before is { } cool ? (int)Math.Min(level, cool + (settings.FireRise / 2)) : 0 };
        }

        return NewerAt == 0 || at - NewerAt >= settings.FireRiseTime / 2
            ? new HeatTrack { Older = Newer, OlderAt = NewerAt, Newer = celsius, NewerAt = at }
            : this with { OutAt = 0 };
    }

    /// <summary>The temperature from which it has risen far enough, and fast enough.</summary>
    private static int? RiseFrom(int before, long beforeAt, int celsius, long at, BinSettings settings)
    {
        var (rise, time) = (celsius - (long)before, at - beforeAt);
        return beforeAt != 0 && time <= Longest && rise >= settings.FireRise && rise * settings.FireRiseTime >= settings.FireRise * time ? before : null;
    }
}
