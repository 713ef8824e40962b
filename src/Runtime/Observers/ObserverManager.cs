using System.Collections;
using Grid.Runtime.Execution;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Utilities;

/// <summary>The observers of a grain, known by their references.</summary>
public class ObserverManager<TObserver>(TimeSpan expiration, ILogger log) : ObserverManager<IAddressable, TObserver>(expiration, log);

/// <summary>
/// The observers of a grain. One that did not subscribe again within <see cref="ExpirationDuration"/>, or that fails, is dropped. Not thread-safe: it
/// belongs to a grain, and may be changed while a notification is under way.
/// </summary>
public partial class ObserverManager<TIdentity, TObserver> : IEnumerable<TObserver>
    where TIdentity : notnull
{
    private readonly ILogger _log;
    private Dictionary<TIdentity, (TObserver Observer, DateTime LastSeen)> _entries = [];

    // Replaced instead of changed while somebody walks over it.
    private int _walkers;

    public ObserverManager(TimeSpan expiration, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(log);
        ExpirationDuration = expiration;
        _log = log;
#pragma warning disable RS0030 // Outside a grain there is no other clock; set GetDateTime to have one.
        var clock = Partition.OnThisThread?.Runtime.Clock ?? TimeProvider.System;
#pragma warning restore RS0030
        GetDateTime = () => clock.GetUtcNow().UtcDateTime;
    }

    /// <summary>The clock, UTC.</summary>
    public Func<DateTime> GetDateTime { get; set; }

    public TimeSpan ExpirationDuration { get; set; }

    public int Count => _entries.Count;

    public IReadOnlyDictionary<TIdentity, TObserver> Observers => _entries.ToDictionary(entry => entry.Key, entry => entry.Value.Observer);

    /// <summary>Adds an observer, or renews it.</summary>
    public void Subscribe(TIdentity id, TObserver observer)
    {
        Writable()[id] = (observer, GetDateTime());
        LogSubscribed(id, _entries.Count);
    }

    public void Unsubscribe(TIdentity id)
    {
        Writable().Remove(id);
        LogUnsubscribed(id, _entries.Count);
    }

    public void Clear() => Writable().Clear();

    public void ClearExpired()
    {
        var now = GetDateTime();
        Drop([.. _entries.Where(entry => IsExpired(entry.Value.LastSeen, now)).Select(entry => entry.Key)]);
    }

    /// <summary>Calls every observer that satisfies the predicate, one after the other, awaiting each.</summary>
    public async Task Notify(Func<TObserver, Task> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var now = GetDateTime();
        var defunct = new List<TIdentity>();
        _walkers++;
        try
        {
            foreach (var (id, (observer, lastSeen)) in _entries)
            {
                if (IsExpired(lastSeen, now))
                {
                    defunct.Add(id);
                    continue;
                }

                if (predicate is not null && !predicate(observer))
                    continue;
                try
                {
                    await notification(observer);
                }
                catch (Exception error)
                {
                    LogFailed(error, id);
                    defunct.Add(id);
                }
            }
        }
        finally
        {
            _walkers--;
        }

        Drop(defunct);
    }

    /// <summary>Calls every observer that satisfies the predicate, one after the other.</summary>
    public void Notify(Action<TObserver> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var now = GetDateTime();
        var defunct = new List<TIdentity>();
        _walkers++;
        try
        {
            foreach (var (id, (observer, lastSeen)) in _entries)
            {
                if (IsExpired(lastSeen, now))
                {
                    defunct.Add(id);
                    continue;
                }

                if (predicate is not null && !predicate(observer))
                    continue;
                try
                {
                    notification(observer);
                }
                catch (Exception error)
                {
                    LogFailed(error, id);
                    defunct.Add(id);
                }
            }
        }
        finally
        {
            _walkers--;
        }

        Drop(defunct);
    }

    public IEnumerator<TObserver> GetEnumerator() => _entries.Values.Select(entry => entry.Observer).ToList().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool IsExpired(DateTime lastSeen, DateTime now) => lastSeen + ExpirationDuration < now;

    private void Drop(List<TIdentity> defunct)
    {
        if (defunct.Count == 0)
            return;
        var entries = Writable();
        foreach (var id in defunct)
            entries.Remove(id);
        LogDropped(defunct.Count, entries.Count);
    }

    private Dictionary<TIdentity, (TObserver Observer, DateTime LastSeen)> Writable() =>
        _walkers == 0 ? _entries : _entries = new Dictionary<TIdentity, (TObserver Observer, DateTime LastSeen)>(_entries);

    [LoggerMessage(1040, LogLevel.Debug, "Observer {Id} subscribed; {Count} in all")]
    private partial void LogSubscribed(TIdentity id, int count);

    [LoggerMessage(1041, LogLevel.Debug, "Observer {Id} unsubscribed; {Count} are left")]
    private partial void LogUnsubscribed(TIdentity id, int count);

    [LoggerMessage(1042, LogLevel.Debug, "Observer {Id} failed and is dropped")]
    private partial void LogFailed(Exception error, TIdentity id);

    [LoggerMessage(1043, LogLevel.Debug, "Dropped {Dropped} expired or failed observers; {Count} are left")]
    private partial void LogDropped(int dropped, int count);
}
