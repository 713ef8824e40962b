using Orleans;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.Tests.Runtime;

public class StreamTests
{
    private static IAsyncStream<int> Stream(Pumped world, string ns, string key) => world.Runtime.Client.GetStreamProvider("s").GetStream<int>(ns, key);

    [Fact]
    public async Task Events_reach_the_implicit_subscriber_in_order()
    {
        await using var world = await Pumped.Start();
        for (var i = 0; i < 5; i++)
            await Stream(world, "numbers", "a").OnNextAsync(i);
        await Stream(world, "numbers", "b").OnNextAsync(9);
        world.Run();
        Assert.Equal(["a 0", "a 1", "a 2", "a 3", "a 4"], world.Script.Told.Where(what => what[0] == 'a'));
        Assert.Contains("b 9", world.Script.Told);
    }

    [Fact]
    public async Task A_grain_that_observes_its_subscriptions_attaches_at_the_first_event()
    {
        await using var world = await Pumped.Start();
        await Stream(world, "late", "a").OnNextAsync(1);
        await Stream(world, "late", "a").OnNextAsync(2);
        world.Run();
        Assert.Equal(["subscribed late/a", "late 1", "late 2"], world.Script.Told);
    }

    [Fact]
    public async Task A_grain_can_publish()
    {
        await using var world = await Pumped.Start();
        Assert.Equal(3, world.Get(world.Grain<ILateListenerGrain>("a").Publish(0, 3)));
        Assert.Equal(["a 0", "a 1", "a 2"], world.Script.Told);
    }

    [Fact]
    public async Task An_event_whose_handler_fails_is_delivered_again_before_the_next()
    {
        await using var world = await Pumped.Start();
        var failures = 2;
        world.Script.Answers["number 1"] = () => failures-- > 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        for (var i = 0; i < 3; i++)
            await Stream(world, "numbers", "a").OnNextAsync(i);
        world.Run();
        Assert.Equal(["a 0"], world.Script.Told);
        world.Advance(5);
        Assert.Equal(["a 0", "a 1", "a 2"], world.Script.Told);
    }

    [Fact]
    public async Task An_event_that_always_fails_is_given_up_after_a_minute_and_counted()
    {
        await using var world = await Pumped.Start();
        world.Script.Answers["number 0"] = () => throw new InvalidOperationException("never");
        await Stream(world, "numbers", "a").OnNextAsync(0);
        await Stream(world, "numbers", "a").OnNextAsync(1);
        world.Advance(55);
        Assert.Empty(world.Script.Told);
        world.Advance(30);
        Assert.Equal(["a 1"], world.Script.Told);
        Assert.Equal(1, world.Runtime.Partitions[0].Counters.StreamEventsDropped);
    }

    [Fact]
    public async Task A_full_queue_refuses_the_producer()
    {
        await using var world = await Pumped.Start(options => options.StreamQueueLimit = 3);
        var stream = Stream(world, "numbers", "a");
        for (var i = 0; i < 3; i++)
            await stream.OnNextAsync(i);
        await Assert.ThrowsAsync<LimitExceededException>(() => stream.OnNextAsync(3));
        world.Run();
        await stream.OnNextAsync(4);
        world.Run();
        Assert.Equal(["a 0", "a 1", "a 2", "a 4"], world.Script.Told);
    }

    [Fact]
    public async Task Completion_and_errors_of_a_stream_are_events_too()
    {
        await using var world = await Pumped.Start();
        var stream = Stream(world, "numbers", "a");
        await stream.OnNextAsync(0);
        await stream.OnErrorAsync(new InvalidOperationException("bad"));
        await stream.OnCompletedAsync();
        world.Run();
        Assert.Equal(["a 0", "error bad", "completed"], world.Script.Told);
    }

    [Fact]
    public async Task Queues_that_nobody_uses_are_put_away_and_come_back()
    {
        await using var world = await Pumped.Start();
        var stream = Stream(world, "numbers", "a");
        await stream.OnNextAsync(0);
        world.Advance(300);
        await stream.OnNextAsync(1);
        world.Run();
        Assert.Equal(["a 0", "a 1"], world.Script.Told);
    }
}
