using Grid.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grid.Tests.Runtime;

public class TimerTests
{
    [Fact]
    public async Task A_timer_fires_first_at_its_due_time_and_then_once_a_period()
    {
        await using var world = await Pumped.Start();
        world.Do(world.Grain<ILifeGrain>("a").StartTimer("t", 5, 10, false, false));
        world.Advance(4.999);
        Assert.DoesNotContain("tick t", world.Script.Told);
        world.Advance(0.001);
        Assert.Single(world.Script.Told, "tick t");
        world.Advance(20);
        Assert.Equal(3, world.Script.Told.Count(what => what == "tick t"));
    }

    [Fact]
    public async Task The_period_counts_from_the_end_of_the_callback_so_that_it_never_overlaps_itself()
    {
        await using var world = await Pumped.Start();
        world.Script.Answers["tick t"] = () => Task.Delay(TimeSpan.FromSeconds(7), world.Clock);
        world.Do(world.Grain<ILifeGrain>("a").StartTimer("t", 0, 10, false, false));
        world.Advance(16.9);
        Assert.Equal(1, world.Script.Told.Count(what => what == "tick t"));
        world.Advance(0.2);
        Assert.Equal(2, world.Script.Told.Count(what => what == "tick t"));
    }

    [Fact]
    public async Task Calls_wait_for_a_timer_callback_unless_it_interleaves()
    {
        await using var world = await Pumped.Start();
        world.Script.Answers["tick slow"] = () => Task.Delay(TimeSpan.FromSeconds(5), world.Clock);
        var grain = world.Grain<ILifeGrain>("a");
        world.Do(grain.StartTimer("slow", 1, 1000, false, false));
        world.Advance(1);
        var call = grain.Touch();
        world.Run();
        Assert.False(call.IsCompleted);
        world.Advance(5);
        Assert.True(call.IsCompleted);

        var other = world.Grain<ILifeGrain>("b");
        world.Do(other.StartTimer("slow", 1, 1000, true, false));
        world.Advance(1);
        world.Do(other.Touch());
    }

    [Fact]
    public async Task A_timer_does_not_keep_its_grain_alive_and_ends_with_it()
    {
        await using var world = await Pumped.Start();
        world.Do(world.Grain<ILifeGrain>("a").StartTimer("t", 60, 60, false, false));
        world.Advance(TimeSpan.FromMinutes(17));
        Assert.Equal(0, world.Runtime.ActivationCount);
        var ticks = world.Script.Told.Count;
        world.Advance(TimeSpan.FromMinutes(17));
        Assert.Equal(ticks, world.Script.Told.Count);
    }

    [Fact]
    public async Task A_timer_that_keeps_alive_does()
    {
        await using var world = await Pumped.Start();
        world.Do(world.Grain<ILifeGrain>("a").StartTimer("t", 60, 60, false, true));
        world.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(1, world.Runtime.ActivationCount);
    }

    [Fact]
    public async Task A_failing_callback_does_not_stop_its_timer()
    {
        await using var world = await Pumped.Start();
        world.Script.Answers["tick t"] = () => throw new InvalidOperationException("no");
        world.Do(world.Grain<ILifeGrain>("a").StartTimer("t", 1, 1, false, false));
        world.Advance(5);
        Assert.Equal(5, world.Script.Told.Count(what => what == "tick t"));
    }

    [Theory]
    [InlineData(false, LogLevel.Debug, "A timer callback of life/a ended when what it called was gone: the runtime stops")]
    [InlineData(true, LogLevel.Warning, "A timer callback of life/a failed; the timer goes on")]
    public async Task A_callback_that_finds_what_it_calls_gone_while_the_runtime_stops_is_no_failure_and_any_other_is(bool fails, LogLevel level, string line)
    {
        var log = new ListLog();
        await using var world = await Pumped.Start(services: services => services.AddSingleton<ILoggerFactory>(log));
        var (script, other) = (world.Script, world.Grain<ILifeGrain>("b"));
        world.Do(other.Touch());
        script.Answers["tick t"] = async () =>
        {
            await script["b is gone"].Task;
            if (fails)
                throw new InvalidOperationException("no");
            await other.Touch();
        };
        script.Answers["deactivate b"] = () =>
        {
            script["b is gone"].SetResult();
            return Task.CompletedTask;
        };
        world.Do(world.Grain<ILifeGrain>("a").StartTimer("t", 1, 1, false, false));
        world.Advance(1);
        await world.Runtime.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal([(level, line)], log.Entries.Where(entry => entry.Line.Contains("timer callback", StringComparison.Ordinal)));
        Assert.Equal(fails ? 1 : 0, log.Entries.Count(entry => entry.Level >= LogLevel.Warning));
    }

