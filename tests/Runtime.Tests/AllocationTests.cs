using Grid.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.Tests.Runtime;

/// <summary>Gates on bytes, which are stable, rather than on time, which is not. Some count the bytes of the whole process: no other test runs beside them.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public class AllocationTests
{
    private const int Times = 1000;

    [Fact]
    public async Task A_direct_call_within_the_partition_allocates_nothing()
    {
        await using var world = await Pumped.Start(options => options.TurnsPerSlice = 100_000);
        var bytes = world.Get(world.Grain<ICounterGrain>("a").BytesOfCalls("b", Times).AsTask());
        Assert.InRange(bytes, 0, Times);
    }

    [Fact]
    public async Task A_queued_call_within_the_partition_allocates_nothing_when_its_method_returns_a_value_task()
    {
        await using var world = await Pumped.Start(options => options.MaxCallDepth = 0);
        var bytes = world.Get(world.Grain<ICounterGrain>("a").BytesOfCalls("b", Times).AsTask());
        Assert.InRange(bytes, 0, Times);
    }

    [Fact]
    public async Task A_one_way_call_allocates_nothing()
    {
        await using var world = await Pumped.Start();
        var bytes = world.Get(world.Grain<ICounterGrain>("a").BytesOfOneWayCalls("b", Times).AsTask());
        Assert.InRange(bytes, 0, Times);
    }

    [Fact]
    public async Task A_one_way_call_between_partitions_allocates_nothing_on_either_side()
    {
        await using var runtime = await EmbeddedGrainRuntime.StartNewAsync(
            services => services.AddSingleton<Script>().AddMemoryGrainStorage().AddEmbeddedStreams("s"),
            options =>
            {
                options.Partitions = 2;
                options.PlacementHint = id => id.Key.ToString() == "there" ? 1 : 0;
            });
        var here = runtime.GrainFactory.GetGrain<ICounterGrain>("here");
        var there = runtime.GrainFactory.GetGrain<ICounterGrain>("there");
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            // The last of its three rounds counts; before it their messages have come back to the pool.
            var before = await there.BytesOfThread();
            var sender = await here.BytesOfOneWayCalls("there", Times);
            least = Math.Min(least, sender + ((await there.BytesOfThread() - before) / 3));
        }

        Assert.InRange(least, 0, Times);
        Assert.Equal(5 * 3 * Times, await there.Get());
    }

    [Fact]
    public async Task A_stream_event_takes_at_most_160_bytes_from_its_publication_to_its_handler()
    {
        await using var world = await Pumped.Start();
        var stream = world.Runtime.Client.GetStreamProvider("s").GetStream<int>(StreamId.Create("quiet", "a"));
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Times; i++)
                _ = stream.OnNextAsync(i);
            world.Run();
            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round > 0)
                Assert.InRange(bytes / Times, 1, 160);
        }

        Assert.Equal(2 * Times, world.Get(world.Grain<IQuietListenerGrain>("a").Count()));
    }

    [Fact]
    public async Task An_activation_with_a_persistent_state_takes_at_most_600_bytes_without_the_state()
    {
        await using var world = await Pumped.Start();
        const int Grains = 10_000;
        const int StateObject = 24;
        world.Get(world.Grain<IStateGrain>("first").Get().AsTask());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Grains; i++)
            world.Get(world.Grain<IStateGrain>($"grain-{i}").Get().AsTask());
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Grains;
        Assert.InRange(bytes, 100, 600 + StateObject);
        Assert.Equal(Grains + 1, world.Runtime.ActivationCount);
    }

    [Fact]
    public async Task A_bare_activation_takes_at_most_400_bytes()
    {
        await using var world = await Pumped.Start(options => options.MailboxLimit = 10);
        const int Grains = 20_000;
        var keys = Enumerable.Range(0, Grains).Select(i => $"grain-{i}").ToArray();
        world.Do(world.Grain<IPlainGrain>("first").Touch());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var key in keys)
        {
            _ = world.Grain<IPlainGrain>(key).Touch();
            world.Run();
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Grains;
        Assert.Equal(Grains + 1, world.Runtime.ActivationCount);

        // The keys are counted apart: here the test holds them.
        Assert.InRange(bytes, 50, 400 - 48);
        GC.KeepAlive(keys);
    }
}
