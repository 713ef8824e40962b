using Grid.Runtime;

namespace Grid.Tests.Runtime;

/// <summary>Gates on bytes, which are stable, rather than on time, which is not.</summary>
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
