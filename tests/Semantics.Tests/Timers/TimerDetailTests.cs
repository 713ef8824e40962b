using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Tests.Semantics.Timers;

public interface ITimerDetailGrain : IGrainWithStringKey
{
    Task StartWithStateAsync(string state);

    /// <summary>Ticks once, then waits in its callback until it is told to stop.</summary>
    Task StartHoldingAsync();

    Task DisposeAsync();

    /// <summary>Its first tick changes it.</summary>
    Task StartChangingAsync(TimeSpan newDue, TimeSpan newPeriod);

    /// <summary>Its third tick disposes it.</summary>
    Task StartSelfDisposingAsync();

    /// <summary>Two timers; their ticks give way in the middle.</summary>
    Task StartTwoAsync();

    Task StartCallingAsync(string other);

    Task<string> StartWrongAsync(long dueMillis, long periodMillis);

    Task StartSleepingAsync();

    Task WakeAsync(TimeSpan due);

    Task ForgetAsync();
}

public sealed class TimerDetailGrain(Journal journal, TimeProvider time) : Grain, ITimerDetailGrain
{
    private IGrainTimer? _timer;
    private int _ticks;
    private bool _inside;

    private string Key => this.GetPrimaryKeyString();

    public Task StartWithStateAsync(string state)
    {
        _timer = this.RegisterGrainTimer((s, _) => Note($"tick {s}"), state, Millis(10), Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task StartHoldingAsync()
    {
        _timer = this.RegisterGrainTimer(
            async token =>
            {
                journal.Write(Key, "ticks");
                try
                {
                    await journal.PassAsync(Key).WaitAsync(token);
                }
                catch (OperationCanceledException)
                {
                    journal.Write(Key, "told to stop");
                }
            },
            new GrainTimerCreationOptions(Millis(10), Millis(10)) { Interleave = true });
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        _timer!.Dispose();
        _timer.Dispose();
        return Task.CompletedTask;
    }

    public Task StartChangingAsync(TimeSpan newDue, TimeSpan newPeriod)
    {
        _timer = this.RegisterGrainTimer(
            async () =>
            {
                if (++_ticks == 1)
                    _timer!.Change(newDue, newPeriod);
                await Task.Yield();
                await NoteTime();
            },
            Millis(10),
            TimeSpan.FromHours(1));
        return Task.CompletedTask;
    }

    public Task StartSelfDisposingAsync()
    {
        _timer = this.RegisterGrainTimer(
            async () =>
            {
                if (++_ticks == 3)
                    _timer!.Dispose();
                await Task.Yield();
                await Note("tick");
            },
            Millis(10),
            Millis(10));
        return Task.CompletedTask;
    }

    public Task StartTwoAsync()
    {
        for (var i = 0; i < 2; i++)
            this.RegisterGrainTimer(AloneAsync, Millis(5), Millis(5));
        return Task.CompletedTask;
    }

    public Task StartCallingAsync(string other)
    {
        this.RegisterGrainTimer(
            async () => await Note(await GrainFactory.GetGrain<ITimerDetailGrain>(other).StartWrongAsync(-2, 0)),
            Millis(10),
            Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task<string> StartWrongAsync(long dueMillis, long periodMillis)
    {
        try
        {
            this.RegisterGrainTimer(() => Task.CompletedTask, Millis(dueMillis), Millis(periodMillis));
            return Task.FromResult("started");
        }
        catch (ArgumentOutOfRangeException refusal)
        {
            return Task.FromResult(refusal.ParamName!);
        }
    }

    public Task StartSleepingAsync()
    {
        _timer = this.RegisterGrainTimer(() => Note("tick"), Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task WakeAsync(TimeSpan due)
    {
        _timer!.Change(due, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task ForgetAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task AloneAsync()
    {
        if (_inside)
            journal.Write(Key, "overlap");
        _inside = true;
        await Task.Yield();
        _inside = false;
        journal.Write(Key, "tick");
    }

    private static TimeSpan Millis(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private Task NoteTime() => Note($"{time.GetUtcNow().ToUnixTimeMilliseconds()}");

    private Task Note(string entry)
    {
        journal.Write(Key, entry);
        return Task.CompletedTask;
    }
}

/// <summary>Its timer is set before the first call comes in.</summary>
public interface IEarlyTimerGrain : IGrainWithStringKey
{
    Task WakeAsync();
}

public sealed class EarlyTimerGrain(Journal journal) : Grain, IEarlyTimerGrain
{
    private bool _active;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(
            () =>
            {
                journal.Write(this.GetPrimaryKeyString(), _active ? "tick" : "tick before activation");
                return Task.CompletedTask;
            },
            TimeSpan.Zero,
            Timeout.InfiniteTimeSpan);
        await journal.PassAsync(this.GetPrimaryKeyString());
        _active = true;
    }

    public Task WakeAsync() => Task.CompletedTask;
}

public interface IReentrantTimerGrain : IGrainWithStringKey
{
    Task StartAsync();

    Task HoldAsync(string gate);
}

[Reentrant]
public sealed class ReentrantTimerGrain(Journal journal) : Grain, IReentrantTimerGrain
{
    public Task StartAsync()
    {
        this.RegisterGrainTimer(
            () =>
            {
                journal.Write(this.GetPrimaryKeyString(), "tick");
                return Task.CompletedTask;
            },
            TimeSpan.FromMilliseconds(10),
            TimeSpan.FromMilliseconds(10));
        return Task.CompletedTask;
    }

    public Task HoldAsync(string gate) => journal.PassAsync(gate);
}

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
        await shared.Journal.ReachedAsync(key);

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
