using Grid.TestCluster;
using Grid.Tests.Semantics.Calls;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Grid.Tests.Semantics.Streams;

public interface IParcelGrain : IGrainWithStringKey
{
    Task HoldAsync(string gate);

    [AlwaysInterleave]
    Task BarrierAsync();
}

/// <summary>Subscribes in the other way: it is told that it is subscribed, and changes what it is given.</summary>
[ImplicitStreamSubscription(Namespace)]
public sealed class ParcelGrain(Journal journal) : Grain, IParcelGrain, IStreamSubscriptionObserver, IAsyncObserver<Parcel>
{
    public const string Namespace = "parcels";

    private string Key => this.GetPrimaryKeyString();

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        journal.Write($"subscriptions of {Key}", $"{handleFactory.ProviderName} {handleFactory.StreamId}");
        return handleFactory.Create<Parcel>().ResumeAsync(this);
    }

    public async Task OnNextAsync(Parcel item, StreamSequenceToken? token = null)
    {
        journal.Write(Key, $"{item.Label}: {string.Join(",", item.Items)}");
        item.Items.Add(99);
        if (item.Label == "hold")
            await journal.PassAsync(Key);
    }

    public Task OnCompletedAsync()
    {
        journal.Write(Key, "completed");
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        journal.Write(Key, $"error: {ex.Message}");
        return Task.CompletedTask;
    }

    public async Task HoldAsync(string gate)
    {
        await journal.PassAsync(gate);
        journal.Write(Key, "held call ended");
    }

    public Task BarrierAsync() => Task.CompletedTask;
}

/// <summary>A second one, so that whoever shares an event shows it.</summary>
[ImplicitStreamSubscription(ParcelGrain.Namespace)]
public sealed class SecondParcelGrain(Journal journal) : Grain, IGrainWithStringKey
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        await this.GetStreamProvider(GridCluster.DefaultProvider)
            .GetStream<Parcel>(StreamId.Create(ParcelGrain.Namespace, key))
            .SubscribeAsync((item, _) =>
            {
                journal.Write($"second of {key}", $"{item.Label}: {string.Join(",", item.Items)}");
                item.Items.Clear();
                return Task.CompletedTask;
            });
    }
}

/// <summary>Keeps the places of the events of its stream.</summary>
[ImplicitStreamSubscription(Namespace)]
public sealed class PlaceGrain(Journal journal) : Grain, IGrainWithStringKey
{
    public const string Namespace = "places";

    private StreamSequenceToken? _last;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        await this.GetStreamProvider(GridCluster.DefaultProvider)
            .GetStream<string>(StreamId.Create(Namespace, key))
            .SubscribeAsync((item, token) =>
            {
                journal.Write(key, token is null ? "no place" : _last is not null && token.CompareTo(_last) <= 0 ? "out of place" : item);
                _last = token;
                return Task.CompletedTask;
            });
    }
}

/// <summary>Tells the request context of each event, and leaves one of its own behind.</summary>
[ImplicitStreamSubscription(Namespace)]
public sealed class ContextualGrain(Journal journal) : Grain, IGrainWithStringKey
{
    public const string Namespace = "contexts";
    public const string Name = "reason";

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        await this.GetStreamProvider(GridCluster.DefaultProvider)
            .GetStream<string>(StreamId.Create(Namespace, key))
            .SubscribeAsync((item, _) =>
            {
                journal.Write(key, $"{item} {RequestContext.Get(Name) ?? "nothing"}");
                RequestContext.Set(Name, "left behind");
                return Task.CompletedTask;
            });
    }
}

public sealed class StreamDetailTests(SharedCluster shared)
{
    [Fact]
    public async Task A_grain_may_take_its_subscription_by_IStreamSubscriptionObserver()
    {
        var key = shared.NewKey();

        await Parcels(key).OnNextAsync(new Parcel { Label = "first", Items = { 1 } });
        await Parcels(key).OnNextAsync(new Parcel { Label = "second", Items = { 2 } });
        await UntilReadAsync(key, 2);

        Assert.Equal(["first: 1", "second: 2"], shared.Journal.Read(key));
        Assert.Equal([$"{GridCluster.DefaultProvider} {ParcelGrain.Namespace}/{key}"], shared.Journal.Read($"subscriptions of {key}"));
    }

    [Fact]
    public async Task An_event_is_not_shared_with_its_publisher_or_with_another_subscriber()
    {
        var key = shared.NewKey();
        var parcel = new Parcel { Label = "as sent", Items = { 1, 2 } };

        await Parcels(key).OnNextAsync(parcel);
        parcel.Label = "changed";
        parcel.Items.Clear();
        await UntilReadAsync(key, 1);
        await UntilReadAsync($"second of {key}", 1);

        Assert.Equal(["as sent: 1,2"], shared.Journal.Read(key));
        Assert.Equal(["as sent: 1,2"], shared.Journal.Read($"second of {key}"));
        Assert.Empty(parcel.Items);
    }

