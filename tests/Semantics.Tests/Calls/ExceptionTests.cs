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

    [Fact]
    public async Task An_exception_of_a_private_class_reaches_the_caller_with_its_type_and_message()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Failing.FailAsync(Failure.Private));

        Assert.Equal("PrivateException", failure.GetType().Name);
        Assert.Equal("Only this class knows me.", failure.Message);
    }

    [Fact]
    public async Task An_inner_exception_comes_along()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Failing.FailAsync(Failure.Inner));

        var inner = Assert.IsType<LampBrokenException>(failure.InnerException);
        Assert.Equal(("The lamp is broken.", 9), (inner.Message, inner.Code));
    }

    [Fact]
    public async Task An_aggregate_exception_is_not_unwrapped()
    {
        var failure = await Assert.ThrowsAsync<AggregateException>(() => Failing.FailAsync(Failure.Aggregate));

        Assert.Equal(["one", "two"], failure.InnerExceptions.Select(e => e.Message));
    }

    [Fact]
    public async Task A_cancelled_task_of_a_grain_is_cancelled_for_its_caller() =>
        await Assert.ThrowsAsync<TaskCanceledException>(() => Failing.FailAsync(Failure.Cancelled));

    [Fact]
    public async Task An_OperationCanceledException_reaches_the_caller_as_one() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Failing.FailAsync(Failure.Cancelling));

    [Fact]
    public async Task A_method_that_returns_a_ValueTask_fails_like_any_other()
    {
        var at_once = await Assert.ThrowsAsync<LampBrokenException>(async () => await Failing.FailValueAsync(later: false));
        var later = await Assert.ThrowsAsync<LampBrokenException>(async () => await Failing.FailValueAsync(later: true));

        Assert.Equal((1, 2), (at_once.Code, later.Code));
    }

    [Fact]
    public async Task An_exception_goes_up_a_chain_of_grains()
    {
        var line = shared.NewKey();

        var failure = await Assert.ThrowsAsync<LampBrokenException>(
            () => shared.Grains.GetGrain<IFailingGrain>(line).FailBelowAsync(line, 100));

        Assert.Equal("At the bottom.", failure.Message);
    }

    private IFailingGrain Failing => shared.Grains.GetGrain<IFailingGrain>(shared.NewKey());
}
