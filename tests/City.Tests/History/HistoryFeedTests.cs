using Grid.Contracts.Storage;
using Grid.Grains.History;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.City.History;

/// <summary>Every durable batch of the log reaches history once and in log order, whatever was offered, lost or refused on the way.</summary>
public sealed class HistoryFeedTests
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(1);

    private readonly MemoryLog _log = new();
    private readonly MemoryHistory _history = new();

    [Fact]
    public async Task What_is_offered_in_another_order_is_taken_in_that_of_the_log()
    {
        using var feed = Feed();
        var batches = Enumerable.Range(0, 50).Select(number => _log.Append(number % 2 == 0 ? "a" : "b", "d", number, number + 0.5)).ToList();
        foreach (var (place, batch) in batches.Index().Reverse())
        {
            feed.Offer(place % 2 == 0 ? "a" : "b", batch);
        }

        feed.Start();
        await TakenAsync(feed);
        Assert.Equal(Enumerable.Range(0, 25).SelectMany(number => new[] { number * 2, (number * 2) + 0.5 }), _history.ValuesOf("a"));
        Assert.Equal(Enumerable.Range(0, 25).SelectMany(number => new[] { (number * 2) + 1, (number * 2) + 1.5 }), _history.ValuesOf("b"));
    }

    [Fact]
    public async Task What_found_no_room_in_memory_is_read_from_the_log()
    {
        using var feed = Feed(new HistoryFeedOptions { MaximumHeld = 3, EntriesPerTurn = 2, RetryAfter = TimeSpan.FromMilliseconds(1) });
        for (var number = 0; number < 20; number++)
        {
            feed.Offer("a", _log.Append("a", "d", number));
        }

        feed.Start();
        await TakenAsync(feed);
        Assert.Equal(Enumerable.Range(0, 20).Select(number => (double)number), _history.ValuesOf("a"));
        Assert.True(_log.BatchesRead >= 17, $"{_log.BatchesRead} batches were read from the log");
    }

    [Fact]
    public async Task What_history_has_is_not_read_from_the_log()
    {
        using var feed = Feed();
        feed.Start();
        for (var number = 0; number < 20; number++)
        {
            feed.Offer("a", _log.Append("a", "d", number));
        }

        await TakenAsync(feed);
        Assert.Equal(0, _log.BatchesRead);
    }

    [Fact]
    public async Task After_a_crash_it_goes_on_from_what_was_durable()
    {
        using (var feed = Feed())
        {
            feed.Start();
            feed.Offer("a", _log.Append("a", "d", 1, 2));
            await TakenAsync(feed);
            await _history.FlushAsync(CancellationToken.None);
            feed.Offer("a", _log.Append("a", "d", 3));
            await TakenAsync(feed);
        }

        _log.Append("a", "d", 4);
        _history.Crash();
        Assert.Equal([1, 2], _history.ValuesOf("a"));
        using var next = Feed();
        next.Start();
        next.Wake("a", await _log.GetHeadAsync("a", CancellationToken.None));
        next.Offer("a", _log.Append("a", "d", 5));
        await TakenAsync(next);
        Assert.Equal([1, 2, 3, 4, 5], _history.ValuesOf("a"));
    }

    [Fact]
    public async Task What_fails_or_loses_its_answer_is_tried_again_and_is_there_once()
    {
        using var feed = Feed();
        _history.FailuresToCome = 6;
        feed.Start();
        for (var number = 0; number < 10; number++)
        {
            feed.Offer("a", _log.Append("a", "d", number));
        }

        await TakenAsync(feed);
        Assert.Equal(Enumerable.Range(0, 10).Select(number => (double)number), _history.ValuesOf("a"));
        Assert.Equal(0, feed.Behind);
    }

    [Fact]
    public async Task A_log_that_does_not_go_back_to_the_end_of_history_is_taken_from_where_it_begins()
    {
        _log.Append("a", "d", 1, 2, 3);
        await _log.CheckpointAsync("a", 1, 3, CancellationToken.None);
        using var feed = Feed();
        feed.Start();
        feed.Offer("a", _log.Append("a", "d", 4));
        await TakenAsync(feed);
        Assert.Equal([4], _history.ValuesOf("a"));

        // Nothing of it is left: there is nothing to read, and nothing to wait for.
        _log.Append("b", "d", 5);
        var head = await _log.GetHeadAsync("b", CancellationToken.None);
        await _log.CheckpointAsync("b", 1, head, CancellationToken.None);
        feed.Wake("b", head);
        await TakenAsync(feed);
        Assert.Empty(_history.ValuesOf("b"));
    }

    [Fact]
    public async Task What_is_behind_is_counted_until_history_has_taken_it()
    {
        using var feed = Feed(new HistoryFeedOptions { MaximumBehind = 1_000, MaximumHeld = 100 });
        _history.Stall();
        feed.Start();
        for (var number = 0; number < 300; number++)
        {
            feed.Offer("a", _log.Append("a", "d", number, number + 0.5));
        }

        Assert.Equal((600, 0.6), (feed.Behind, feed.Load));
        _history.Resume();
        await TakenAsync(feed);
        Assert.Equal((0, 0), (feed.Behind, feed.Load));
        Assert.Equal(600, _history.ValuesOf("a").Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_log_is_let_go_up_to_what_both_snapshot_and_history_hold(bool snapshotFirst)
    {
        using var feed = Feed();
        var options = new HistoryFeedOptions { ReleaseEvery = TimeSpan.FromMilliseconds(1) };
        using var release = new LogRelease(_log, _history, feed, options, TimeProvider.System, NullLogger<LogRelease>.Instance);
        feed.Start();
        release.Start();
        feed.Offer("a", _log.Append("a", "d", 1));
        await TakenAsync(feed);
        await _history.FlushAsync(CancellationToken.None);
        feed.Offer("a", _log.Append("a", "d", 2, 3));
        await TakenAsync(feed);
        if (snapshotFirst)
        {
            await release.SnapshotTakenAsync("a", 1, 3);
            Assert.Equal(1, await _log.GetCheckpointAsync("a", CancellationToken.None));
            await _history.FlushAsync(CancellationToken.None);
            await EventuallyAsync(async () => await _log.GetCheckpointAsync("a", CancellationToken.None) == 3, "the log is let go");
        }
        else
        {
            await _history.FlushAsync(CancellationToken.None);
            Assert.Equal(0, await _log.GetCheckpointAsync("a", CancellationToken.None));
            await release.SnapshotTakenAsync("a", 1, 3);
            Assert.Equal(3, await _log.GetCheckpointAsync("a", CancellationToken.None));
        }
    }

    private HistoryFeed Feed(HistoryFeedOptions? options = null) => new(
        _log, _history, options ?? new HistoryFeedOptions { RetryAfter = TimeSpan.FromMilliseconds(1) }, TimeProvider.System, NullLogger<HistoryFeed>.Instance);

    private static async Task TakenAsync(HistoryFeed feed)
    {
        using var limit = new CancellationTokenSource(Within);
        await feed.CatchUpAsync(limit.Token);
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(Within);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Not within {Within}: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        }
    }
}
