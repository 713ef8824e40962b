namespace Grid.Tests.Semantics.Timers;

public sealed class TimerDetailTests(SharedCluster shared)
{
    private const long EarlyMillis = 20;

    [Fact]
    public async Task A_timer_hands_its_state_to_its_callback()
    {
        var (key, grain) = New();

        await grain.StartWithStateAsync("of the art");

        await UntilAsync(key, "tick of the art");
    }

    [Fact]
    public async Task The_token_of_a_tick_is_cancelled_when_its_timer_is_disposed()
    {
        var (key, grain) = New();
        await grain.StartHoldingAsync();
        await UntilAsync(key, "ticks");

        await grain.DisposeAsync();
        await UntilAsync(key, "told to stop");

        Assert.Equal(["ticks", "told to stop"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_change_within_a_tick_counts_from_the_end_of_the_tick()
    {
        var (key, grain) = New();

        await grain.StartChangingAsync(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(50));
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length >= 3);

        var times = shared.Journal.Read(key).Select(long.Parse).ToArray();
        Assert.True(times[1] - times[0] >= 200 - EarlyMillis, $"changed tick after {times[1] - times[0]} ms");
        Assert.True(times[2] - times[1] >= 50 - EarlyMillis, $"next tick after {times[2] - times[1]} ms");
    }

    [Fact]
    public async Task A_timer_may_dispose_itself_within_its_tick()
    {
        var (key, grain) = New();
        var (witnessKey, witness) = New();
        await grain.StartSelfDisposingAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "tick") == 3);

        await witness.StartTwoAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(witnessKey, "tick") >= 10);

        Assert.Equal(3, shared.Journal.Count(key, "tick"));
    }

    [Fact]
    public async Task Two_timers_of_one_grain_do_not_overlap_each_other()
    {
        var (key, grain) = New();

        await grain.StartTwoAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "tick") >= 40);

        Assert.Equal(0, shared.Journal.Count(key, "overlap"));
        await grain.ForgetAsync();
    }

    [Fact]
    public async Task A_tick_may_call_other_grains()
    {
        var (key, grain) = New();

        await grain.StartCallingAsync(shared.NewKey());

        await UntilAsync(key, "dueTime");
    }

    [Theory]
    [InlineData(-2, 0, "dueTime")]
    [InlineData(0, -2, "period")]
    [InlineData(4294967295L, 0, "dueTime")]
    [InlineData(0, 4294967295L, "period")]
    [InlineData(-1, -1, "started")]
    public async Task A_timer_refuses_times_that_no_clock_can_keep(long due, long period, string refused) =>
        Assert.Equal(refused, await New().Grain.StartWrongAsync(due, period));

    [Fact]
    public async Task A_timer_without_a_due_time_waits_until_it_is_given_one()
    {
        var (key, grain) = New();
        await grain.StartSleepingAsync();
        await grain.WakeAsync(TimeSpan.FromHours(1));

        await grain.WakeAsync(TimeSpan.FromMilliseconds(10));
        await UntilAsync(key, "tick");

        // And again: it has ticked once and has no period.
        await grain.WakeAsync(TimeSpan.FromMilliseconds(10));
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "tick") == 2);
    }

    [Fact]
    public async Task A_timer_that_is_set_while_its_grain_activates_ticks_when_it_is_active()
    {
        var key = shared.NewKey();
        var (_, witness) = New();
        var waking = shared.Grains.GetGrain<IEarlyTimerGrain>(key).WakeAsync();
        await shared.Journal.ReachedAsync(key);
        var witnessKey = witness.GetPrimaryKeyString();
        await witness.StartWithStateAsync("later");
        await UntilAsync(witnessKey, "tick later");

        shared.Journal.Open(key);
        await waking;
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length == 1);

        Assert.Equal(["tick"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_tick_of_a_reentrant_grain_does_not_wait_for_the_running_call()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IReentrantTimerGrain>(key);
        var held = grain.HoldAsync(key);
        await shared.Journal.ReachedAsync(key);

        await grain.StartAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "tick") >= 3);

        Assert.False(held.IsCompleted);
        shared.Journal.Open(key);
        await held;
    }

    private (string Key, ITimerDetailGrain Grain) New()
    {
        var key = shared.NewKey();
        return (key, shared.Grains.GetGrain<ITimerDetailGrain>(key));
    }

    private Task UntilAsync(string key, string entry) =>
        shared.Cluster.UntilAsync(() => shared.Journal.Count(key, entry) == 1, what: entry);
}
