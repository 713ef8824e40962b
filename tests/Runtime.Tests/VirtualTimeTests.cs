using Grid.Runtime;

namespace Grid.Tests.Runtime;

public class VirtualTimeTests
{
    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times_and_then_of_their_setting()
    {
        var clock = new VirtualTimeProvider();
        var fired = new List<string>();
        foreach (var (name, seconds) in new[] { ("c", 3), ("a1", 1), ("b", 2), ("a2", 1) })
            clock.CreateTimer(_ => fired.Add($"{name}@{(clock.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds}"), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["a1@1", "a2@1", "b@2", "c@3"], fired);
    }

    [Fact]
    public void A_periodic_timer_fires_at_each_period_until_changed_or_disposed()
    {
        var clock = new VirtualTimeProvider();
        var fired = 0;
        var timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, fired);
        timer.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(3, fired);
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(4, fired);
        timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        timer.Dispose();
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(4, fired);
    }

    [Fact]
    public async Task Delays_and_cancellation_follow_the_clock()
    {
        var clock = new VirtualTimeProvider();
        var delay = Task.Delay(TimeSpan.FromDays(1), clock);
        using var source = new CancellationTokenSource(TimeSpan.FromHours(1), clock);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.True(source.IsCancellationRequested);
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromHours(23));
        await delay;
        Assert.Equal(TimeSpan.FromDays(1), clock.GetElapsedTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks));
    }

    [Fact]
    public void Timers_that_are_changed_without_end_take_no_more_memory()
    {
        var clock = new VirtualTimeProvider();
        var timer = clock.CreateTimer(_ => { }, null, TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
        for (var i = 0; i < 100_000; i++)
            timer.Change(TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
        Assert.InRange(clock.QueuedEntries, 1, 2_100);
    }
}
