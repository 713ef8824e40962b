using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Tests.Semantics.Timers;

/// <summary>What a timer's callback does beyond counting.</summary>
public enum Tick
{
    Count,
    HoldOnce,
    FailOnce,
}

public interface ITimerGrain : IGrainWithStringKey
{
    Task StartAsync(TimeSpan due, TimeSpan period, Tick tick = Tick.Count, bool interleave = false, bool keepAlive = false);

    Task ChangeAsync(TimeSpan due, TimeSpan period);

    Task StopAsync();

    Task HoldAsync(string gate);

    Task ForgetAsync();

    [AlwaysInterleave]
    Task BarrierAsync();
}

/// <summary>Writes each tick with the clock's milliseconds at its start and its end.</summary>
public sealed class TimerGrain(Journal journal, TimeProvider time) : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private bool _first = true;
    private bool _inside;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Write(Key, "deactivated");
        return Task.CompletedTask;
    }

    public Task StartAsync(TimeSpan due, TimeSpan period, Tick tick, bool interleave, bool keepAlive)
    {
        journal.Write(Key, $"started:{Now()}");
        _timer = this.RegisterGrainTimer(
            TickAsync,
            tick,
            new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task ChangeAsync(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task HoldAsync(string gate)
    {
        await journal.PassAsync(gate);
        journal.Write(Key, "held call ended");
    }

    public Task ForgetAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task BarrierAsync() => Task.CompletedTask;

    private async Task TickAsync(Tick tick, CancellationToken cancellationToken)
    {
        var first = _first;
        _first = false;
        journal.Write(Key, _inside ? "overlap" : $"begin:{Now()}");
        _inside = true;
        if (first && tick == Tick.HoldOnce)
            await journal.PassAsync(Key);
        await Task.Yield();
        _inside = false;
        journal.Write(Key, $"end:{Now()}");
        if (first && tick == Tick.FailOnce)
            throw new InvalidOperationException("The first tick fails.");
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
