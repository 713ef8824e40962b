namespace Grid.Tests.Semantics.State;

/// <summary>Memory storage, as the cluster has it by default.</summary>
public sealed class StateTests(SharedCluster shared)
{
    [Fact]
    public async Task State_that_was_never_written_is_new_and_has_no_record()
    {
        var seen = await shared.Grains.GetGrain<IStateGrain>(shared.NewKey()).SeeAsync();

        Assert.Equal(0, seen.Count);
        Assert.False(seen.RecordExists);
        Assert.True(string.IsNullOrEmpty(seen.Etag));
    }

    [Fact]
    public async Task Written_state_is_there_when_the_next_activation_begins()
    {
        var grain = shared.Grains.GetGrain<IStateGrain>(shared.NewKey());
        await grain.WriteAsync(7);

        await grain.ForgetAsync();

        Assert.Equal(7, await grain.CountAtActivationAsync());
        Assert.True((await grain.SeeAsync()).RecordExists);
    }

    [Fact]
    public async Task State_that_was_not_written_is_gone_after_reactivation()
    {
        var grain = shared.Grains.GetGrain<IStateGrain>(shared.NewKey());
        await grain.WriteAsync(7);
        await grain.SetAsync(8);
        Assert.Equal(8, (await grain.SeeAsync()).Count);

        await grain.ForgetAsync();

        Assert.Equal(7, (await grain.SeeAsync()).Count);
    }

    [Fact]
    public async Task Each_write_changes_the_etag()
    {
        var grain = shared.Grains.GetGrain<IStateGrain>(shared.NewKey());

        await grain.WriteAsync(1);
        var first = (await grain.SeeAsync()).Etag;
        await grain.WriteAsync(1);
        var second = (await grain.SeeAsync()).Etag;

        Assert.False(string.IsNullOrEmpty(first));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Reading_again_drops_what_was_not_written()
    {
        var grain = shared.Grains.GetGrain<IStateGrain>(shared.NewKey());
        await grain.WriteAsync(7);
        await grain.SetAsync(8);

        await grain.ReadAsync();

        Assert.Equal(7, (await grain.SeeAsync()).Count);
    }

    [Fact]
    public async Task Cleared_state_is_new_and_has_no_record()
    {
        var grain = shared.Grains.GetGrain<IStateGrain>(shared.NewKey());
        await grain.WriteAsync(7);

        await grain.ClearAsync();
        var at_once = await grain.SeeAsync();
        await grain.ForgetAsync();
        var after = await grain.SeeAsync();

        Assert.Equal((0, false), (at_once.Count, at_once.RecordExists));
        Assert.Equal((0, false), (after.Count, after.RecordExists));
    }

    [Fact]
    public async Task Cleared_state_can_be_written_again()
    {
        var grain = shared.Grains.GetGrain<IStateGrain>(shared.NewKey());
        await grain.WriteAsync(7);
        await grain.ClearAsync();

        await grain.WriteAsync(9);
        await grain.ForgetAsync();

        Assert.Equal(9, (await grain.SeeAsync()).Count);
    }

    [Fact]
    public async Task One_grain_keeps_several_named_states_apart()
    {
        var grain = shared.Grains.GetGrain<ITwoStatesGrain>(shared.NewKey());
        await grain.WriteAsync(1, 2);

        await grain.ForgetAsync();

        Assert.Equal((1, 2), await grain.SeeAsync());
    }
}
