using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Turns;

public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>Writes "NAME begins", waits at the gate, writes "NAME ends".</summary>
    Task HoldAsync(string name, string gate);

    Task NoteAsync(string name);

    [ReadOnly]
    Task ReadAsync(string name, string gate);

    [AlwaysInterleave]
    Task InterleaveAsync(string name);

    [AlwaysInterleave]
    Task InterleaveAndHoldAsync(string name, string gate);

    Task HoldAndFailAsync(string gate);

    /// <summary>Reads a counter, gives way, and writes it back: loses counts unless alone.</summary>
    Task CountAsync();

    Task<(int Count, int MostInside)> CountedAsync();

    /// <summary>Four turns; each counts with a plain field, spinning between its reading and its writing.</summary>
    Task StepAsync();

    Task<int> StepsAsync();
}

public interface IPoliteGrain : ITurnGrain;

public interface IReentrantGrain : ITurnGrain;

public abstract class TurnGrain(Journal journal) : Grain, ITurnGrain
{
    private int _count;
    private int _inside;
    private int _mostInside;
    private int _steps;

    public async Task HoldAsync(string name, string gate)
    {
        Write($"{name} begins");
        await journal.PassAsync(gate);
        Write($"{name} ends");
    }

    public Task NoteAsync(string name)
    {
        Write(name);
        return Task.CompletedTask;
    }

    public Task ReadAsync(string name, string gate) => HoldAsync(name, gate);

    public Task InterleaveAsync(string name) => NoteAsync(name);

    public Task InterleaveAndHoldAsync(string name, string gate) => HoldAsync(name, gate);

    public async Task HoldAndFailAsync(string gate)
    {
        await journal.PassAsync(gate);
        throw new InvalidOperationException("This call fails.");
    }

    public async Task CountAsync()
    {
        _mostInside = Math.Max(_mostInside, ++_inside);
        var read = _count;
        for (var i = 0; i < 3; i++)
            await Task.Yield();
        _count = read + 1;
        _inside--;
    }

    public Task<(int Count, int MostInside)> CountedAsync() => Task.FromResult((_count, _mostInside));

    public async Task StepAsync()
    {
        for (var turn = 0; turn < 4; turn++)
        {
            var read = _steps;
            Thread.SpinWait(50);
            _steps = read + 1;
            await Task.Yield();
        }
    }

    public Task<int> StepsAsync() => Task.FromResult(_steps);

    private void Write(string entry) => journal.Write(this.GetPrimaryKeyString(), entry);
}

public sealed class PoliteGrain(Journal journal) : TurnGrain(journal), IPoliteGrain;

[Reentrant]
public sealed class ReentrantGrain(Journal journal) : TurnGrain(journal), IReentrantGrain;
