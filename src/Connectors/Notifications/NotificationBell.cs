using Grid.Connectors.Outbox;

namespace Grid.Connectors.Notifications;

/// <summary>Wakes the sender of notifications of this process when one is due at once, or an endpoint has become free.</summary>
public sealed class NotificationBell
{
    internal OutboxBell Bell { get; } = new();
}
