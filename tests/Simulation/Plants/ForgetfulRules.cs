using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Plants;

/// <summary>An outlet that now and then says that it has done what a rule asked for, and has not.</summary>
internal sealed class ForgetfulRules(IRuleOutlet inner, Chance chance) : IRuleOutlet
{
    private const double Share = 0.2;

    public Task OpenWorkOrderAsync(RuleOrigin origin, RuleWorkOrder order, CancellationToken cancellationToken) =>
        chance.Happens(Share) ? Task.CompletedTask : inner.OpenWorkOrderAsync(origin, order, cancellationToken);

    public Task NotifyAsync(RuleOrigin origin, RuleNotification notification, CancellationToken cancellationToken) =>
        chance.Happens(Share) ? Task.CompletedTask : inner.NotifyAsync(origin, notification, cancellationToken);

    public Task<BilingualText?> SetFlagAsync(RuleOrigin origin, RuleFlag flag, CancellationToken cancellationToken) =>
        chance.Happens(Share) ? Task.FromResult<BilingualText?>(null) : inner.SetFlagAsync(origin, flag, cancellationToken);
}
