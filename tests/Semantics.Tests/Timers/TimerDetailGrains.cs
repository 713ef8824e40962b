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
