using System.Collections.Immutable;
using Grid.Client.Territories;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Microsoft.Extensions.Logging;

namespace Grid.Client.Live;

/// <summary>
/// What subscriptions of the same scope, filter and pace share: it looks at the scope's sectors and territory, and when they tell news, makes
/// one update from its last step to now, encoded once. A subscription that took the last step takes this one; one that missed a step asks
/// <see cref="JoinAsync"/> for what changed since its own cursor, which is all that is kept for it.
/// </summary>
/// <remarks>
/// Steps and joins are made one at a time. So a subscription that joins at step n is nowhere behind n, and every later step is made after its
/// join: following them never takes it back.
/// </remarks>
internal sealed partial class LiveFeed(
    FeedKey key, ScopeSources sources, LiveObservers observers, FeedReader reader, ScopeResolver resolver, IDeviceDirectory directory, TimeProvider time, ILogger log)
    : IWatchSink, IAsyncDisposable
{
    private static readonly TimeSpan ResolveEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SnapshotFor = TimeSpan.FromSeconds(5);

    // A cursor of devices is of no use once the scope has other members: what has left it would never be told.
    private readonly ulong _filterHash = key.Filter.HashFor(
        key.Filter.Devices || sources.Device is not null ? $"{key.Scope}|{string.Join(',', sources.Sectors)}" : key.Scope.ToString());
    private readonly string[] _sectorNames = [.. sources.Sectors.Select(source => source.Sector)];
    private readonly ImmutableDictionary<string, DeviceKinds> _kinds =
        sources.Sectors.ToImmutableDictionary(source => source.Sector, source => source.Kinds & key.Filter.Kinds, StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _snapshotTurn = new(1, 1);
    private readonly Subscriber _news = new();
    private readonly FeedAlarms _alarms = new(reader, sources, key.Filter, time);
    private readonly CancellationTokenSource _stop = new();
    private ImmutableArray<Subscriber> _subscribers = [];
    private SectorWatch[] _sectors = [];
    private TerritoryWatch[] _territories = [];
    private Task _loop = Task.CompletedTask;
    private volatile HeldSnapshot? _snapshot;
    private volatile FeedStep _current = null!;
    private volatile bool _isEnded;

    /// <summary>True with devices; a device's own scope always has them.</summary>
    private bool HasDevices => key.Filter.Devices || sources.Device is not null;

    /// <summary>The last step.</summary>
    public FeedStep Current => _current;

    /// <summary>True when the scope is not what it was: subscriptions start anew on another feed.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>Begins to look. Completes when the first step is there.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Also with figures only: commands and alarms are told by their sector.
        _sectors = [.. sources.Sectors.Select(source => observers.Acquire(source.Sector, this))];
        _territories = [.. sources.Territories.Select(territory => observers.Acquire(territory, this))];
        await Task.WhenAll(_sectors.Select(watch => watch.Begun).Concat(_territories.Select(watch => watch.Begun))).WaitAsync(cancellationToken);
        var summary = FeedReader.SummaryOf(key.Scope, _territories);
        var versions = HasDevices ? await reader.VersionsAsync(sources, cancellationToken) : [.. summary?.Versions ?? []];
        _current = new(1, versions, CursorOf(versions), summary, [], IsGap: false);
        _loop = LoopAsync();
    }

    public void Add(Subscriber subscriber) => ImmutableInterlocked.Update(ref _subscribers, list => list.Add(subscriber));

    public void Remove(Subscriber subscriber) => ImmutableInterlocked.Update(ref _subscribers, list => list.Remove(subscriber));

    /// <inheritdoc/>
    public void OnNews() => _news.Wake();

    /// <inheritdoc/>
    public void OnCommand(string sector, CommandView command)
    {
        var isWanted = sources.Device is { } device
            ? command.Device == device
            : directory.Find(command.Device) is not { } address || _kinds[sector].HasFlag((DeviceKinds)(1 << (int)address.Kind));
        if (!isWanted)
        {
            return;
        }

        foreach (var subscriber in _subscribers)
        {
            subscriber.Tell(command);
        }
    }

    /// <inheritdoc/>
    public void OnAlarms(string sector, ImmutableArray<AlarmView> alarms)
    {
        var kinds = _kinds[sector];
        var wanted = sources.Device is { } device
            ? alarms.RemoveAll(alarm => alarm.Source != device)
            : alarms.RemoveAll(alarm => !kinds.HasFlag((DeviceKinds)(1 << (int)alarm.Kind)));
        if (wanted.IsEmpty)
        {
            return;
        }

        _alarms.Told();
        foreach (var subscriber in _subscribers)
        {
            subscriber.Tell(wanted);
        }
    }

    /// <summary>Everything in the scope. One is made at a time, and shared for a few seconds by those who come.</summary>
    public async Task<FeedSnapshot> SnapshotAsync(SemaphoreSlim limit, CancellationToken cancellationToken)
    {
        if (!HasDevices)
        {
            // Where it is first: the alarms are then at least as new.
            var current = _current;
            var open = await _alarms.GetAsync(limit, cancellationToken);
            return new(current.Versions, current.Cursor, current.Summary, Encode("snapshot", current.Cursor, current.Summary, null, [], open));
        }

        await _snapshotTurn.EnterAsync(cancellationToken);
        try
        {
            if (_snapshot is { } held && time.GetElapsedTime(held.TakenAt) < SnapshotFor)
            {
                return held.Snapshot;
            }

            await limit.EnterAsync(cancellationToken);
            try
            {
                var (versions, devices, alarms) = await reader.SnapshotAsync(sources, key.Filter, cancellationToken);
                var cursor = CursorOf(versions);
                var summary = FeedReader.SummaryOf(key.Scope, _territories);
                var snapshot = new FeedSnapshot(versions, cursor, summary, Encode("snapshot", cursor, summary, devices, [], alarms));
                _snapshot = new(snapshot, time.GetTimestamp());
                return snapshot;
            }
            finally
            {
                limit.Release();
            }
        }
        finally
        {
            _snapshotTurn.Release();
        }
    }

    /// <summary>From a client's cursor to now; a gap when the cursor is not one of this feed, or too old.</summary>
    public async Task<FeedJoin> JoinAsync(string cursor, CancellationToken cancellationToken)
    {
        if (!HasDevices)
        {
            return await JoinFiguresAsync(cursor, cancellationToken);
        }

        return LiveCursor.TryDecode(_filterHash, _sectorNames, cursor, out var versions) ? await JoinAsync(versions, null, cancellationToken) : FeedJoin.Gap;
    }

    /// <summary>From a subscription's own versions to now.</summary>
    /// <param name="since">Its versions.</param>
    /// <param name="told">The figures that it has, null when that is not known.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task<FeedJoin> JoinAsync(SectorVersion[] since, TerritorySummary? told, CancellationToken cancellationToken)
    {
        await _turn.EnterAsync(cancellationToken);
        try
        {
            var current = _current;
            if (!HasDevices)
            {
                return JoinFigures(told);
            }

            var versions = (SectorVersion[])since.Clone();
            var latest = LatestOf(current.Summary);
            var changes = await reader.ChangesAsync(
                sources,
                key.Filter,
                versions,
                (index, version) => version != current.Versions[index] || latest(index)?.IsAfter(version) == true,
                cancellationToken);
            if (changes.IsGap)
            {
                // A snapshot from which nobody can go on serves nobody.
                if (ReferenceEquals(_snapshot?.Snapshot.Versions, since))
                {
                    _snapshot = null;
                }

                return FeedJoin.Gap;
            }

            var cursor = CursorOf(versions);
            var summary = FeedReader.SummaryOf(key.Scope, _territories);
            var frames = changes.HasMoved || (summary is not null && !IsSame(summary, told)) ? Encode("delta", cursor, summary, changes.Devices, changes.Removed, changes.Alarms) : [];
            return new(frames, current, cursor, versions, summary);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Not CancelAsync: the loop must go on where it is, not in the thread pool.
        _stop.Cancel();
        await _loop;
        foreach (var watch in _sectors)
        {
            observers.Release(watch, this);
        }

        foreach (var watch in _territories)
        {
            observers.Release(watch, this);
        }

        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        // The first step came with the start; the thread of the one who started it goes on.
        await Task.Yield();
        var resolvedAt = time.GetTimestamp();
        var pause = TimeSpan.Zero;
        while (!_stop.IsCancellationRequested && !_isEnded)
        {
            try
            {
                await Task.Delay(pause, time, _stop.Token);
                await _news.WaitAsync(ResolveEvery, time, _stop.Token);
                if (time.GetElapsedTime(resolvedAt) >= ResolveEvery)
                {
                    resolvedAt = time.GetTimestamp();
                    _isEnded = !sources.IsSameAs(await resolver.ResolveAsync(key.Scope, _stop.Token));
                }

                if (_snapshot is { } held && time.GetElapsedTime(held.TakenAt) >= SnapshotFor)
                {
                    _snapshot = null;
                }

                _alarms.Forget();
                await StepAsync(_stop.Token);
                pause = key.Interval;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (WatchRefusedException)
            {
                // The scope is no more; its subscriptions are told when they start anew.
                _isEnded = true;
            }
            catch (Exception fault)
            {
                LogStepFailed(log, key.Scope.ToString(), fault);
                _news.Wake();
                pause = RetryAfter;
            }

            foreach (var subscriber in _subscribers)
            {
                subscriber.Wake();
            }
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        await _turn.EnterAsync(cancellationToken);
        try
        {
            var former = _current;
            var summary = FeedReader.SummaryOf(key.Scope, _territories);
            if (!HasDevices)
            {
                if (summary is not null && !ReferenceEquals(summary, former.Summary) && !IsSame(summary, former.Summary))
                {
                    SectorVersion[] made = [.. summary.Versions];
                    var at = CursorOf(made);
                    _current = new(former.Number + 1, made, at, summary, Encode("delta", at, summary, null, [], []), IsGap: false);
                }

                return;
            }

            var versions = (SectorVersion[])former.Versions.Clone();
            var latest = LatestOf(summary);
            var changes = await reader.ChangesAsync(
                sources, key.Filter, versions, (index, version) => latest(index)?.IsAfter(version) == true, cancellationToken);
            if (!changes.HasMoved && (summary is null || IsSame(summary, former.Summary)))
            {
                return;
            }

            var cursor = CursorOf(versions);
            if (changes.IsGap)
            {
                _snapshot = null;
            }

            var frames = changes.IsGap ? [] : Encode("delta", cursor, summary, changes.Devices, changes.Removed, changes.Alarms);
            _current = new(former.Number + 1, versions, cursor, summary, frames, changes.IsGap);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The newest version that is known of each sector: from its own word, or from the figures when that was lost.</summary>
    private Func<int, SectorVersion?> LatestOf(TerritorySummary? summary)
    {
        var ofSummary = summary?.Versions.ToDictionary(version => version.Sector, StringComparer.Ordinal) ?? [];
        return index =>
        {
            var told = _sectors[index].Latest;
            return ofSummary.TryGetValue(_sectorNames[index], out var summed) && (told is not { } known || summed.IsAfter(known)) ? summed : told;
        };
    }

    private static bool IsSame(TerritorySummary summary, TerritorySummary? former) =>
        former is not null && summary.Today == former.Today && summary.AsOf == former.AsOf && summary.Communes == former.Communes && summary.IsAlarmFlood == former.IsAlarmFlood
        && summary.Versions.AsSpan().SequenceEqual(former.Versions.AsSpan()) && FiguresComparison.AreEqual(summary.Figures, former.Figures);

    private string CursorOf(SectorVersion[] versions) => LiveCursor.Encode(_filterHash, versions);

    private static IReadOnlyList<EncodedFrame> Encode(
        string type,
        string cursor,
        TerritorySummary? summary,
        IReadOnlyCollection<DeviceChange>? devices,
        IReadOnlyCollection<string> removed,
        IReadOnlyCollection<AlarmView> alarms) =>
        FrameEncoder.Encode(new(
            type, cursor, summary is null ? null : SummaryPresenting.Present(summary, cursor), devices, removed, summary?.AsOf)
        { Alarms = alarms });

    [LoggerMessage(EventId = 3110, Level = LogLevel.Warning, Message = "An update of {Scope} could not be made; it is tried again")]
    private static partial void LogStepFailed(ILogger logger, string scope, Exception exception);
}
