using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Bins;

/// <summary>A bin as an actor.</summary>
public sealed class BinGrain([PersistentState("device")] IPersistentState<DeviceState<BinSettings, BinState>> storage, DeviceContext context)
    : Grain, IBinGrain
{
    private readonly DeviceActor<BinRules, BinSettings, BinState> _actor = new(storage, context);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _actor.Activate(this.GetPrimaryKeyString());
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _actor.Deactivate();

    /// <inheritdoc/>
    public ValueTask<DeviceOutcome> Apply(LogEntry entry, LogPosition at, long after) => _actor.Apply(entry, at, after);

    /// <inheritdoc/>
    public ValueTask<LogPosition> Save() => _actor.Save();

    /// <inheritdoc/>
    public ValueTask<LogPosition> GetPosition() => ValueTask.FromResult(_actor.GetPosition());

    /// <inheritdoc/>
    public ValueTask<Contribution> GetContribution() => ValueTask.FromResult(_actor.GetContribution());

    /// <inheritdoc/>
    public ValueTask<DeviceView> GetView() => ValueTask.FromResult(_actor.GetView());

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<MetricValue>> GetMetrics(long after) => ValueTask.FromResult(_actor.GetMetrics(after));

    /// <inheritdoc/>
    public Task<DesiredAnswer> SetDesired(DesiredChange change) => _actor.SetDesired(change);

    /// <inheritdoc/>
    public Task<DeviceOrders> Renew() => _actor.Renew();

    /// <inheritdoc/>
    public Task LearnRules(RuleSet rules)
    {
        _actor.LearnRules(rules);
        return Task.CompletedTask;
    }
}
