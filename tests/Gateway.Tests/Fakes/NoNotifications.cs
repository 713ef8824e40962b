using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;

namespace Grid.Tests.Gateway.Fakes;

/// <summary>Notifications are tested with the whole program: here there is none.</summary>
internal sealed class NoNotifications : INotificationOutbox
{
    public Task<NotificationAdded> AddAsync(Notification notification, int mostPending, CancellationToken cancellationToken) => throw Unexpected();

    public Task<ImmutableArray<ClaimedNotification>> ClaimAsync(NotificationClaim claim, CancellationToken cancellationToken) => throw Unexpected();

    public Task<bool> RescheduleAsync(ClaimedNotification row, DateTimeOffset dueAt, string error, CancellationToken cancellationToken) => throw Unexpected();

    public Task<bool> ReleaseAsync(ClaimedNotification row, DateTimeOffset dueAt, CancellationToken cancellationToken) => throw Unexpected();

    public Task<bool> FinishAsync(ClaimedNotification row, NotificationState state, string? error, DateTimeOffset at, CancellationToken cancellationToken) => throw Unexpected();

    public Task<int> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => throw Unexpected();

    public Task<bool> RetryAsync(string id, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken) => throw Unexpected();

    public Task<NotificationDelivery?> GetAsync(string id, CancellationToken cancellationToken) => Task.FromResult<NotificationDelivery?>(null);

    public Task<ImmutableArray<NotificationDelivery>> ListAsync(NotificationQuery query, CancellationToken cancellationToken) => Task.FromResult(ImmutableArray<NotificationDelivery>.Empty);

    public Task<NotificationCounts> CountAsync(CancellationToken cancellationToken) => Task.FromResult(default(NotificationCounts));

    public Task<int> ForgetAsync(DateTimeOffset finishedBefore, int mostFinished, int limit, CancellationToken cancellationToken) => throw Unexpected();

    private static InvalidOperationException Unexpected() => new("Nothing is told in these tests.");
}
