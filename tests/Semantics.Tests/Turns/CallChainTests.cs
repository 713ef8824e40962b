using Orleans.Runtime;

namespace Grid.Tests.Semantics.Turns;

public interface IChainGrain : IGrainWithStringKey
{
    /// <summary>Calls the other grain, which calls back here.</summary>
    Task<string> AskAsync(string other, bool allowReentrancy);

    Task<string> CallBackAsync(string asker);

    Task<string> AnswerAsync();

    Task<string> AskSelfAsync();

    /// <summary>Calls the next grain in line, and so on, and returns how many there were.</summary>
    Task<int> DescendAsync(string line, int left);
}

public sealed class ChainGrain : Grain, IChainGrain
{
    public async Task<string> AskAsync(string other, bool allowReentrancy)
    {
        using var allowance = allowReentrancy ? RequestContext.AllowCallChainReentrancy() : default;
        return await GrainFactory.GetGrain<IChainGrain>(other).CallBackAsync(this.GetPrimaryKeyString());
    }

    public Task<string> CallBackAsync(string asker) => GrainFactory.GetGrain<IChainGrain>(asker).AnswerAsync();

    public Task<string> AnswerAsync() => Task.FromResult("answer");

    public Task<string> AskSelfAsync() => GrainFactory.GetGrain<IChainGrain>(this.GetPrimaryKeyString()).AnswerAsync();

    public async Task<int> DescendAsync(string line, int left) =>
        left == 0 ? 1 : 1 + await GrainFactory.GetGrain<IChainGrain>($"{line}-{left}").DescendAsync(line, left - 1);
}

public sealed class CallChainTests(ImpatientCluster cluster, SharedCluster shared) : IClassFixture<ImpatientCluster>
{
    [Fact]
    public async Task A_call_back_into_a_waiting_grain_is_kept_out_until_the_call_times_out()
    {
        var grain = cluster.Grains.GetGrain<IChainGrain>(cluster.NewKey());

        var call = grain.AskAsync(cluster.NewKey(), allowReentrancy: false);

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(call));
    }

    [Fact]
    public async Task A_grain_that_calls_itself_waits_for_itself_until_the_call_times_out()
    {
        var grain = cluster.Grains.GetGrain<IChainGrain>(cluster.NewKey());

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(grain.AskSelfAsync()));
    }

    [Fact]
    public async Task A_call_back_into_a_waiting_grain_goes_through_when_call_chain_reentrancy_is_allowed()
    {
        var grain = shared.Grains.GetGrain<IChainGrain>(shared.NewKey());

        Assert.Equal("answer", await grain.AskAsync(shared.NewKey(), allowReentrancy: true));
    }

    [Fact]
    public async Task A_chain_of_five_thousand_grains_that_call_each_other_does_not_exhaust_the_stack()
    {
        var line = shared.NewKey();

        Assert.Equal(5001, await shared.Grains.GetGrain<IChainGrain>(line).DescendAsync(line, 5000));
    }
}
