using Orleans.Runtime;

namespace Grid.Tests.Semantics.State;

[GenerateSerializer]
public sealed class Tally
{
    [Id(0)]
    public int Count { get; set; }
}

/// <summary>What a grain sees of its state.</summary>
[GenerateSerializer]
[Orleans.Immutable]
public sealed record Seen([property: Id(0)] int Count, [property: Id(1)] bool RecordExists, [property: Id(2)] string? Etag);

public interface IStateGrain : IGrainWithStringKey
{
    Task SetAsync(int count);

    Task WriteAsync(int count);

    /// <summary>Writes, and answers with what became of it instead of failing.</summary>
    Task<string> TryWriteAsync(int count);

    Task ClearAsync();

    Task ReadAsync();

    Task<Seen> SeeAsync();

    /// <summary>What the state was when OnActivateAsync began.</summary>
    Task<int> CountAtActivationAsync();

    Task ForgetAsync();
}

public sealed class StateGrain(
    [PersistentState("tally", "Default")] IPersistentState<Tally> tally,
    Journal journal) : Grain, IStateGrain
{
    private int _countAtActivation;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _countAtActivation = tally.State.Count;
        journal.Write(this.GetPrimaryKeyString(), "activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Write(this.GetPrimaryKeyString(), "deactivated");
        return Task.CompletedTask;
    }

    public Task SetAsync(int count)
    {
        tally.State.Count = count;
        return Task.CompletedTask;
    }

    public Task WriteAsync(int count)
    {
        tally.State.Count = count;
        return tally.WriteStateAsync();
    }

    public async Task<string> TryWriteAsync(int count)
    {
        try
        {
            await WriteAsync(count);
            return "written";
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }

    public Task ClearAsync() => tally.ClearStateAsync();

    public Task ReadAsync() => tally.ReadStateAsync();

    public Task<Seen> SeeAsync() => Task.FromResult(new Seen(tally.State.Count, tally.RecordExists, tally.Etag));

    public Task<int> CountAtActivationAsync() => Task.FromResult(_countAtActivation);

    public Task ForgetAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface ITwoStatesGrain : IGrainWithStringKey
{
    Task WriteAsync(int first, int second);

    Task<(int First, int Second)> SeeAsync();

    Task ForgetAsync();
}

public sealed class TwoStatesGrain(
    [PersistentState("first", "Default")] IPersistentState<Tally> first,
    [PersistentState("second", "Default")] IPersistentState<Tally> second) : Grain, ITwoStatesGrain
{
    public async Task WriteAsync(int one, int two)
    {
        first.State.Count = one;
        second.State.Count = two;
        await first.WriteStateAsync();
        await second.WriteStateAsync();
    }

    public Task<(int First, int Second)> SeeAsync() => Task.FromResult((first.State.Count, second.State.Count));

    public Task ForgetAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
