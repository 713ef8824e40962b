using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Tests.Semantics.Turns;

/// <summary>What a grain does with the reentrancy of its call chain before it calls on.</summary>
public enum Door
{
    AsItIs,
    Opened,
    Shut,
}

public interface IChainLinkGrain : IGrainWithStringKey
{
    /// <summary>Calls the first grain of the path, which goes on with the rest of it; answers with how many grains were called.</summary>
    Task<int> WalkAsync(Step[] path);

    /// <summary>Opens its door and calls the other grain, which holds at the gate.</summary>
    Task HoldOpenAsync(string other, string gate);

    Task HoldAsync(string gate);

    Task NoteAsync(string entry);

    [AlwaysInterleave]
    Task BarrierAsync();
}

[GenerateSerializer]
[Immutable]
public sealed record Step([property: Id(0)] string Grain, [property: Id(1)] Door Door);

public sealed class ChainLinkGrain(Journal journal) : Grain, IChainLinkGrain
{
    public async Task<int> WalkAsync(Step[] path)
    {
        if (path is [])
            return 0;
        using var door = path[0].Door switch
        {
            Door.Opened => RequestContext.AllowCallChainReentrancy(),
            Door.Shut => RequestContext.SuppressCallChainReentrancy(),
            _ => default,
        };
        return 1 + await GrainFactory.GetGrain<IChainLinkGrain>(path[0].Grain).WalkAsync(path[1..]);
    }

    public async Task HoldOpenAsync(string other, string gate)
    {
        using var door = RequestContext.AllowCallChainReentrancy();
        await GrainFactory.GetGrain<IChainLinkGrain>(other).HoldAsync(gate);
        journal.Write(this.GetPrimaryKeyString(), "door shut");
    }

    public Task HoldAsync(string gate) => journal.PassAsync(gate);

    public Task NoteAsync(string entry)
    {
        journal.Write(this.GetPrimaryKeyString(), entry);
        return Task.CompletedTask;
    }

    public Task BarrierAsync() => Task.CompletedTask;
}

public sealed class ChainReentrancyTests(ImpatientCluster cluster, SharedCluster shared) : IClassFixture<ImpatientCluster>
{
    [Fact]
    public async Task A_grain_whose_door_is_open_may_be_called_back_by_whoever_it_called_directly_or_not()
    {
        var (a, b, c) = Keys();

        Assert.Equal(1, await WalkAsync(a, new Step(a, Door.Opened)));
        Assert.Equal(2, await WalkAsync(a, new Step(b, Door.Opened), new Step(a, Door.AsItIs)));
        Assert.Equal(3, await WalkAsync(a, new Step(b, Door.Opened), new Step(c, Door.AsItIs), new Step(a, Door.AsItIs)));
    }

    [Fact]
    public async Task Each_grain_of_a_chain_may_open_its_own_door()
    {
        var (a, b, _) = Keys();

        Assert.Equal(
            4,
            await WalkAsync(a, new Step(b, Door.Opened), new Step(a, Door.Opened), new Step(b, Door.Opened), new Step(a, Door.AsItIs)));
    }

    [Fact]
    public async Task A_door_opened_by_one_grain_does_not_open_those_of_the_grains_that_it_calls()
    {
        var (a, b, _) = Keys();

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(
            WalkAsync(a, cluster, new Step(b, Door.Opened), new Step(a, Door.AsItIs), new Step(b, Door.AsItIs))));
    }

    [Fact]
    public async Task A_door_that_was_shut_again_keeps_the_chain_out()
    {
        var (a, b, _) = Keys();

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(
            WalkAsync(a, cluster, new Step(b, Door.Opened), new Step(b, Door.Shut), new Step(a, Door.AsItIs))));
        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(
            WalkAsync(a + "'", cluster, new Step(b + "'", Door.Opened), new Step(a + "'", Door.Shut), new Step(a + "'", Door.AsItIs))));
    }

    [Fact]
    public async Task An_open_door_lets_nobody_in_who_is_not_of_the_chain()
    {
        var (a, b, _) = Keys();
        var grain = shared.Grains.GetGrain<IChainLinkGrain>(a);
        var held = grain.HoldOpenAsync(b, a);
        await shared.Journal.ReachedAsync(a);

        var stranger = grain.NoteAsync("stranger");
        await grain.BarrierAsync();
        shared.Journal.Open(a);
        await Task.WhenAll(held, stranger);

        Assert.Equal(["door shut", "stranger"], shared.Journal.Read(a));
    }

    [Fact]
    public async Task Two_grains_that_call_each_other_two_thousand_deep_do_not_exhaust_the_stack()
    {
        var (a, b, _) = Keys();
        var path = Enumerable.Range(0, 2000).Select(i => new Step(i % 2 == 0 ? b : a, Door.Opened)).ToArray();

        Assert.Equal(2000, await WalkAsync(a, path));
    }

    private static Task<int> WalkAsync(string first, JournaledCluster where, params Step[] path) =>
        where.Grains.GetGrain<IChainLinkGrain>(first).WalkAsync(path);

    private Task<int> WalkAsync(string first, params Step[] path) => WalkAsync(first, shared, path);

    private (string A, string B, string C) Keys() => (shared.NewKey(), shared.NewKey(), shared.NewKey());
}
