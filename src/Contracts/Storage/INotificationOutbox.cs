using System.Collections.Immutable;
using Grid.Contracts.Notifications;

namespace Grid.Contracts.Storage;

/// <summary>
/// Notifications and how their delivery goes. Those that wait are claimed by lease; of one endpoint only one sender has any at a time, so that an endpoint that is slow or
/// gone delays nobody else's. Finished ones are kept for a while: they are shown, and whoever asks for the same again asks for nothing new.
/// </summary>
public interface INotificationOutbox
{
    /// <summary>Adds a notification that is due at once, durable when it completes; an id that is there already changes nothing.</summary>
    /// <param name="notification">What is to be told.</param>
    /// <param name="mostPending">
    /// How many of its endpoint may wait. Where there are more, the oldest expire, but for those that are being sent and the new one.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; it may be added all the same.</param>
    Task<NotificationAdded> AddAsync(Notification notification, int mostPending, CancellationToken cancellationToken);

    /// <summary>
    /// Leases notifications that are due, not over and not leased, of endpoints of which none is leased: of each at most <see cref="NotificationClaim.PerEndpoint"/>, oldest due
    /// first, of at most <see cref="NotificationClaim.Endpoints"/> endpoints, that with the oldest due first. A claim counts as a try: what a stopped sender did with it is not known.
    /// </summary>
    Task<ImmutableArray<ClaimedNotification>> ClaimAsync(NotificationClaim claim, CancellationToken cancellationToken);

    /// <summary>The try failed: ends the lease and says when the next one is due; false when the lease was lost.</summary>
    /// <param name="row">The claim.</param>
    /// <param name="dueAt">When it is due.</param>
    /// <param name="error">What went wrong, for people.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<bool> RescheduleAsync(ClaimedNotification row, DateTimeOffset dueAt, string error, CancellationToken cancellationToken);

    /// <summary>It was not tried: ends the lease and takes its try back; false when the lease was lost.</summary>
    Task<bool> ReleaseAsync(ClaimedNotification row, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>It is delivered, failed or expired; false when the lease was lost, and then nothing is changed.</summary>
    Task<bool> FinishAsync(ClaimedNotification row, NotificationState state, string? error, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>What waits and is not being sent expires where its time is over, at most <paramref name="limit"/> at once; how many did.</summary>
    Task<int> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>A failed or expired one is pending again, due at once, with its tries counted anew; false when it is neither, or not there.</summary>
    Task<bool> RetryAsync(string id, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>How the delivery of a notification goes; null when there is none.</summary>
    Task<NotificationDelivery?> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>Deliveries, the newest first, and those of one instant by id (ordinal).</summary>
    Task<ImmutableArray<NotificationDelivery>> ListAsync(NotificationQuery query, CancellationToken cancellationToken);

    /// <summary>How many there are, by state.</summary>
    Task<NotificationCounts> CountAsync(CancellationToken cancellationToken);

    /// <summary>Forgets finished ones: those that finished before an instant, and of the others the oldest beyond a number; how many it forgot, at most <paramref name="limit"/>.</summary>
    Task<int> ForgetAsync(DateTimeOffset finishedBefore, int mostFinished, int limit, CancellationToken cancellationToken);
}

/// <summary>What became of a notification that was added.</summary>
/// <param name="IsNew">False when its id was there already.</param>
/// <param name="Displaced">Older ones of the endpoint that expired to make room.</param>
public readonly record struct NotificationAdded(bool IsNew, int Displaced);

/// <summary>What a sender asks for.</summary>
/// <param name="Owner">The sender.</param>
/// <param name="Now">The time.</param>
/// <param name="Lease">How long the claim holds.</param>
/// <param name="Endpoints">Of so many endpoints at most.</param>
/// <param name="PerEndpoint">So many of each at most.</param>
/// <param name="Except">Endpoints that the sender leaves alone for now.</param>
public readonly record struct NotificationClaim(
    string Owner, DateTimeOffset Now, TimeSpan Lease, int Endpoints, int PerEndpoint, ImmutableArray<string> Except);

/// <summary>A claimed notification.</summary>
/// <param name="Notification">What is to be told.</param>
/// <param name="Attempts">Times that it was tried before.</param>
/// <param name="Lease">The claim.</param>
public sealed record ClaimedNotification(Notification Notification, int Attempts, long Lease);

/// <summary>Which deliveries to list.</summary>
public sealed record NotificationQuery
{
    /// <summary>Only of this endpoint; null for all.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Only in this state; null for all.</summary>
    public NotificationState? State { get; init; }

    /// <summary>Only those that come after this one in the order of the list.</summary>
    public (DateTimeOffset CreatedAt, string Id)? After { get; init; }

    /// <summary>At most this many, 1 to 10,000.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>How many notifications there are.</summary>
/// <param name="Pending">That wait or are being sent.</param>
/// <param name="Delivered">That were delivered, of those kept.</param>
/// <param name="Failed">That failed, of those kept.</param>
/// <param name="Expired">That expired, of those kept.</param>
public readonly record struct NotificationCounts(long Pending, long Delivered, long Failed, long Expired);
