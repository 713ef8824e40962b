namespace Grid.Tests.Semantics.Calls;

public sealed class TimeoutTests(ImpatientCluster cluster) : IClassFixture<ImpatientCluster>
{
    [Fact]
    public async Task A_call_times_out_with_its_outcome_unknown()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        var held = grain.HoldAsync(key);

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(held));
        Assert.Empty(cluster.Journal.Read(key));

        cluster.Journal.Open(key);
        await grain.PingAsync();
        Assert.Equal(["held call ended"], cluster.Journal.Read(key));
    }

    [Fact]
    public async Task A_call_that_waits_behind_another_one_times_out_too()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        await grain.PingAsync();
        await grain.TellAsync(key);
        await cluster.Journal.ReachedAsync(key);

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(grain.PingAsync()));

        cluster.Journal.Open(key);
        Assert.Equal("pong", await grain.PingAsync());
    }
}
