using Grid.Client.Metrics;

namespace Grid.Client.Live;

/// <summary>
/// One client's Watch. It is pulled: the next frame is made when the connection has taken the one before, so a slow client gets fewer and newer
/// updates and holds back nobody. Nothing is kept for it but where it is.
/// </summary>
internal sealed class Subscription(FeedKey key, string? cursor, LiveFeeds feeds, GatewayMeter meter, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMinutes(1);

    private readonly Subscriber _subscriber = new();
    private FeedLease? _lease;
    private FeedJoin? _at;
    private long _step;
    private long _updatedAt;
    private bool _isFirst = true;

    /// <summary>The frames to send next, in their order; null when the token has ended the stream.</summary>
    /// <exception cref="WatchRefusedException">There is no such scope.</exception>
    public async Task<IReadOnlyList<EncodedFrame>?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await TurnAsync(cancellationToken) is { Count: > 0 } frames)
                {
                    return frames;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _lease?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>One thing at a time: begin, changes of commands and alarms, the next update, or a wait. Empty when there is nothing to send yet.</summary>
    private async Task<IReadOnlyList<EncodedFrame>> TurnAsync(CancellationToken cancellationToken)
    {
        if (_lease is null || _at is null)
        {
            return await BeginAsync(cancellationToken);
        }

        var (commands, alarms, dropped) = _subscriber.TakeChanges();
        if (dropped > 0)
        {
            meter.ChangesDropped(dropped);
            return await StartAnewAsync("changes", cancellationToken);
        }

        if (commands.Count + alarms.Count > 0)
        {
            return [FrameEncoder.Changes(_at.Cursor, commands, alarms)];
        }

        var feed = _lease.Feed;
        if (feed.IsEnded)
        {
            await _lease.DisposeAsync();
            _lease = null;
            return await StartAnewAsync("scope", cancellationToken);
        }

        var rest = key.Interval - time.GetElapsedTime(_updatedAt);
        if (feed.Current.Number == _step || rest > TimeSpan.Zero)
        {
            await _subscriber.WaitAsync(rest > TimeSpan.Zero && feed.Current.Number != _step ? rest : IdleWait, time, cancellationToken);
            return [];
        }

        return await UpdateAsync(feed, cancellationToken);
    }

    private async Task<IReadOnlyList<EncodedFrame>> BeginAsync(CancellationToken cancellationToken)
    {
        _lease ??= await feeds.AcquireAsync(key, _subscriber, cancellationToken);
        if (!_isFirst || cursor is null)
        {
            _isFirst = false;
            return await SnapshotAsync(_lease.Feed, cancellationToken);
        }

        _isFirst = false;
        var join = await _lease.Feed.JoinAsync(cursor, cancellationToken);
        return join.Step is null ? await StartAnewAsync("cursor", cancellationToken) : Follow(join);
    }

    private async Task<IReadOnlyList<EncodedFrame>> UpdateAsync(LiveFeed feed, CancellationToken cancellationToken)
    {
        var step = feed.Current;
        if (step.Number == _step + 1 && !step.IsGap)
        {
            return Follow(new(step.Frames, step, step.Cursor, step.Versions, step.Summary));
        }

        meter.Coalesced(step.Number - _step - 1);
        var join = await feed.JoinAsync(_at!.Versions, _at.Summary, cancellationToken);
        return join.Step is null ? await StartAnewAsync("sector", cancellationToken) : Follow(join);
    }

    private async Task<IReadOnlyList<EncodedFrame>> SnapshotAsync(LiveFeed feed, CancellationToken cancellationToken)
    {
        // What changes while the snapshot is made, or sent, comes by the join that follows it: nothing falls in between.
        var snapshot = await feed.SnapshotAsync(feeds.SnapshotLimit, cancellationToken);
        _step = -1;
        _at = new([], null, snapshot.Cursor, snapshot.Versions, snapshot.Summary);
        _updatedAt = time.GetTimestamp();
        return snapshot.Frames;
    }

    /// <summary>A gap; the turn after it brings a snapshot.</summary>
    private Task<IReadOnlyList<EncodedFrame>> StartAnewAsync(string reason, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        meter.Gap(reason);
        _at = null;
        return Task.FromResult<IReadOnlyList<EncodedFrame>>([FrameEncoder.Gap()]);
    }

    private IReadOnlyList<EncodedFrame> Follow(FeedJoin join)
    {
        _step = join.Step!.Number;
        _at = join;
        _updatedAt = time.GetTimestamp();
        return join.Frames;
    }
}
