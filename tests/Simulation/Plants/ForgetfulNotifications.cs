using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Plants;

/// <summary>An outbox of notifications that now and then answers and has not kept what it was given.</summary>
internal sealed class ForgetfulNotifications(INotificationOutbox inner, Chance chance) : INotificationOutbox
{
    public Task<NotificationAdded> AddAsync(Notification notification, int mostPending, CancellationToken cancellationToken) =>
        chance.Happens(0.2) ? Task.FromResult(new NotificationAdded(IsNew: true, Displaced: 0)) : inner.AddAsync(notification, mostPending, cancellationToken);

    public Task<ImmutableArray<ClaimedNotification>> ClaimAsync(NotificationClaim claim, CancellationToken cancellationToken) => inner.ClaimAsync(claim, cancellationToken);

    public Task<bool> RescheduleAsync(ClaimedNotification row, DateTimeOffset dueAt, string error, CancellationToken cancellationToken) =>
        inner.RescheduleAsync(row, dueAt, error, cancellationToken);

    public Task<bool> ReleaseAsync(ClaimedNotification row, DateTimeOffset dueAt, CancellationToken cancellationToken) => inner.ReleaseAsync(row, dueAt, cancellationToken);

    public Task<bool> FinishAsync(ClaimedNotification row, NotificationState state, string? error, DateTimeOffset at, CancellationToken cancellationToken) =>
        inner.FinishAsync(row, state, error, at, cancellationToken);

    public Task<int> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => inner.ExpireAsync(now, limit, cancellationToken);

    public Task<bool> RetryAsync(string id, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken) => inner.RetryAsync(id, now, expiresAt, cancellationToken);

    public Task<NotificationDelivery?> GetAsync(string id, CancellationToken cancellationToken) => inner.GetAsync(id, cancellationToken);

    public Task<ImmutableArray<NotificationDelivery>> ListAsync(NotificationQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    public Task<NotificationCounts> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

    public Task<int> ForgetAsync(DateTimeOffset finishedBefore, int mostFinished, int limit, CancellationToken cancellationToken) =>
        inner.ForgetAsync(finishedBefore, mostFinished, limit, cancellationToken);
}
