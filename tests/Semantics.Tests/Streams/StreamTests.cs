using Grid.TestCluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.Tests.Semantics.Streams;

public interface IStreamGrain : IGrainWithStringKey
{
    Task ForgetAsync();
}

/// <summary>Writes each event of its stream to the journal, under the stream's key.</summary>
[ImplicitStreamSubscription(Namespace)]
public sealed class StreamGrain(Journal journal) : Grain, IStreamGrain
{
    public const string Namespace = "readings";

    /// <summary>This event fails when it comes for the first time.</summary>
    public const int FailsOnce = 1_000_000;

    private bool _inside;

    private string Key => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        journal.Write(Key, "activated");
        await this.GetStreamProvider(GridCluster.DefaultProvider)
            .GetStream<int>(StreamId.Create(Namespace, Key))
            .SubscribeAsync(OnNextAsync);
    }

    public Task ForgetAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task OnNextAsync(int item, StreamSequenceToken? token)
    {
        if (_inside)
            journal.Write(Key, "overlap");
        _inside = true;
        await Task.Yield();
        _inside = false;
        var seen = journal.Count(Key, $"{item}");
        journal.Write(Key, $"{item}");
        if (item == FailsOnce && seen == 0)
            throw new InvalidOperationException("This event fails once.");
    }
}

[ImplicitStreamSubscription(StreamGrain.Namespace)]
public sealed class SecondStreamGrain(Journal journal) : Grain, IGrainWithStringKey
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        await this.GetStreamProvider(GridCluster.DefaultProvider)
            .GetStream<int>(StreamId.Create(StreamGrain.Namespace, key))
            .SubscribeAsync((item, _) =>
            {
                journal.Write($"second of {key}", $"{item}");
                return Task.CompletedTask;
            });
    }
}

public interface IPublisherGrain : IGrainWithStringKey
{
    Task PublishAsync(string stream, int from, int count);
}

public sealed class PublisherGrain : Grain, IPublisherGrain
{
    public async Task PublishAsync(string stream, int from, int count)
    {
        var target = this.GetStreamProvider(GridCluster.DefaultProvider).GetStream<int>(StreamId.Create(StreamGrain.Namespace, stream));
        for (var i = from; i < from + count; i++)
            await target.OnNextAsync(i);
    }
}

public sealed class StreamTests(SharedCluster shared)
{
    [Fact]
    public async Task An_event_activates_the_grain_that_is_implicitly_subscribed_to_its_stream()
    {
        var key = shared.NewKey();

        await Stream(key).OnNextAsync(1);
        await UntilReadAsync(key, 2);

        Assert.Equal(["activated", "1"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task Events_of_a_stream_arrive_in_order_and_one_at_a_time()
    {
        var key = shared.NewKey();

        for (var i = 0; i < 500; i++)
            await Stream(key).OnNextAsync(i);
        await UntilReadAsync(key, 501);

        Assert.Equal(["activated", .. Enumerable.Range(0, 500).Select(i => $"{i}")], shared.Journal.Read(key));
    }

    [Fact]
    public async Task Events_that_a_grain_publishes_arrive_in_order()
    {
        var key = shared.NewKey();

        await shared.Grains.GetGrain<IPublisherGrain>(key).PublishAsync(key, 0, 100);
        await UntilReadAsync(key, 101);

        Assert.Equal(["activated", .. Enumerable.Range(0, 100).Select(i => $"{i}")], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_batch_arrives_in_its_order()
    {
        var key = shared.NewKey();

        await Stream(key).OnNextBatchAsync([1, 2, 3, 4, 5]);
        await UntilReadAsync(key, 6);

        Assert.Equal(["activated", "1", "2", "3", "4", "5"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task Streams_of_one_namespace_are_apart_by_their_keys()
    {
        var one = shared.NewKey();
        var other = shared.NewKey();

        await Stream(one).OnNextAsync(1);
        await Stream(other).OnNextAsync(2);
        await UntilReadAsync(one, 2);
        await UntilReadAsync(other, 2);

        Assert.Equal(["activated", "1"], shared.Journal.Read(one));
        Assert.Equal(["activated", "2"], shared.Journal.Read(other));
    }

    [Fact]
    public async Task Each_grain_class_that_is_subscribed_is_given_each_event()
    {
        var key = shared.NewKey();

        await Stream(key).OnNextAsync(1);
        await Stream(key).OnNextAsync(2);
        await UntilReadAsync($"second of {key}", 2);
        await UntilReadAsync(key, 3);

        Assert.Equal(["1", "2"], shared.Journal.Read($"second of {key}"));
        Assert.Equal(["activated", "1", "2"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task An_event_whose_handler_fails_is_delivered_again_before_the_next_one()
    {
        var key = shared.NewKey();

        await Stream(key).OnNextAsync(1);
        await Stream(key).OnNextAsync(StreamGrain.FailsOnce);
        await Stream(key).OnNextAsync(2);
        await UntilReadAsync(key, 5);

        Assert.Equal(["activated", "1", $"{StreamGrain.FailsOnce}", $"{StreamGrain.FailsOnce}", "2"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_subscribed_grain_that_deactivated_is_activated_by_the_next_event()
    {
        var key = shared.NewKey();
        await Stream(key).OnNextAsync(1);
        await UntilReadAsync(key, 2);

        await shared.Grains.GetGrain<IStreamGrain>(key).ForgetAsync();
        await Stream(key).OnNextAsync(2);
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "2") == 1);

        Assert.Equal(["activated", "1", "activated", "2"], shared.Journal.Read(key));
    }

    private Task UntilReadAsync(string key, int count) =>
        shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length >= count, what: $"{count} entries of {key}");

    private IAsyncStream<int> Stream(string key) => shared.Cluster.Services
        .GetRequiredKeyedService<IStreamProvider>(GridCluster.DefaultProvider)
        .GetStream<int>(StreamId.Create(StreamGrain.Namespace, key));
}
