using Orleans;
using Orleans.Runtime;

namespace Grid.Tests.Runtime;

public sealed class Amount
{
    public long Value { get; set; }
}

/// <summary>One persistent state and nothing else: for counting bytes.</summary>
public interface IStateGrain : IGrainWithStringKey
{
    ValueTask<long> Get();
}

public sealed class StateGrain([PersistentState("amount")] IPersistentState<Amount> amount) : Grain, IStateGrain
{
    public ValueTask<long> Get() => new(amount.State.Value);
}
