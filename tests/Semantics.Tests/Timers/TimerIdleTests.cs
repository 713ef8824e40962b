namespace Grid.Tests.Semantics.Timers;

public sealed class TimerIdleTests(ForgetfulCluster cluster) : IClassFixture<ForgetfulCluster>
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_timer_does_not_keep_its_grain_active()
    {
        var key = cluster.NewKey();
        await cluster.Grains.GetGrain<ITimerGrain>(key).StartAsync(Often, Often);

        await UntilCollectedAsync(key);

        Assert.Contains(cluster.Journal.Read(key), e => e.StartsWith("end:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_timer_that_keeps_alive_keeps_its_grain_active()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ITimerGrain>(key);
        await grain.StartAsync(Often, Often, keepAlive: true);

        for (var i = 0; i < 2; i++)
        {
            var witness = cluster.NewKey();
            await cluster.Grains.GetGrain<ITimerGrain>(witness).StartAsync(Often, Often);
            await UntilCollectedAsync(witness);
        }

        Assert.Equal(0, cluster.Journal.Count(key, "deactivated"));
        await grain.StopAsync();
    }

    private Task UntilCollectedAsync(string key) =>
        cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, "deactivated") == 1, what: $"{key} is collected");
}
