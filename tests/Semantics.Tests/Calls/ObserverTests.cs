using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Utilities;

namespace Grid.Tests.Semantics.Calls;

public interface ILampObserver : IGrainObserver
{
    [OneWay]
    Task SwitchedAsync(int percent);

    Task<string> AskAsync(string question);
}

public interface IObservedGrain : IGrainWithStringKey
{
    Task SubscribeAsync(ILampObserver observer);

    Task UnsubscribeAsync(ILampObserver observer);

    Task SwitchAsync(int percent);

    Task<string> AskThemAsync(string question);

    Task<int> SubscribersAsync();
}

public sealed class ObservedGrain(ILogger<ObservedGrain> logger) : Grain, IObservedGrain
{
    private readonly ObserverManager<ILampObserver> _observers = new(TimeSpan.FromMinutes(5), logger);

    public Task SubscribeAsync(ILampObserver observer)
    {
        _observers.Subscribe(observer, observer);
        return Task.CompletedTask;
    }

    public Task UnsubscribeAsync(ILampObserver observer)
    {
        _observers.Unsubscribe(observer);
        return Task.CompletedTask;
    }

    public Task SwitchAsync(int percent) => _observers.Notify(o => o.SwitchedAsync(percent));

    public async Task<string> AskThemAsync(string question)
    {
        var answers = new List<string>();
        foreach (var observer in _observers)
            answers.Add(await observer.AskAsync(question));
        return string.Join(",", answers);
    }

    public Task<int> SubscribersAsync() => Task.FromResult(_observers.Count);
}

public sealed class RecordingObserver(Journal journal, string key) : ILampObserver
{
    public Task SwitchedAsync(int percent)
    {
        journal.Write(key, $"{percent}");
        return Task.CompletedTask;
    }

    public Task<string> AskAsync(string question) => Task.FromResult($"{question} yes");
}

public sealed class ObserverTests(SharedCluster shared)
{
    [Fact]
    public async Task An_observer_is_told_in_order_until_it_unsubscribes()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IObservedGrain>(key);
        var observer = new RecordingObserver(shared.Journal, key);
        var reference = shared.Grains.CreateObjectReference<ILampObserver>(observer);
        await grain.SubscribeAsync(reference);
        for (var percent = 1; percent <= 100; percent++)
            await grain.SwitchAsync(percent);
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length >= 100);

        await grain.UnsubscribeAsync(reference);
        await grain.SwitchAsync(101);

        Assert.Equal(0, await grain.SubscribersAsync());
        Assert.Equal(Enumerable.Range(1, 100).Select(p => $"{p}"), shared.Journal.Read(key));
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task An_observer_that_subscribes_twice_is_told_once()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IObservedGrain>(key);
        var observer = new RecordingObserver(shared.Journal, key);
        var reference = shared.Grains.CreateObjectReference<ILampObserver>(observer);

        await grain.SubscribeAsync(reference);
        await grain.SubscribeAsync(reference);

        Assert.Equal(1, await grain.SubscribersAsync());
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task An_observer_can_be_asked()
    {
        var grain = shared.Grains.GetGrain<IObservedGrain>(shared.NewKey());
        var observer = new RecordingObserver(shared.Journal, "asked");
        await grain.SubscribeAsync(shared.Grains.CreateObjectReference<ILampObserver>(observer));

        Assert.Equal("Lit? yes", await grain.AskThemAsync("Lit?"));
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task A_deleted_observer_is_told_nothing_more()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IObservedGrain>(key);
        var observer = new RecordingObserver(shared.Journal, key);
        var reference = shared.Grains.CreateObjectReference<ILampObserver>(observer);
        await grain.SubscribeAsync(reference);

        shared.Grains.DeleteObjectReference<ILampObserver>(reference);
        await grain.SwitchAsync(50);
        await grain.SubscribersAsync();

        Assert.Empty(shared.Journal.Read(key));
        GC.KeepAlive(observer);
    }
}
