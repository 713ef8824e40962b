using System.Diagnostics.CodeAnalysis;
using Grid.Runtime.Execution;
using Orleans.Runtime;

namespace Orleans;

/// <summary>What a grain class derives from.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    protected Grain() => GrainContext = Activation.UnderConstruction!;

    public IGrainContext GrainContext { get; }

    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <exception cref="InvalidOperationException">Used outside the turns of grains: code that left for the thread pool takes the factory along.</exception>
    protected IGrainFactory GrainFactory
    {
        get
        {
            if (Partition.CurrentActivation is null)
                ThrowOutside();
            return Activation.Runtime.Factory;
        }
    }

    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    private Activation Activation => GrainContext as Activation
        ?? throw new InvalidOperationException($"{GetType().Name} was not created by the grain runtime.");

    /// <summary>Called before the first call. When it fails, that call fails and no activation is left.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called before the activation ends; not when the process dies.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation after the running call.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Keeps this activation for at least that long, even when idle. Zero or less takes the promise back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.DelayDeactivation(timeSpan);

    [DoesNotReturn]
    private static void ThrowOutside() =>
        throw new InvalidOperationException("The factory of a grain was used outside a turn, on a thread that is no grain's. Code for the thread pool must take its references along.");
}
