namespace Grid.Tests.Semantics.Activations;

public interface ILifecycleGrain : IGrainWithStringKey
{
    Task<Guid> WhoAsync();

    Task DeactivateBecauseAsync(string text);

    Task EndFromTimerAsync();
}

public sealed class LifecycleGrain(Journal journal) : Grain, ILifecycleGrain
{
    private readonly Guid _id = Guid.NewGuid();

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        journal.Write(Key, cancellationToken.CanBeCanceled ? "activated with a token" : "activated without a token");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var witness = await GrainFactory.GetGrain<IActivationGrain>($"{Key}-witness").WhoAsync();
        journal.Write(Key, $"{reason.ReasonCode}: {reason.Description}{(witness == Guid.Empty ? "nobody" : "")}");
        if (reason.Description == "fails")
            throw new InvalidOperationException("This grain does not say goodbye.");
    }

    public Task<Guid> WhoAsync() => Task.FromResult(_id);

    public Task DeactivateBecauseAsync(string text)
    {
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, text));
        return Task.CompletedTask;
    }

    public Task EndFromTimerAsync()
    {
        this.RegisterGrainTimer(
            () =>
            {
                DeactivateOnIdle();
                return Task.CompletedTask;
            },
            TimeSpan.FromMilliseconds(10),
            Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }
}

public interface IPlainGrain : IGrainWithStringKey
{
    Task<string> DescribeAsync();

    Task TickAsync();

    Task DeactivateAsync();
}

/// <summary>A grain that derives from nothing.</summary>
public sealed class PlainGrain(IGrainContext context, IGrainFactory grains, Journal journal) : IGrainBase, IPlainGrain, IDisposable
{
    public IGrainContext GrainContext { get; } = context;

    private string Key => this.GetPrimaryKeyString();

    public Task OnActivateAsync(CancellationToken token)
    {
        journal.Write(Key, "activated");
        return Task.CompletedTask;
    }

    public Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        journal.Write(Key, $"deactivated:{reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public async Task<string> DescribeAsync()
    {
        await grains.GetGrain<IOtherActivationGrain>(Key).WhoAsync();
        return $"{Key} {ReferenceEquals(GrainContext.GrainInstance, this)} {GrainContext.GrainId == this.GetGrainId()}";
    }

    public Task TickAsync()
    {
        this.RegisterGrainTimer(
            () =>
            {
                journal.Write(Key, "tick");
                return Task.CompletedTask;
            },
            TimeSpan.FromMilliseconds(10),
            Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task DeactivateAsync()
    {
        this.DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public void Dispose() => journal.Write(Key, "disposed");
}

public interface IUnbornGrain : IGrainWithStringKey
{
    Task<string> HelloAsync();
}

/// <summary>Its constructor throws as long as the journal does not say that it may come.</summary>
public sealed class UnbornGrain : Grain, IUnbornGrain
{
    public const string Wanted = "unborn grains are wanted";

    public UnbornGrain(Journal journal)
    {
        if (journal.Read(Wanted) is [])
            throw new InvalidDataException("Not born yet.");
    }

    public Task<string> HelloAsync() => Task.FromResult("hello");
}

public interface ISlowStartingGrain : IGrainWithStringKey
{
    Task<int> CallAsync();
}

/// <summary>Takes its time to activate, and then fails or not, as the end of its key says.</summary>
public sealed class SlowStartingGrain(Journal journal) : Grain, ISlowStartingGrain
{
    private int _calls;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        journal.Write(key, "activating");
        await journal.PassAsync(key);
        if (key.EndsWith("fails", StringComparison.Ordinal))
            throw new InvalidDataException("Started in vain.");
    }

    public Task<int> CallAsync() => Task.FromResult(++_calls);
}
