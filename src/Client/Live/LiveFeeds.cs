using Grid.Contracts.Intake;
using Microsoft.Extensions.Logging;

namespace Grid.Client.Live;

/// <summary>The feeds that somebody follows. The last one who leaves ends a feed.</summary>
internal sealed class LiveFeeds(
    LiveObservers observers, FeedReader reader, ScopeResolver resolver, IDeviceDirectory directory, TimeProvider time, ILoggerFactory logs)
{
    private const int ConcurrentSnapshots = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<FeedKey, Entry> _feeds = [];
    private readonly ILogger _log = logs.CreateLogger("Grid.Client.Live.Feed");

    /// <summary>Snapshots under way, over all feeds: each holds its scope's devices while it is made.</summary>
    public SemaphoreSlim SnapshotLimit { get; } = new(ConcurrentSnapshots, ConcurrentSnapshots);

    /// <summary>Feeds under way.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _feeds.Count;
            }
        }
    }

    /// <summary>Follows a feed until the lease is disposed of.</summary>
    /// <exception cref="WatchRefusedException">There is no such scope.</exception>
    public async Task<FeedLease> AcquireAsync(FeedKey key, Subscriber subscriber, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_feeds.TryGetValue(key, out entry!) || entry.IsOver)
            {
                // Not the first one's token: others may come to wait for the same feed.
                _feeds[key] = entry = new(key, StartAsync(key));
            }

            entry.Followers++;
        }

        try
        {
            var feed = await entry.Starting.WaitAsync(cancellationToken);
            feed.Add(subscriber);
            return new(feed, () => LeaveAsync(entry, subscriber));
        }
        catch
        {
            await LeaveAsync(entry, subscriber);
            throw;
        }
    }

    private async Task<LiveFeed> StartAsync(FeedKey key)
    {
        // Nothing of the start runs under the caller's lock.
        await Task.Yield();
        var sources = await resolver.ResolveAsync(key.Scope, CancellationToken.None);
        var feed = new LiveFeed(key, sources, observers, reader, resolver, directory, time, _log);
        try
        {
            await feed.StartAsync(CancellationToken.None);
            return feed;
        }
        catch
        {
            await feed.DisposeAsync();
            throw;
        }
    }

    private async ValueTask LeaveAsync(Entry entry, Subscriber subscriber)
    {
        lock (_gate)
        {
            entry.Followers--;
            if (entry.Followers > 0)
            {
                if (entry.Starting.IsCompletedSuccessfully)
                {
                    entry.Starting.Result.Remove(subscriber);
                }

                return;
            }

            if (_feeds.GetValueOrDefault(entry.Key) == entry)
            {
                _feeds.Remove(entry.Key);
            }
        }

        // The last one waits for a start that is under way, so that nothing of it is left behind.
        await entry.Starting.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (entry.Starting.IsCompletedSuccessfully)
        {
            await entry.Starting.Result.DisposeAsync();
        }
    }

    private sealed class Entry(FeedKey key, Task<LiveFeed> starting)
    {
        public FeedKey Key { get; } = key;

        public Task<LiveFeed> Starting { get; } = starting;

        public int Followers { get; set; }

        /// <summary>True when nobody can join any more: the scope has changed, or the start failed.</summary>
        public bool IsOver => Starting.IsFaulted || Starting.IsCanceled || (Starting.IsCompletedSuccessfully && Starting.Result.IsEnded);
    }
}

/// <summary>A feed that is followed.</summary>
internal sealed class FeedLease(LiveFeed feed, Func<ValueTask> leave) : IAsyncDisposable
{
    private int _left;

    public LiveFeed Feed { get; } = feed;

    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _left, 1) == 0 ? leave() : ValueTask.CompletedTask;
}
