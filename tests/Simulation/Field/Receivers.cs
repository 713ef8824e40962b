using Grid.Connectors.Notifications;
using Grid.Contracts.Notifications;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Field;

/// <summary>Whoever receives webhooks, as one process reaches them: they may be away, or take a message and not say so. What they took is remembered outside the grid.</summary>
internal sealed class Receivers(World world, GridProcess process) : INotificationCarrier
{
    private readonly Chance _chance = world.ChanceOf("receivers");

    public EndpointKind Kind => EndpointKind.Webhook;

    public Task<CarryResult> CarryAsync(NotificationEndpoint endpoint, Notification notification, CancellationToken cancellationToken)
    {
        if (!process.IsAlive)
        {
            return new TaskCompletionSource<CarryResult>().Task;
        }

        world.Trace.Add("notified", notification.Id);
        if (_chance.Happens(world.Rates[Fault.DownlinkLoss]))
        {
            return Task.FromResult(new CarryResult(CarryStatus.Retry, "no connection (injected)"));
        }

        world.Pagers.Received(notification.Id);
        return Task.FromResult(_chance.Happens(world.Rates[Fault.DownlinkDoubt])
            ? new CarryResult(CarryStatus.Retry, "the connection broke before the answer (injected)")
            : new CarryResult(CarryStatus.Delivered));
    }
}