    [Fact]
    public async Task A_disposed_timer_is_silent()
    {
        await using var world = await Pumped.Start();
        world.Do(world.Grain<ILifeGrain>("a").StartTimer("t", 1, 1, false, false));
        world.Advance(2);
        world.Do(world.Grain<ILifeGrain>("a").StopTimer("t"));
        world.Advance(10);
        Assert.Equal(2, world.Script.Told.Count(what => what == "tick t"));
    }

    [Fact]
    public async Task A_reminder_ticks_each_period_and_activates_its_grain()
    {
        await using var world = await Pumped.Start();
        world.Do(world.Grain<ILifeGrain>("a").Remind("r", TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30)));
        world.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(0, world.Runtime.ActivationCount);
        world.Advance(TimeSpan.FromMinutes(62));
        Assert.Equal(["reminder r 0", "reminder r 30", "reminder r 60"], world.Script.Told.Where(what => what.StartsWith("reminder", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_reminder_that_fails_comes_again_and_one_that_is_unregistered_does_not()
    {
        await using var world = await Pumped.Start();
        world.Script.Answers["reminder r"] = () => throw new InvalidOperationException("no");
        var grain = world.Grain<ILifeGrain>("a");
        world.Do(grain.Remind("r", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)));
        Assert.Equal(1, world.Get(grain.Reminders()));
        world.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(3, world.Script.Told.Count(what => what.StartsWith("reminder", StringComparison.Ordinal)));
        world.Do(grain.Forget("r"));
        Assert.Equal(0, world.Get(grain.Reminders()));
        world.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(3, world.Script.Told.Count(what => what.StartsWith("reminder", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_reminder_outlives_the_runtime()
    {
        var store = new MemoryReminderStore();
        await using (var first = await Pumped.Start(null, services => services.AddSingleton<IReminderStore>(store)))
            first.Do(first.Grain<ILifeGrain>("a").Remind("r", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)));
        await using var second = await Pumped.Start(null, services => services.AddSingleton<IReminderStore>(store));
        second.Advance(TimeSpan.FromMinutes(5));
        Assert.Contains("reminder r 0", second.Script.Told);
    }

    [Fact]
    public async Task Reminders_are_at_least_a_minute_apart()
    {
        await using var world = await Pumped.Start();
        var call = world.Grain<ILifeGrain>("a").Remind("r", TimeSpan.Zero, TimeSpan.FromSeconds(59));
        Assert.Throws<ArgumentException>(() => world.Do(call));
    }

    [Fact]
    public async Task A_reminder_whose_time_passed_while_the_clock_was_set_forward_still_comes()
    {
        var clock = new SteppedTime();
        await using var world = await Pumped.Start(null, services => services.AddSingleton<TimeProvider>(clock));
        world.Do(world.Grain<ILifeGrain>("a").Remind("r", TimeSpan.FromHours(1), TimeSpan.FromHours(24)));

        clock.SetForward(TimeSpan.FromMinutes(10));
        var end = clock.Steady.GetUtcNow() + TimeSpan.FromHours(2);
        while (clock.Steady.FireNext(end))
            world.Run();

        Assert.Contains("reminder r 10", world.Script.Told);
    }

    [Fact]
    public async Task A_reminder_whose_timer_is_a_hair_early_comes_at_its_time_and_not_a_period_later()
    {
        var clock = new SteppedTime();
        await using var world = await Pumped.Start(null, services => services.AddSingleton<TimeProvider>(clock));
        world.Do(world.Grain<ILifeGrain>("a").Remind("r", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)));

        // Half a millisecond before its time by the clock, which passes it before anybody looks again.
        clock.SetForward(TimeSpan.FromMilliseconds(-0.5));
        clock.PerLook = TimeSpan.FromMilliseconds(1);
        var end = clock.Steady.GetUtcNow() + TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1);
        while (clock.Steady.FireNext(end))
            world.Run();

        Assert.Contains(world.Script.Told, what => what.StartsWith("reminder r", StringComparison.Ordinal));
    }

    /// <summary>A clock whose timers go on steadily while its time of day is set.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private TimeSpan _ahead;

        public VirtualTimeProvider Steady { get; } = new();

        public override long TimestampFrequency => Steady.TimestampFrequency;

        public void SetForward(TimeSpan by) => _ahead += by;

        /// <summary>How much passes from one look at the time of day to the next.</summary>
        public TimeSpan PerLook { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            var now = Steady.GetUtcNow() + _ahead;
            _ahead += PerLook;
            return now;
        }

        public override long GetTimestamp() => Steady.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Steady.CreateTimer(callback, state, dueTime, period);
    }
}
