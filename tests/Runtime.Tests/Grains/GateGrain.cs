using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Tests.Runtime;

/// <summary>Gates that a test opens, and what grains told in the meantime. One a test.</summary>
public sealed class Script
{
    private readonly Dictionary<string, TaskCompletionSource> _gates = [];
    private readonly List<string> _told = [];

    public TaskCompletionSource this[string name]
    {
        get
        {
            lock (_gates)
                return _gates.TryGetValue(name, out var gate) ? gate : _gates[name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Answers what a grain asks the test, by name.</summary>
    public Dictionary<string, Func<Task>> Answers { get; } = [];

    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_told)
                return [.. _told];
        }
    }

    public void Tell(string what)
    {
        lock (_told)
            _told.Add(what);
    }
}

public interface IGateGrain : IGrainWithStringKey
{
    Task Wait(string gate);

    [AlwaysInterleave]
    Task WaitInterleaved(string gate);

    [ReadOnly]
    Task Read(string gate);

    [OneWay]
    Task WaitOneWay(string gate);

    Task WaitOrCancel(string gate, CancellationToken cancellation);

    /// <summary>Calls <paramref name="other"/>, which calls back here.</summary>
    Task<string> Cycle(string other, bool allowed);

    Task<string> CallBack(string to);

    Task<string> Ping();

    Task<string?> ContextValue(string key);

    Task<string?> ContextValueVia(string other, string key);
}

public interface IReentrantGateGrain : IGateGrain;

public class GateGrain(Script script) : Grain, IGateGrain
{
    private int _inside;

    public async Task Wait(string gate)
    {
        script.Tell($"+{gate}");
        _inside++;
        await script[gate].Task;
        _inside--;
        script.Tell($"-{gate}");
    }

    public Task WaitInterleaved(string gate) => Wait(gate);

    public Task Read(string gate) => Wait(gate);

    public Task WaitOneWay(string gate) => Wait(gate);

    public async Task WaitOrCancel(string gate, CancellationToken cancellation)
    {
        script.Tell($"+{gate}");
        await script[gate].Task.WaitAsync(cancellation);
    }

    public async Task<string> Cycle(string other, bool allowed)
    {
        var grain = GrainFactory.GetGrain<IGateGrain>(other, typeof(GateGrain).FullName);
        var me = this.GetPrimaryKeyString();
        if (!allowed)
            return await grain.CallBack(me);
        using (RequestContext.AllowCallChainReentrancy())
            return await grain.CallBack(me);
    }

    public Task<string> CallBack(string to) => GrainFactory.GetGrain<IGateGrain>(to, typeof(GateGrain).FullName).Ping();

    public Task<string> Ping() => Task.FromResult($"ping {this.GetPrimaryKeyString()}");

    public Task<string?> ContextValue(string key) => Task.FromResult(RequestContext.Get(key) as string);

    public Task<string?> ContextValueVia(string other, string key) =>
        GrainFactory.GetGrain<IGateGrain>(other, typeof(GateGrain).FullName).ContextValue(key);
}

[Reentrant]
public sealed class ReentrantGateGrain(Script script) : GateGrain(script), IReentrantGateGrain;
