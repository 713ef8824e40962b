using Grid.Contracts.Alarms;

namespace Grid.Client.Live;

/// <summary>
/// The alarms in the snapshots of a feed of figures. Those who come together share one question to the sectors; what was asked before an alarm was told, or is some seconds old, serves nobody any more: such
/// a feed has no versions by which an alarm that changed in between would come later.
/// </summary>
internal sealed class FeedAlarms(FeedReader reader, ScopeSources sources, WatchFilter filter, TimeProvider time)
{
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Held? _held;
    private long _told;
    private long _asked;

    /// <summary>Alarms of the scope have changed. Before those who follow the feed are told, so that whoever is not among them yet asks anew.</summary>
    public void Told() => Interlocked.Increment(ref _told);

    /// <summary>Those that stand for themselves and are not normal, at least as new as what was told to those who follow the feed when this was asked.</summary>
    public async Task<IReadOnlyList<AlarmView>> GetAsync(SemaphoreSlim limit, CancellationToken cancellationToken)
    {
        var asked = Interlocked.Read(ref _asked);
        await _turn.EnterAsync(cancellationToken);
        try
        {
            if (_held is { } held && (held.Number > asked || (held.Told == Interlocked.Read(ref _told) && time.GetElapsedTime(held.AskedAt) < HeldFor)))
            {
                return held.Alarms;
            }

            await limit.EnterAsync(cancellationToken);
            try
            {
                var (number, told, askedAt) = (Interlocked.Increment(ref _asked), Interlocked.Read(ref _told), time.GetTimestamp());
                var alarms = await reader.AlarmsAsync(sources, filter, cancellationToken);
                _held = new(alarms, number, told, askedAt);
                return alarms;
            }
            finally
            {
                limit.Release();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets go of what nobody may be given any more.</summary>
    public void Forget()
    {
        if (_held is { } held && time.GetElapsedTime(held.AskedAt) >= HeldFor)
        {
            _held = null;
        }
    }

    /// <param name="Alarms">The alarms.</param>
    /// <param name="Number">Which question it was.</param>
    /// <param name="Told">How often alarms had been told when it was asked.</param>
    /// <param name="AskedAt">When.</param>
    private sealed record Held(IReadOnlyList<AlarmView> Alarms, long Number, long Told, long AskedAt);
}
