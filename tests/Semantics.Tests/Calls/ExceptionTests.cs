namespace Grid.Tests.Semantics.Calls;

public sealed class ExceptionTests(SharedCluster shared)
{
    [Fact]
    public async Task An_exception_reaches_the_caller_with_its_type_message_and_members()
    {
        var grain = shared.Grains.GetGrain<ICallGrain>(shared.NewKey());

        var failure = await Assert.ThrowsAsync<LampBrokenException>(grain.FailAsync);

        Assert.Equal("The lamp is broken.", failure.Message);
        Assert.Equal(7, failure.Code);
    }

    [Fact]
    public async Task An_exception_thrown_after_a_wait_reaches_the_caller_with_its_type_and_message()
    {
        var grain = shared.Grains.GetGrain<ICallGrain>(shared.NewKey());

        var failure = await Assert.ThrowsAsync<ArgumentException>(grain.FailLaterAsync);

        Assert.Contains("Not a percent.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_can_be_caught_by_the_grain_that_made_the_call()
    {
        var grain = shared.Grains.GetGrain<ICallGrain>(shared.NewKey());

        Assert.Equal("The lamp is broken. 7", await grain.FailThroughAsync(shared.NewKey()));
    }

    [Fact]
    public async Task An_exception_says_where_in_the_grain_it_was_thrown()
    {
        var grain = shared.Grains.GetGrain<ICallGrain>(shared.NewKey());

        var failure = await Assert.ThrowsAsync<LampBrokenException>(grain.FailAsync);

        Assert.Contains(nameof(CallGrain), failure.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_call_leaves_its_grain_active()
    {
        var grain = shared.Grains.GetGrain<ICallGrain>(shared.NewKey());
        await grain.KeepAsync(new Parcel { Label = "kept" });

        await Assert.ThrowsAsync<LampBrokenException>(grain.FailAsync);

        Assert.Equal("kept", (await grain.KeptAsync()).Label);
    }

    [Fact]
    public async Task A_call_may_answer_with_a_ValueTask() =>
        Assert.Equal(5, await shared.Grains.GetGrain<ICallGrain>(shared.NewKey()).AddAsync(2, 3));
}
