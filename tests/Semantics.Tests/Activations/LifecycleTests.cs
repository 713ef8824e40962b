namespace Grid.Tests.Semantics.Activations;

public sealed class LifecycleTests(SharedCluster shared)
{
    [Fact]
    public async Task The_reason_of_a_deactivation_reaches_OnDeactivateAsync_which_may_call_other_grains()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ILifecycleGrain>(key);

        await grain.DeactivateBecauseAsync("replaced");
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length == 2);

        Assert.Equal(["activated with a token", "ApplicationRequested: replaced"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_grain_whose_OnDeactivateAsync_fails_goes_all_the_same()
    {
        var grain = shared.Grains.GetGrain<ILifecycleGrain>(shared.NewKey());
        var before = await grain.WhoAsync();

        await grain.DeactivateBecauseAsync("fails");

        Assert.NotEqual(before, await grain.WhoAsync());
    }

    [Fact]
    public async Task The_first_reason_counts()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IDeactivatingTwiceGrain>(key);

        await grain.DeactivateTwiceAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length == 1);

        Assert.Equal(["first"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_grain_that_deactivates_whenever_it_activates_does_not_hold_its_callers_for_ever()
    {
        var key = shared.NewKey();

        var call = shared.Grains.GetGrain<IReluctantGrain>(key).HelloAsync();

        await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => shared.Cluster.PassingTimeAsync(call));
        Assert.InRange(shared.Journal.Count(key, "activated"), 2, 5);
    }

    [Fact]
    public async Task A_grain_that_deactivates_while_it_activates_may_answer_the_next_time()
    {
        var key = shared.NewKey() + " once";

        Assert.Equal("hello", await shared.Cluster.PassingTimeAsync(shared.Grains.GetGrain<IReluctantGrain>(key).HelloAsync()));

        Assert.Equal(2, shared.Journal.Count(key, "activated"));
    }

    [Fact]
    public async Task A_timer_may_deactivate_its_grain()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ILifecycleGrain>(key);

        await grain.EndFromTimerAsync();

        await shared.Cluster.UntilAsync(
            () => shared.Journal.Read(key).Any(e => e.StartsWith("ApplicationRequested", StringComparison.Ordinal)), what: "the grain goes");
    }

    [Fact]
    public async Task A_class_that_only_implements_IGrainBase_is_a_grain()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPlainGrain>(key);

        Assert.Equal($"{key} True True", await grain.DescribeAsync());
        await grain.TickAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "tick") == 1);
        await grain.DeactivateAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "disposed") == 1);

        Assert.Equal(["activated", "tick", "deactivated:ApplicationRequested", "disposed"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_failing_constructor_fails_the_call_and_leaves_no_activation()
    {
        var own = new JournaledCluster();
        await own.InitializeAsync();
        await using var closing = own;
        var grain = own.Grains.GetGrain<IUnbornGrain>("lamp");

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => own.Cluster.PassingTimeAsync(grain.HelloAsync()));
        Assert.Contains("Not born yet.", failure.ToString(), StringComparison.Ordinal);

        own.Journal.Write(UnbornGrain.Wanted, "now");
        Assert.Equal("hello", await own.Cluster.PassingTimeAsync(grain.HelloAsync()));
    }

    [Fact]
    public async Task Calls_that_arrive_while_a_grain_activates_wait_for_it()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ISlowStartingGrain>(key);
        var calls = Enumerable.Range(0, 20).Select(_ => grain.CallAsync()).ToArray();
        await shared.Journal.ReachedAsync(key);
        Assert.All(calls, call => Assert.False(call.IsCompleted));

        shared.Journal.Open(key);

        Assert.Equal(Enumerable.Range(1, 20), (await Task.WhenAll(calls)).Order());
        Assert.Equal(["activating"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task All_calls_that_wait_for_an_activation_that_fails_are_told_its_exception()
    {
        var key = shared.NewKey() + " fails";
        var grain = shared.Grains.GetGrain<ISlowStartingGrain>(key);
        var calls = Enumerable.Range(0, 20).Select(_ => grain.CallAsync()).ToArray();
        await shared.Journal.ReachedAsync(key);

        shared.Journal.Open(key);

        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<InvalidDataException>(() => shared.Cluster.PassingTimeAsync(call));
            Assert.Equal("Started in vain.", failure.Message);
        }
    }
}

public interface IDeactivatingTwiceGrain : IGrainWithStringKey
{
    Task DeactivateTwiceAsync();
}

public sealed class DeactivatingTwiceGrain(Journal journal) : Grain, IDeactivatingTwiceGrain
{
    public Task DeactivateTwiceAsync()
    {
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "first"));
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "second"));
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Write(this.GetPrimaryKeyString(), reason.Description);
        return Task.CompletedTask;
    }
}

public interface IReluctantGrain : IGrainWithStringKey
{
    Task<string> HelloAsync();
}

/// <summary>Asks for its end while it activates: each time, or only once, as the end of its key says.</summary>
public sealed class ReluctantGrain(Journal journal) : Grain, IReluctantGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        journal.Write(key, "activated");
        if (journal.Count(key, "activated") == 1 || !key.EndsWith("once", StringComparison.Ordinal))
            DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<string> HelloAsync() => Task.FromResult("hello");
}
