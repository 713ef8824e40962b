using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.LoadTests.Actors;

/// <summary>A grain that does as little as a grain can: what is measured is the runtime.</summary>
public interface IBenchGrain : IGrainWithStringKey
{
    /// <summary>Answers the sum so far.</summary>
    ValueTask<long> Add(long amount);

    /// <summary>The same by a task, which is one allocation more.</summary>
    Task<long> AddByTask(long amount);

    /// <summary>Counted in <see cref="Handled"/> when it runs.</summary>
    [OneWay]
    Task Push(long amount);
}

public sealed class BenchGrain : Grain, IBenchGrain
{
    private long _sum;

    public ValueTask<long> Add(long amount) => new(_sum += amount);

    public Task<long> AddByTask(long amount) => Task.FromResult(_sum += amount);

    public Task Push(long amount)
    {
        _sum += amount;
        Handled.Count();
        return Task.CompletedTask;
    }
}

/// <summary>Calls other grains, one after the other, until it is told to stop.</summary>
public interface IBenchDriverGrain : IGrainWithStringKey
{
    /// <summary>Answers how many calls it made.</summary>
    Task<long> Drive(int first);
}

public sealed class BenchDriverGrain(BenchTargets targets) : Grain, IBenchDriverGrain
{
    public async Task<long> Drive(int first)
    {
        var calls = 0L;
        for (var next = targets.After(first); !targets.IsStopped; next = targets.After(next))
        {
            await targets.Grains[next].Add(1);
            calls++;
        }

        return calls;
    }
}

/// <summary>Nothing but an identity.</summary>
public interface IBareGrain : IGrainWithStringKey
{
    ValueTask Touch();
}

public sealed class BareGrain : Grain, IBareGrain
{
    public ValueTask Touch() => default;
}

/// <summary>A grain with one persistent state, which is read when it activates and was never written.</summary>
public interface IStatefulGrain : IGrainWithStringKey
{
    ValueTask Touch();
}

public sealed class StatefulGrain([PersistentState("bench")] IPersistentState<BenchState> state) : Grain, IStatefulGrain
{
    public ValueTask Touch()
    {
        state.State.Count++;
        return default;
    }
}

[GenerateSerializer]
public sealed class BenchState
{
    /// <summary>Of one object: header, type and the field.</summary>
    public const int Bytes = 24;

    [Id(0)]
    public long Count { get; set; }
}

[GenerateSerializer, Immutable]
public sealed record BenchEvent([property: Id(0)] long Number);

/// <summary>Counts the events of its stream in <see cref="Handled"/>.</summary>
public interface IBenchListenerGrain : IGrainWithStringKey
{
    ValueTask Touch();
}

[ImplicitStreamSubscription(Namespace)]
public sealed class BenchListenerGrain : Grain, IBenchListenerGrain, IAsyncObserver<BenchEvent>
{
    public const string Namespace = "bench";

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var stream = this.GetStreamProvider(ActorHost.Streams).GetStream<BenchEvent>(StreamId.Create(Namespace, this.GetPrimaryKeyString()));
        foreach (var subscription in await stream.GetAllSubscriptionHandles())
        {
            await subscription.ResumeAsync(this);
        }
    }

    public ValueTask Touch() => default;

    public Task OnNextAsync(BenchEvent item, StreamSequenceToken? token = null)
    {
        Handled.Count();
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
