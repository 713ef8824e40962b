using Orleans;
using Orleans.Concurrency;

namespace Grid.Tests.Runtime;

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    ValueTask<int> AddFast(int amount);

    Task<int> Get();

    [OneWay]
    Task Bump();

    Task<int> AddVia(string other, int amount);

    Task Fail(string message);

    Task<bool> RunsOnItsActivation();

    Task End();

    /// <summary>Bytes allocated by that many awaited calls to another grain of the same partition.</summary>
    ValueTask<long> BytesOfCalls(string other, int times);

    /// <summary>Bytes allocated by that many one-way calls.</summary>
    ValueTask<long> BytesOfOneWayCalls(string other, int times);

    /// <summary>What its thread has allocated so far.</summary>
    ValueTask<long> BytesOfThread();

    /// <summary>How many awaited calls it makes in a row.</summary>
    Task<int> CallOften(string other, int times);

    /// <summary>Calls the next key, which calls the next, until zero: answers how many calls stood on one stack.</summary>
    Task<int> Nest(int depth);
}

public sealed class CounterGrain : Grain, ICounterGrain
{
    [ThreadStatic]
    private static int _nesting;

    private int _count;

    public Task<int> Add(int amount) => Task.FromResult(_count += amount);

    public ValueTask<int> AddFast(int amount) => new(_count += amount);

    public Task<int> Get() => Task.FromResult(_count);

    public Task Bump()
    {
        _count++;
        return Task.CompletedTask;
    }

    public async Task<int> AddVia(string other, int amount) => await GrainFactory.GetGrain<ICounterGrain>(other).Add(amount);

    public Task Fail(string message) => throw new ArgumentException(message);

    public async Task<bool> RunsOnItsActivation()
    {
        var before = TaskScheduler.Current;
        await Task.Yield();
        return ReferenceEquals(before, GrainContext) && ReferenceEquals(TaskScheduler.Current, GrainContext);
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async ValueTask<long> BytesOfCalls(string other, int times)
    {
        var grain = GrainFactory.GetGrain<ICounterGrain>(other);
        for (var warmUp = 0; warmUp < 2000; warmUp++)
            await grain.AddFast(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
            await grain.AddFast(1);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public async ValueTask<long> BytesOfOneWayCalls(string other, int times)
    {
        var grain = GrainFactory.GetGrain<ICounterGrain>(other);
        long spent = 0;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
                _ = grain.Bump();
            spent = GC.GetAllocatedBytesForCurrentThread() - before;

            // Stands behind them in the mailbox: after it their messages are back in the pool.
            await grain.Get();
        }

        return spent;
    }

    public ValueTask<long> BytesOfThread() => new(GC.GetAllocatedBytesForCurrentThread());

    public async Task<int> CallOften(string other, int times)
    {
        var grain = GrainFactory.GetGrain<ICounterGrain>(other);
        for (var i = 0; i < times; i++)
            await grain.AddFast(1);
        return times;
    }

    public async Task<int> Nest(int depth)
    {
        var here = _nesting;
        if (depth == 0)
            return here;
        Task<int> deeper;
        _nesting++;
        try
        {
            deeper = GrainFactory.GetGrain<ICounterGrain>($"nest-{depth - 1}").Nest(depth - 1);
        }
        finally
        {
            _nesting--;
        }

        return Math.Max(here, await deeper);
    }
}
