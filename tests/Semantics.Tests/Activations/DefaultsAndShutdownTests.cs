namespace Grid.Tests.Semantics.Activations;

public sealed class DefaultsAndShutdownTests(SharedCluster shared)
{
    [Fact]
    public void Unless_set_grains_idle_for_15_minutes_calls_wait_for_30_seconds_and_reminders_are_a_minute_apart()
    {
        Assert.Equal(TimeSpan.FromMinutes(15), shared.Cluster.IdleAge);
        Assert.Equal(TimeSpan.FromSeconds(30), shared.Cluster.CallTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), shared.Cluster.ReminderMinimum);
    }

    [Fact]
    public async Task A_stopping_cluster_deactivates_its_grains()
    {
        var own = new JournaledCluster();
        await own.InitializeAsync();
        for (var i = 0; i < 10; i++)
            await own.Grains.GetGrain<IActivationGrain>($"lamp-{i}").WhoAsync();

        await own.DisposeAsync();

        for (var i = 0; i < 10; i++)
            Assert.Equal(1, own.Journal.Read($"lamp-{i}").Count(e => e == "deactivated:ShuttingDown"));
    }
}