    [Fact]
    public async Task An_event_waits_for_the_running_call()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IParcelGrain>(key);
        var held = grain.HoldAsync(key + "-call");
        await shared.Journal.ReachedAsync(key + "-call");

        await Parcels(key).OnNextAsync(new Parcel { Label = "late" });
        await UntilReadAsync($"second of {key}", 1);
        await grain.BarrierAsync();
        Assert.Empty(shared.Journal.Read(key));

        shared.Journal.Open(key + "-call");
        await held;
        await UntilReadAsync(key, 2);
        Assert.Equal(["held call ended", "late: "], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_subscriber_that_takes_its_time_does_not_hold_up_another_one()
    {
        var key = shared.NewKey();
        await Parcels(key).OnNextAsync(new Parcel { Label = "hold" });
        await shared.Journal.ReachedAsync(key);

        await Parcels(key).OnNextAsync(new Parcel { Label = "next" });
        await UntilReadAsync($"second of {key}", 2);
        Assert.Equal(["hold: "], shared.Journal.Read(key));

        shared.Journal.Open(key);
        await UntilReadAsync(key, 2);
        Assert.Equal(["hold: ", "next: "], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_call_waits_for_the_event_that_is_handled()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IParcelGrain>(key);
        shared.Journal.Open(key + "-call");
        await Parcels(key).OnNextAsync(new Parcel { Label = "hold" });
        await shared.Journal.ReachedAsync(key);

        var call = grain.HoldAsync(key + "-call");
        await grain.BarrierAsync();
        Assert.Equal(["hold: "], shared.Journal.Read(key));

        shared.Journal.Open(key);
        await call;
        Assert.Equal(["hold: ", "held call ended"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task Events_of_several_publishers_at_once_all_arrive_and_those_of_each_in_order()
    {
        var key = shared.NewKey();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(publisher => Task.Run(async () =>
        {
            var stream = Places(key);
            for (var i = 0; i < 50; i++)
                await stream.OnNextAsync($"{publisher}:{i}");
        })));

        await UntilReadAsync(key, 250);

        var events = shared.Journal.Read(key);
        Assert.Equal(250, events.Length);
        for (var publisher = 0; publisher < 5; publisher++)
        {
            Assert.Equal(
                Enumerable.Range(0, 50).Select(i => $"{publisher}:{i}"),
                events.Where(e => e.StartsWith($"{publisher}:", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Each_event_has_a_place_behind_the_one_before()
    {
        var key = shared.NewKey();

        for (var i = 0; i < 20; i++)
            await Places(key).OnNextAsync($"{i}");
        await UntilReadAsync(key, 20);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), shared.Journal.Read(key));
    }

    [Fact]
    public async Task An_event_brings_the_request_context_of_its_publisher_and_nobody_elses()
    {
        var key = shared.NewKey();
        var stream = Provider.GetStream<string>(StreamId.Create(ContextualGrain.Namespace, key));

        RequestContext.Set(ContextualGrain.Name, "storm");
        await stream.OnNextAsync("first");
        RequestContext.Clear();
        await stream.OnNextAsync("second");
        RequestContext.Set(ContextualGrain.Name, "calm");
        await stream.OnNextAsync("third");
        await UntilReadAsync(key, 3);

        Assert.Equal(["first storm", "second nothing", "third calm"], shared.Journal.Read(key));
    }

    [Fact]
    public void Streams_are_equal_by_their_provider_and_their_id()
    {
        Assert.Equal(Parcels("a"), Parcels("a"));
        Assert.NotEqual(Parcels("a"), Parcels("b"));
        Assert.Equal(StreamId.Create("n", "k"), StreamId.Create("n", "k"));
        Assert.NotEqual(StreamId.Create("n", "k"), StreamId.Create("m", "k"));
        Assert.Equal(("k", "n"), (StreamId.Create("n", "k").GetKeyAsString(), StreamId.Create("n", "k").GetNamespace()));
    }

    private Task UntilReadAsync(string key, int count) =>
        shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length >= count, what: $"{count} entries of {key}");

    private IAsyncStream<Parcel> Parcels(string key) => Provider.GetStream<Parcel>(StreamId.Create(ParcelGrain.Namespace, key));

    private IAsyncStream<string> Places(string key) => Provider.GetStream<string>(StreamId.Create(PlaceGrain.Namespace, key));

    private IStreamProvider Provider => shared.Cluster.Services.GetRequiredKeyedService<IStreamProvider>(GridCluster.DefaultProvider);
}
