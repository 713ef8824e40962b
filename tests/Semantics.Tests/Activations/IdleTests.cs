namespace Grid.Tests.Semantics.Activations;

public sealed class IdleTests(ForgetfulCluster cluster) : IClassFixture<ForgetfulCluster>
{
    private const string Collected = "deactivated:ActivationIdle";

    [Fact]
    public async Task An_idle_grain_is_deactivated_and_the_next_call_activates_it_anew()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IActivationGrain>(key);
        var before = await grain.WhoAsync();

        await UntilCollectedAsync(key);

        Assert.NotEqual(before, await grain.WhoAsync());
        Assert.Equal(["activating", "activated", "called", Collected, "activating", "activated", "called"], cluster.Journal.Read(key));
    }

    [Fact]
    public async Task DelayDeactivation_keeps_an_idle_grain_until_it_is_taken_back()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IActivationGrain>(key);
        await grain.DelayDeactivationAsync(TimeSpan.FromHours(1));

        await PassTwoIdleAgesAsync();
        Assert.Equal(["activating", "activated"], cluster.Journal.Read(key));

        await grain.DelayDeactivationAsync(TimeSpan.Zero);
        await UntilCollectedAsync(key);
    }

    [Fact]
    public async Task Calls_keep_their_grain_active()
    {
        var key = cluster.NewKey();
        var called = cluster.Grains.GetGrain<IActivationGrain>(key);
        var before = await called.WhoAsync();
        for (var i = 0; i < 2; i++)
        {
            var witness = cluster.NewKey();
            await cluster.Grains.GetGrain<IActivationGrain>(witness).WhoAsync();
            await cluster.Cluster.UntilAsync(
                async () => await called.WhoAsync() != before || cluster.Journal.Count(witness, Collected) > 0,
                what: "a grain that nobody calls is collected");
        }

        Assert.Equal(before, await called.WhoAsync());
    }

    [Fact]
    public async Task A_held_call_keeps_its_grain_active()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IHoldingGrain>(key);
        var held = grain.HoldAsync(key);
        await cluster.Journal.ReachedAsync(key);

        await PassTwoIdleAgesAsync();
        Assert.DoesNotContain(Collected, cluster.Journal.Read(key));

        cluster.Journal.Open(key);
        await held;
    }

    [Fact]
    public async Task An_idle_grain_of_which_nothing_was_asked_since_its_activation_is_collected_too()
    {
        var keys = Enumerable.Range(0, 50).Select(_ => cluster.NewKey()).ToArray();
        await Task.WhenAll(keys.Select(key => cluster.Grains.GetGrain<IActivationGrain>(key).WhoAsync()));

        foreach (var key in keys)
            await UntilCollectedAsync(key);
    }

    [Fact]
    public async Task DelayDeactivation_holds_for_as_long_as_it_says()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IActivationGrain>(key);

        await grain.DelayDeactivationAsync(TimeSpan.FromSeconds(1));

        await UntilCollectedAsync(key);
    }

    [Fact]
    public async Task DeactivateOnIdle_does_not_wait_for_a_delayed_deactivation()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IActivationGrain>(key);
        await grain.DelayDeactivationAsync(TimeSpan.FromHours(1));

        await grain.DeactivateOnIdleAsync();

        await cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, "deactivated:ApplicationRequested") == 1);
    }

    /// <summary>Two grains, one after the other, are activated and collected: whoever was idle before them was idle for longer.</summary>
    private async Task PassTwoIdleAgesAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var witness = cluster.NewKey();
            await cluster.Grains.GetGrain<IActivationGrain>(witness).WhoAsync();
            await UntilCollectedAsync(witness);
        }
    }

    private Task UntilCollectedAsync(string key) =>
        cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, Collected) > 0, what: $"{key} is collected");
}

public interface IHoldingGrain : IGrainWithStringKey
{
    Task HoldAsync(string gate);
}

public sealed class HoldingGrain(Journal journal) : Grain, IHoldingGrain
{
    public Task HoldAsync(string gate) => journal.PassAsync(gate);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Write(this.GetPrimaryKeyString(), $"deactivated:{reason.ReasonCode}");
        return Task.CompletedTask;
    }
}
