namespace Grid.Tests.Semantics.Activations;

public sealed class ActivationTests(SharedCluster shared)
{
    [Fact]
    public async Task A_grain_is_activated_by_its_first_call_and_not_by_its_reference()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IActivationGrain>(key);
        Assert.Empty(shared.Journal.Read(key));

        await grain.WhoAsync();

        Assert.Equal(["activating", "activated", "called"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task Concurrent_first_calls_share_one_activation()
    {
        var key = shared.NewKey();

        var ids = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => shared.Grains.GetGrain<IActivationGrain>(key).WhoAsync()));

        Assert.Single(ids.Distinct());
        Assert.Equal(1, shared.Journal.Count(key, "activated"));
    }

    [Fact]
    public async Task Each_key_has_its_own_activation()
    {
        var first = await shared.Grains.GetGrain<IActivationGrain>(shared.NewKey()).WhoAsync();
        var second = await shared.Grains.GetGrain<IActivationGrain>(shared.NewKey()).WhoAsync();

        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task One_key_on_two_grain_classes_is_two_activations()
    {
        var key = shared.NewKey();

        var one = await shared.Grains.GetGrain<IActivationGrain>(key).WhoAsync();
        var other = await shared.Grains.GetGrain<IOtherActivationGrain>(key).WhoAsync();

        Assert.NotEqual(one, other);
    }

    [Fact]
    public async Task A_failing_OnActivateAsync_fails_the_call_with_its_exception_and_leaves_no_activation()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IUnwillingGrain>(key);

        var failure = await Assert.ThrowsAnyAsync<Exception>(grain.HelloAsync);
        Assert.Contains("The first activation is refused.", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, shared.Journal.Count(key, "called"));

        Assert.Equal("hello", await grain.HelloAsync());
        Assert.Equal(["activating", "activating", "called"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task DeactivateOnIdle_deactivates_after_the_call_and_the_next_call_activates_anew()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IActivationGrain>(key);
        var before = await grain.WhoAsync();

        await grain.DeactivateOnIdleAsync();
        var after = await grain.WhoAsync();

        Assert.NotEqual(before, after);
        Assert.Equal(
            ["activating", "activated", "called", "asked to deactivate", "deactivated:ApplicationRequested", "activating", "activated", "called"],
            shared.Journal.Read(key));
    }

    [Fact]
    public async Task Calls_that_arrive_while_a_grain_deactivates_are_answered_by_the_next_activation()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IActivationGrain>(key);
        var before = await grain.WhoAsync();
        var held = grain.DeactivateThenHoldAsync(key);
        await shared.Journal.ReachedAsync(key);

        var later = Enumerable.Range(0, 10).Select(_ => grain.WhoAsync()).ToArray();
        shared.Journal.Open(key);
        await held;
        var ids = await Task.WhenAll(later);

        Assert.Single(ids.Distinct());
        Assert.NotEqual(before, ids[0]);
        var entries = shared.Journal.Read(key);
        Assert.True(
            Array.IndexOf(entries, "held call ended") < Array.IndexOf(entries, "deactivated:ApplicationRequested"),
            string.Join(", ", entries));
    }
}
