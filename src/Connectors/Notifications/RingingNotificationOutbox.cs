using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;

namespace Grid.Connectors.Notifications;

/// <summary>An outbox of notifications that rings once something is kept that is due.</summary>
internal sealed class RingingNotificationOutbox(INotificationOutbox inner, NotificationBell bell) : INotificationOutbox
{
    public async Task<NotificationAdded> AddAsync(Notification notification, int mostPending, CancellationToken cancellationToken)
    {
        var added = await inner.AddAsync(notification, mostPending, cancellationToken);
        if (added.IsNew)
        {
            bell.Bell.Ring();
        }

        return added;
    }

    public async Task<bool> RetryAsync(string id, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var isPending = await inner.RetryAsync(id, now, expiresAt, cancellationToken);
        if (isPending)
        {
            bell.Bell.Ring();
        }

        return isPending;
    }

    public Task<ImmutableArray<ClaimedNotification>> ClaimAsync(NotificationClaim claim, CancellationToken cancellationToken) => inner.ClaimAsync(claim, cancellationToken);

    public Task<bool> RescheduleAsync(ClaimedNotification row, DateTimeOffset dueAt, string error, CancellationToken cancellationToken) =>
        inner.RescheduleAsync(row, dueAt, error, cancellationToken);

    public Task<bool> ReleaseAsync(ClaimedNotification row, DateTimeOffset dueAt, CancellationToken cancellationToken) => inner.ReleaseAsync(row, dueAt, cancellationToken);

    public Task<bool> FinishAsync(ClaimedNotification row, NotificationState state, string? error, DateTimeOffset at, CancellationToken cancellationToken) =>
        inner.FinishAsync(row, state, error, at, cancellationToken);

    public Task<int> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => inner.ExpireAsync(now, limit, cancellationToken);

    public Task<NotificationDelivery?> GetAsync(string id, CancellationToken cancellationToken) => inner.GetAsync(id, cancellationToken);

    public Task<ImmutableArray<NotificationDelivery>> ListAsync(NotificationQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    public Task<NotificationCounts> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

    public Task<int> ForgetAsync(DateTimeOffset finishedBefore, int mostFinished, int limit, CancellationToken cancellationToken) =>
        inner.ForgetAsync(finishedBefore, mostFinished, limit, cancellationToken);
}
