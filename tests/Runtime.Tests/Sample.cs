using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Tests.Runtime;

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    ValueTask<int> AddFast(int amount);

    Task<int> Get();

    [OneWay]
    Task Bump();

    Task<int> AddVia(string other, int amount);

    ValueTask<long> LoopDirect(string other, int times);

    ValueTask<long> LoopOneWay(string other, int times);

    Task<string> WaitFor(string gate);

    Task Fail(string message);

    Task<bool> RunsOnItsActivation();

    Task End();
}

public sealed class Gates
{
    private readonly Dictionary<string, TaskCompletionSource> _gates = [];

    public TaskCompletionSource this[string name]
    {
        get
        {
            lock (_gates)
                return _gates.TryGetValue(name, out var gate) ? gate : _gates[name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}

public sealed class CounterGrain(Gates gates) : Grain, ICounterGrain
{
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

    public async ValueTask<long> LoopDirect(string other, int times)
    {
        var grain = GrainFactory.GetGrain<ICounterGrain>(other);
        await grain.AddFast(1);
        await grain.AddFast(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
            await grain.AddFast(1);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public async ValueTask<long> LoopOneWay(string other, int times)
    {
        var grain = GrainFactory.GetGrain<ICounterGrain>(other);
        long spent = 0;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
                _ = grain.Bump();
            spent = GC.GetAllocatedBytesForCurrentThread() - before;
            while (await grain.Get() % times != 0)
            {
            }
        }

        return spent;
    }

    public async Task<string> WaitFor(string gate)
    {
        await gates[gate].Task;
        return this.GetPrimaryKeyString();
    }

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
}
