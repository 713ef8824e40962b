using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Utilities;

namespace Grid.Tests.Semantics.Calls;

public interface ILampObserver : IGrainObserver
{
    [OneWay]
    Task SwitchedAsync(int percent);

    Task<string> AskAsync(string question);

    Task ShownAsync(Parcel parcel);
}

public interface IObservedGrain : IGrainWithStringKey
{
    Task SubscribeAsync(ILampObserver observer);

    Task UnsubscribeAsync(ILampObserver observer);

    Task SwitchAsync(int percent);

    Task<string> AskThemAsync(string question);

    Task<int> SubscribersAsync();

    /// <summary>Asks all, and drops those that fail.</summary>
    Task InsistAsync(string question);

    /// <summary>Shows it to all, and answers with its label as it is then.</summary>
    Task<string> ShowAsync(Parcel parcel);
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

    public Task InsistAsync(string question) => _observers.Notify(o => o.AskAsync(question));

    public async Task<string> ShowAsync(Parcel parcel)
    {
        await _observers.Notify(o => o.ShownAsync(parcel));
        return parcel.Label;
    }
}

public sealed class RecordingObserver(Journal journal, string key) : ILampObserver
{
    /// <summary>This question fails.</summary>
    public const string Forbidden = "May I?";

    /// <summary>When this is in its journal, every question fails.</summary>
    public const string IsTired = "is tired";

    public Task SwitchedAsync(int percent)
    {
        journal.Write(key, $"{percent}");
        return Task.CompletedTask;
    }

    public Task<string> AskAsync(string question) => question == Forbidden || journal.Count(key, IsTired) > 0
        ? throw new LampBrokenException("Do not ask.", 6)
        : Task.FromResult($"{question} yes");

    public Task ShownAsync(Parcel parcel)
    {
        journal.Write(key, parcel.Label);
        parcel.Label = "spoiled";
        return Task.CompletedTask;
    }
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

    [Fact]
    public async Task An_exception_of_an_observer_reaches_the_grain_that_asked()
    {
        var grain = shared.Grains.GetGrain<IObservedGrain>(shared.NewKey());
        var observer = new RecordingObserver(shared.Journal, shared.NewKey());
        await grain.SubscribeAsync(shared.Grains.CreateObjectReference<ILampObserver>(observer));

        var failure = await Assert.ThrowsAsync<LampBrokenException>(() => grain.AskThemAsync(RecordingObserver.Forbidden));

        Assert.Equal(("Do not ask.", 6), (failure.Message, failure.Code));
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task An_observer_that_fails_is_told_no_more()
    {
        var (key, goodKey) = (shared.NewKey(), shared.NewKey());
        var grain = shared.Grains.GetGrain<IObservedGrain>(key);
        var failing = new RecordingObserver(shared.Journal, key);
        var good = new RecordingObserver(shared.Journal, goodKey);
        await grain.SubscribeAsync(shared.Grains.CreateObjectReference<ILampObserver>(failing));
        await grain.SubscribeAsync(shared.Grains.CreateObjectReference<ILampObserver>(good));

        await grain.InsistAsync("Lit?");
        Assert.Equal(2, await grain.SubscribersAsync());
        shared.Journal.Write(key, RecordingObserver.IsTired);
        await grain.InsistAsync("Lit?");

        Assert.Equal(1, await grain.SubscribersAsync());
        await grain.SwitchAsync(7);
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(goodKey, "7") == 1);
        Assert.Equal(0, shared.Journal.Count(key, "7"));
        GC.KeepAlive(failing);
        GC.KeepAlive(good);
    }

    [Fact]
    public async Task What_an_observer_is_told_is_a_copy()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IObservedGrain>(shared.NewKey());
        var observer = new RecordingObserver(shared.Journal, key);
        await grain.SubscribeAsync(shared.Grains.CreateObjectReference<ILampObserver>(observer));

        Assert.Equal("as shown", await grain.ShowAsync(new Parcel { Label = "as shown" }));

        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "as shown") == 1);
        GC.KeepAlive(observer);
    }

    [Fact]
    public void Only_references_stand_for_observers_and_only_objects_become_references()
    {
        var observer = new RecordingObserver(shared.Journal, "nobody");
        var reference = shared.Grains.CreateObjectReference<ILampObserver>(observer);

        Assert.ThrowsAny<ArgumentException>(() => shared.Grains.DeleteObjectReference<ILampObserver>(observer));
        Assert.ThrowsAny<ArgumentException>(() => shared.Grains.CreateObjectReference<ILampObserver>(reference));
    }
}
