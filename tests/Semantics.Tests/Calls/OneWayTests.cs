namespace Grid.Tests.Semantics.Calls;

public sealed class OneWayTests(SharedCluster shared)
{
    [Fact]
    public async Task A_one_way_call_returns_before_the_grain_is_done()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ICallGrain>(key);

        await grain.TellAsync(key);
        await shared.Journal.ReachedAsync(key);
        Assert.Empty(shared.Journal.Read(key));

        shared.Journal.Open(key);
        await grain.PingAsync();
        Assert.Equal(["held call ended"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_failure_of_a_one_way_call_does_not_reach_the_caller_and_does_not_stop_the_grain()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ICallGrain>(key);

        await grain.TellAndFailAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "told") == 1);

        Assert.Equal("pong", await grain.PingAsync());
        Assert.Equal(["told"], shared.Journal.Read(key));
    }
}
