using System.Globalization;

namespace Grid.Tests.Semantics.Timers;

public sealed class TimerTests(SharedCluster shared)
{
    /// <summary>Timers of the operating system count whole milliseconds and may ring up to a clock tick early.</summary>
    private const long EarlyMillis = 20;

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_timer_ticks_after_its_due_time_and_then_after_each_period()
    {
        var key = shared.NewKey();
        await shared.Grains.GetGrain<ITimerGrain>(key).StartAsync(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100));

        await UntilTicksAsync(key, 4);

        var started = Times(key, "started")[0];
        var begins = Times(key, "begin");
        var ends = Times(key, "end");
        Assert.True(begins[0] - started >= 200 - EarlyMillis, $"first tick after {begins[0] - started} ms");
        for (var i = 1; i < 4; i++)
            Assert.True(begins[i] - ends[i - 1] >= 100 - EarlyMillis, $"tick {i} after {begins[i] - ends[i - 1]} ms");
    }

    [Fact]
    public async Task A_timer_does_not_overlap_itself_and_its_period_counts_from_the_end_of_its_callback()
    {
        var key = shared.NewKey();
        var period = TimeSpan.FromMilliseconds(200);
        await shared.Grains.GetGrain<ITimerGrain>(key).StartAsync(Short, period, Tick.HoldOnce);
        await shared.Cluster.UntilAsync(() => Times(key, "begin").Length == 1);
        await shared.Journal.ReachedAsync(key);

        var now = shared.Cluster.Time.GetTimestamp();
        await shared.Cluster.UntilAsync(() => shared.Cluster.Time.GetElapsedTime(now) > 3 * period);
        Assert.Single(Times(key, "begin"));

        shared.Journal.Open(key);
        await UntilTicksAsync(key, 2);
        Assert.True(Times(key, "begin")[1] - Times(key, "end")[0] >= 200 - EarlyMillis);
        Assert.Equal(0, shared.Journal.Count(key, "overlap"));
    }

    [Fact]
    public async Task A_timer_without_a_period_ticks_once()
    {
        var key = shared.NewKey();
        var witness = shared.NewKey();
        await shared.Grains.GetGrain<ITimerGrain>(key).StartAsync(Short, Timeout.InfiniteTimeSpan);
        await UntilTicksAsync(key, 1);

        await shared.Grains.GetGrain<ITimerGrain>(witness).StartAsync(Short, Short);
        await UntilTicksAsync(witness, 5);

        Assert.Single(Times(key, "begin"));
    }

    [Fact]
    public async Task A_tick_waits_for_the_running_call()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ITimerGrain>(key);
        await grain.StartAsync(Short, Short);
        await UntilTicksAsync(key, 1);

        var held = grain.HoldAsync(key + "-call");
        await shared.Journal.ReachedAsync(key + "-call");
        var ticks = Times(key, "begin").Length;
        await PassAFewPeriodsAsync();
        Assert.Equal(ticks, Times(key, "begin").Length);

        shared.Journal.Open(key + "-call");
        await held;
        await UntilTicksAsync(key, ticks + 1);
    }

    [Fact]
    public async Task An_interleaving_tick_does_not_wait_for_the_running_call()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ITimerGrain>(key);
        await grain.StartAsync(Short, Short, interleave: true);
        var held = grain.HoldAsync(key + "-call");
        await shared.Journal.ReachedAsync(key + "-call");
        var ticks = Times(key, "begin").Length;

        await UntilTicksAsync(key, ticks + 3);

        Assert.Equal(0, shared.Journal.Count(key, "held call ended"));
        shared.Journal.Open(key + "-call");
        await held;
    }

    [Fact]
    public async Task A_call_waits_for_the_running_tick()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ITimerGrain>(key);
        await grain.StartAsync(Short, TimeSpan.FromHours(1), Tick.HoldOnce);
        await shared.Cluster.UntilAsync(() => Times(key, "begin").Length == 1);

        shared.Journal.Open(key + "-call");
        var call = grain.HoldAsync(key + "-call");
        await grain.BarrierAsync();
        Assert.Equal(0, shared.Journal.Count(key, "held call ended"));

        shared.Journal.Open(key);
        await call;
        Assert.Single(Times(key, "end"));
    }

    [Fact]
    public async Task A_tick_that_fails_is_followed_by_the_next_one()
    {
        var key = shared.NewKey();
        await shared.Grains.GetGrain<ITimerGrain>(key).StartAsync(Short, Short, Tick.FailOnce);

        await UntilTicksAsync(key, 3);
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ITimerGrain>(key);
        await grain.StartAsync(Short, Short);
        await UntilTicksAsync(key, 2);

        await grain.StopAsync();
        var ticks = Times(key, "begin").Length;
        await PassAFewPeriodsAsync();

        Assert.Equal(ticks, Times(key, "begin").Length);
    }

    [Fact]
    public async Task A_changed_timer_ticks_at_its_new_times()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ITimerGrain>(key);
        await grain.StartAsync(TimeSpan.FromHours(1), TimeSpan.FromHours(1));

        await grain.ChangeAsync(Short, Short);

        await UntilTicksAsync(key, 3);
    }

    [Fact]
    public async Task Timers_end_with_their_activation()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ITimerGrain>(key);
        await grain.StartAsync(Short, Short);
        await UntilTicksAsync(key, 2);

        await grain.ForgetAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "deactivated") == 1);
        var ticks = Times(key, "begin").Length;
        await PassAFewPeriodsAsync();

        Assert.Equal(ticks, Times(key, "begin").Length);
    }

    private async Task PassAFewPeriodsAsync()
    {
        var witness = shared.NewKey();
        var grain = shared.Grains.GetGrain<ITimerGrain>(witness);
        await grain.StartAsync(Short, Short);
        await UntilTicksAsync(witness, 5);
        await grain.StopAsync();
    }

    private Task UntilTicksAsync(string key, int count) =>
        shared.Cluster.UntilAsync(() => Times(key, "end").Length >= count, what: $"{count} ticks of {key}");

    private long[] Times(string key, string what) =>
    [
        .. shared.Journal.Read(key)
            .Where(e => e.StartsWith(what + ":", StringComparison.Ordinal))
            .Select(e => long.Parse(e[(what.Length + 1)..], CultureInfo.InvariantCulture)),
    ];
}
