using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Grains.Devices;

/// <summary>Where a reading stands among those of its source.</summary>
public enum Placement : byte
{
    /// <summary>The newest: it becomes the device's present.</summary>
    Newer = 0,

    /// <summary>Observed at the very instant of the newest: it may add metrics to it.</summary>
    SameInstant = 1,

    /// <summary>Older than the newest: history and its day's bucket only.</summary>
    Older = 2,

    /// <summary>Was here before: changes nothing at all.</summary>
    Duplicate = 3,
}

/// <summary>The order of the readings of one source (design: by session and frame counter, otherwise by observed time capped at reception).</summary>
/// <remarks>
/// Rules run on <see cref="Newest"/>, a time that never steps back. A source clock that stepped back is noticed either by the frame counter, or
/// when older readings keep coming at the pace of our own clock; from then on its lag is added, until its time passes the newest again.
/// </remarks>
[GenerateSerializer, Alias("grid.ReadingOrder")]
public readonly record struct ReadingOrder
{
    /// <summary>A counter value that comes again with the same values within this time is the same reading, sent again.</summary>
    private const long RepeatMilliseconds = 3_600_000;

    /// <summary>Two readings say how fast a source clock runs when they are at least this far apart.</summary>
    private const long TickMilliseconds = 60_000;

    /// <summary>Ticks in step with our clock after which older readings are taken as live.</summary>
    private const int TicksUntilBelieved = 2;

    /// <summary>False before the first reading.</summary>
    [Id(0)] public bool HasNewest { get; init; }

    /// <summary>Time of the newest reading, in Unix milliseconds, on a clock that never steps back.</summary>
    [Id(1)] public long Newest { get; init; }

    /// <summary>Its observed time as the source said it.</summary>
    [Id(2)] public long NewestObserved { get; init; }

    /// <summary>What is added to observed times since the source's clock stepped back, in milliseconds; 0 when it did not.</summary>
    [Id(3)] public long ClockLag { get; init; }

    /// <summary>Hash of the session of <see cref="Sequence"/>; 0 for none.</summary>
    [Id(4)] public long Session { get; init; }

    /// <summary>The newest frame counter; negative when the source has none.</summary>
    [Id(5)] public long Sequence { get; init; }

    /// <summary>Not null while older readings arrive that may be live.</summary>
    [Id(6)] public ClockDoubt? Doubt { get; init; }

    /// <summary>Fingerprints of the last four readings, so that a repeat of one of them changes nothing at all.</summary>
    [Id(7)] public long Recent1 { get; init; }

    /// <summary>See <see cref="Recent1"/>.</summary>
    [Id(8)] public long Recent2 { get; init; }

    /// <summary>See <see cref="Recent1"/>.</summary>
    [Id(9)] public long Recent3 { get; init; }

    /// <summary>See <see cref="Recent1"/>.</summary>
    [Id(10)] public long Recent4 { get; init; }

    /// <summary>Places a reading. Allocates only while a clock is in doubt.</summary>
    /// <param name="entry">The reading.</param>
    /// <param name="at">Its time on the clock that never steps back, for the rules.</param>
    /// <param name="next">The order with the reading in it.</param>
    public Placement Place(ReadingEntry entry, out long at, out ReadingOrder next)
    {
        var received = entry.ReceivedAt.ToMilliseconds();
        var observed = entry.ObservedAt.ToMilliseconds();
        var capped = Math.Min(observed, received);
        var sequence = entry.Sequence is { } counter and >= 0 ? counter : -1;
        var session = sequence < 0 ? 0 : Fingerprint.Of(entry.Session);
        var fingerprint = Fingerprint.Of(entry, sequence, session);
        at = capped;
        next = this;
        if (HasNewest && WasHere(fingerprint) && (sequence < 0 || capped <= Newest + RepeatMilliseconds))
        {
            return Placement.Duplicate;
        }

        var lag = capped > Newest ? 0 : ClockLag;
        at = lag == 0 ? capped : Math.Min(capped + lag, received);
        var sameSession = HasNewest && sequence >= 0 && Sequence >= 0 && session == Session;
        var remembered = Remember(fingerprint);
        if (!HasNewest || at > Newest || (at == Newest && observed > NewestObserved))
        {
            next = remembered.Advance(at, observed, lag, session, sequence);
            return Placement.Newer;
        }

        if (sameSession && sequence > Sequence)
        {
            if (at == Newest)
            {
                next = remembered.Advance(at, observed, lag, session, sequence);
                return Placement.Newer;
            }

            return StepBack(remembered, received, capped, observed, session, sequence, out at, out next);
        }

        if (at == Newest && observed == NewestObserved)
        {
            next = remembered;
            return Placement.SameInstant;
        }

        var doubt = ClockDoubt.After(Doubt, capped, received, TickMilliseconds);
        if (doubt.Ticks >= TicksUntilBelieved)
        {
            return StepBack(remembered, received, capped, observed, session, sequence, out at, out next);
        }

        next = remembered with { Doubt = doubt };
        return Placement.Older;
    }

    private Placement StepBack(
        ReadingOrder remembered, long received, long capped, long observed, long session, long sequence, out long at, out ReadingOrder next)
    {
        at = Math.Max(received, Newest);
        next = remembered.Advance(at, observed, received - capped, session, sequence);
        return Placement.Newer;
    }

    private ReadingOrder Advance(long at, long observed, long lag, long session, long sequence) => this with
    {
        HasNewest = true,
        Newest = at,
        NewestObserved = observed,
        ClockLag = lag,
        Session = sequence >= 0 ? session : HasNewest ? Session : 0,
        Sequence = sequence >= 0 ? sequence : HasNewest ? Sequence : -1,
        Doubt = null,
    };

    private bool WasHere(long fingerprint) =>
        fingerprint == Recent1 || fingerprint == Recent2 || fingerprint == Recent3 || fingerprint == Recent4;

    private ReadingOrder Remember(long fingerprint) =>
        this with { Recent1 = fingerprint, Recent2 = Recent1, Recent3 = Recent2, Recent4 = Recent3 };
}

/// <summary>Older readings that may be live, of a clock that stepped back: the last of them, and how many kept our pace.</summary>
[GenerateSerializer, Immutable, Alias("grid.ClockDoubt")]
public sealed record ClockDoubt
{
    /// <summary>Observed time of the last one, in Unix milliseconds.</summary>
    [Id(0)] public long Observed { get; init; }

    /// <summary>Its reception.</summary>
    [Id(1)] public long Received { get; init; }

    /// <summary>How many in a row came as much later on our clock as on theirs.</summary>
    [Id(2)] public int Ticks { get; init; }

    /// <summary>
    /// The doubt with one more older reading. A backlog that is sent at once does not tick: only readings that are apart on our clock as much
    /// as on theirs (within 10 %, at least 30 s) do.
    /// </summary>
    internal static ClockDoubt After(ClockDoubt? doubt, long observed, long received, long tick)
    {
        if (doubt is null)
        {
            return new ClockDoubt { Observed = observed, Received = received };
        }

        var elapsed = received - doubt.Received;
        if (elapsed < tick)
        {
            return doubt;
        }

        var inStep = Math.Abs(observed - doubt.Observed - elapsed) <= Math.Max(30_000, elapsed / 10);
        return new ClockDoubt { Observed = observed, Received = received, Ticks = inStep ? doubt.Ticks + 1 : 0 };
    }
}
