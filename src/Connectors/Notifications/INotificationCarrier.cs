using Grid.Contracts.Notifications;

namespace Grid.Connectors.Notifications;

/// <summary>What a try came to.</summary>
internal enum CarryStatus
{
    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>It may go better later.</summary>
    Retry,

    /// <summary>It never will.</summary>
    Failed,

    /// <summary>The receiver says that it is gone for good: nothing more is to be sent there.</summary>
    Gone,
}

/// <summary>What a try came to.</summary>
/// <param name="Status">In a word.</param>
/// <param name="Detail">For people, null where there is nothing to say. Holds nothing that the receiver wrote but its status.</param>
/// <param name="RetryAfter">When the receiver wants to be asked again; null when it did not say.</param>
internal readonly record struct CarryResult(CarryStatus Status, string? Detail = null, TimeSpan? RetryAfter = null);

/// <summary>The way to one kind of endpoint. It throws only when it is cancelled, or is broken itself.</summary>
internal interface INotificationCarrier
{
    /// <summary>The kind.</summary>
    EndpointKind Kind { get; }

    /// <summary>Tries once. It ends soon after it is cancelled.</summary>
    Task<CarryResult> CarryAsync(NotificationEndpoint endpoint, Notification notification, CancellationToken cancellationToken);
}
