namespace Grid.Tests.Semantics.Activations;

public interface IActivationGrain : IGrainWithStringKey
{
    /// <summary>Which activation answers.</summary>
    Task<Guid> WhoAsync();

    Task DeactivateOnIdleAsync();

    Task DeactivateThenHoldAsync(string gate);

    Task DelayDeactivationAsync(TimeSpan by);
}

public interface IOtherActivationGrain : IGrainWithStringKey
{
    Task<Guid> WhoAsync();
}

public sealed class ActivationGrain(Journal journal) : Grain, IActivationGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        journal.Write(this.GetPrimaryKeyString(), "activating");
        await Task.Yield();
        journal.Write(this.GetPrimaryKeyString(), "activated");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Write(this.GetPrimaryKeyString(), $"deactivated:{reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<Guid> WhoAsync()
    {
        journal.Write(this.GetPrimaryKeyString(), "called");
        return Task.FromResult(_id);
    }

    public Task DeactivateOnIdleAsync()
    {
        DeactivateOnIdle();
        journal.Write(this.GetPrimaryKeyString(), "asked to deactivate");
        return Task.CompletedTask;
    }

    public async Task DeactivateThenHoldAsync(string gate)
    {
        DeactivateOnIdle();
        await journal.PassAsync(gate);
        journal.Write(this.GetPrimaryKeyString(), "held call ended");
    }

    public Task DelayDeactivationAsync(TimeSpan by)
    {
        DelayDeactivation(by);
        return Task.CompletedTask;
    }
}

public sealed class OtherActivationGrain : Grain, IOtherActivationGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public Task<Guid> WhoAsync() => Task.FromResult(_id);
}

public interface IUnwillingGrain : IGrainWithStringKey
{
    Task<string> HelloAsync();
}

/// <summary>Refuses its first activation.</summary>
public sealed class UnwillingGrain(Journal journal) : Grain, IUnwillingGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        journal.Write(key, "activating");
        return journal.Count(key, "activating") == 1
            ? throw new InvalidDataException("The first activation is refused.")
            : Task.CompletedTask;
    }

    public Task<string> HelloAsync()
    {
        journal.Write(this.GetPrimaryKeyString(), "called");
        return Task.FromResult("hello");
    }
}
