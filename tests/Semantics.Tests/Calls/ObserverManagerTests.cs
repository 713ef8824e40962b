using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Utilities;

namespace Grid.Tests.Semantics.Calls;

/// <summary>By a clock of its own: the manager's is of this test.</summary>
public sealed class ObserverManagerTests(SharedCluster shared)
{
    private static readonly DateTime Start = new(2026, 1, 15, 6, 0, 0, DateTimeKind.Utc);

    private DateTime _now = Start;

    [Fact]
    public async Task An_observer_that_does_not_subscribe_again_in_time_is_told_no_more()
    {
        var observers = NewManager();
        var (old, renewed) = (NewObserver(), NewObserver());
        observers.Subscribe(old.Reference, old.Reference);
        observers.Subscribe(renewed.Reference, renewed.Reference);

        _now = Start.AddMinutes(4);
        observers.Subscribe(renewed.Reference, renewed.Reference);
        _now = Start.AddMinutes(6);
        Assert.Equal(2, observers.Count);
        await observers.Notify(o => o.SwitchedAsync(50));

        Assert.Equal(1, observers.Count);
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(renewed.Key, "50") == 1);
        Assert.Empty(shared.Journal.Read(old.Key));
        GC.KeepAlive((old.Observer, renewed.Observer));
    }

    [Fact]
    public void Expired_observers_are_cleared_on_request()
    {
        var observers = NewManager();
        var observer = NewObserver();
        observers.Subscribe(observer.Reference, observer.Reference);

        _now = Start.AddMinutes(5).AddSeconds(1);
        observers.ClearExpired();

        Assert.Equal(0, observers.Count);
        GC.KeepAlive(observer.Observer);
    }

    [Fact]
    public async Task Only_observers_that_are_meant_are_told()
    {
        var observers = NewManager();
        var (one, other) = (NewObserver(), NewObserver());
        observers.Subscribe(one.Reference, one.Reference);
        observers.Subscribe(other.Reference, other.Reference);

        await observers.Notify(o => o.SwitchedAsync(50), o => o.Equals(other.Reference));
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(other.Key, "50") == 1);

        Assert.Empty(shared.Journal.Read(one.Key));
        GC.KeepAlive((one.Observer, other.Observer));
    }

    private ObserverManager<ILampObserver> NewManager() =>
        new(TimeSpan.FromMinutes(5), NullLogger.Instance) { GetDateTime = () => _now };

    private (string Key, RecordingObserver Observer, ILampObserver Reference) NewObserver()
    {
        var key = shared.NewKey();
        var observer = new RecordingObserver(shared.Journal, key);
        return (key, observer, shared.Grains.CreateObjectReference<ILampObserver>(observer));
    }
}
