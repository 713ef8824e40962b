using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Simulation.Machine;
using Grid.Storage;

namespace Grid.Simulation.Stores;

/// <summary>Notifications that outlive processes.</summary>
internal sealed class NotificationRecords
{
    public SortedDictionary<string, NotificationRecord> Rows { get; } = new(StringComparer.Ordinal);

    public long LastLease { get; set; }
}

/// <summary>A row, and who has it until when.</summary>
internal sealed class NotificationRecord(Notification notification)
{
    public Notification Notification { get; set; } = notification;

    public NotificationState State { get; private set; }

    public int Attempts { get; set; }

    public DateTimeOffset DueAt { get; set; } = notification.CreatedAt;

    public DateTimeOffset? FinishedAt { get; private set; }

    public string? Error { get; set; }

    public long Lease { get; set; }

    public DateTimeOffset LeaseUntil { get; set; }

    public NotificationDelivery Delivery => new(Notification, State, Attempts, DueAt, FinishedAt, Error);

    public bool IsPending => State == NotificationState.Pending;

    public void Finish(NotificationState state, string? error, DateTimeOffset at)
    {
        (State, Error, FinishedAt) = (state, error, at);
        Free();
    }

    public void Free() => (Lease, LeaseUntil) = (0, default);

    public void Retry(DateTimeOffset now, DateTimeOffset expiresAt)
    {
        (State, Attempts, DueAt, FinishedAt, Error) = (NotificationState.Pending, 0, now, null, null);
        Notification = Notification with { ExpiresAt = expiresAt };
    }
}

/// <summary>The outbox of notifications of one process.</summary>
/// <param name="records">What outlives it.</param>
/// <param name="operations">The way to it.</param>
internal sealed class SimulatedNotificationOutbox(NotificationRecords records, Operations operations) : INotificationOutbox
{
    private const string Store = "notifications";

    public Task<NotificationAdded> AddAsync(Notification notification, int mostPending, CancellationToken cancellationToken) =>
        operations.AskAsync(Store, "add", () => Add(notification, mostPending));

    public Task<ImmutableArray<ClaimedNotification>> ClaimAsync(NotificationClaim claim, CancellationToken cancellationToken) => operations.AskAsync(Store, "claim", () => Claim(claim));

    public Task<bool> RescheduleAsync(ClaimedNotification row, DateTimeOffset dueAt, string error, CancellationToken cancellationToken) => LeasedAsync(row, "reschedule", record =>
    {
        (record.DueAt, record.Error) = (dueAt, error);
        record.Free();
    });

    public Task<bool> ReleaseAsync(ClaimedNotification row, DateTimeOffset dueAt, CancellationToken cancellationToken) => LeasedAsync(row, "release", record =>
    {
        (record.DueAt, record.Attempts) = (dueAt, record.Attempts - 1);
        record.Free();
    });

    public Task<bool> FinishAsync(ClaimedNotification row, NotificationState state, string? error, DateTimeOffset at, CancellationToken cancellationToken) =>
        LeasedAsync(row, "finish", record => record.Finish(state, error, at));

    public Task<int> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => operations.AskAsync(Store, "expire", () =>
    {
        var over = records.Rows.Values.Where(row => row.IsPending && row.Notification.ExpiresAt <= now && row.LeaseUntil <= now).OrderBy(row => row.Notification.ExpiresAt).Take(limit).ToArray();
        foreach (var row in over)
        {
            row.Finish(NotificationState.Expired, row.Error is null ? NotificationTexts.Over : $"{row.Error}; {NotificationTexts.Over}", now);
        }

        return over.Length;
    });

    public Task<bool> RetryAsync(string id, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken) => operations.AskAsync(Store, "retry", () =>
    {
        if (records.Rows.GetValueOrDefault(id) is not { State: NotificationState.Failed or NotificationState.Expired } row)
        {
            return false;
        }

        row.Retry(now, expiresAt);
        return true;
    });

    public Task<NotificationDelivery?> GetAsync(string id, CancellationToken cancellationToken) => operations.AskAsync(Store, "get", () => records.Rows.GetValueOrDefault(id)?.Delivery);

    public Task<ImmutableArray<NotificationDelivery>> ListAsync(NotificationQuery query, CancellationToken cancellationToken) => operations.AskAsync(Store, "list", () =>
        records.Rows.Values
            .Where(row => (query.Endpoint is null || row.Notification.Endpoint == query.Endpoint) && (query.State is null || row.State == query.State))
            .OrderByDescending(row => row.Notification.CreatedAt).ThenBy(row => row.Notification.Id, StringComparer.Ordinal)
            .Where(row => query.After is not { } after || row.Notification.CreatedAt < after.CreatedAt
                || (row.Notification.CreatedAt == after.CreatedAt && string.CompareOrdinal(row.Notification.Id, after.Id) > 0))
            .Take(query.Limit).Select(row => row.Delivery).ToImmutableArray());

    public Task<NotificationCounts> CountAsync(CancellationToken cancellationToken) => operations.AskAsync(Store, "count", () =>
    {
        long Of(NotificationState state) => records.Rows.Values.Count(row => row.State == state);
        return new NotificationCounts(Of(NotificationState.Pending), Of(NotificationState.Delivered), Of(NotificationState.Failed), Of(NotificationState.Expired));
    });

    public Task<int> ForgetAsync(DateTimeOffset finishedBefore, int mostFinished, int limit, CancellationToken cancellationToken) => operations.AskAsync(Store, "forget", () =>
    {
        var finished = records.Rows.Values.Where(row => !row.IsPending).OrderBy(row => row.FinishedAt).ThenBy(row => row.Notification.Id, StringComparer.Ordinal).ToArray();
        var forgotten = finished.Where((row, place) => row.FinishedAt < finishedBefore || place < finished.Length - mostFinished).Take(limit).ToArray();
        foreach (var row in forgotten)
        {
            records.Rows.Remove(row.Notification.Id);
        }

        return forgotten.Length;
    });

    private NotificationAdded Add(Notification notification, int mostPending)
    {
        if (!records.Rows.TryAdd(notification.Id, new NotificationRecord(notification)))
        {
            return new NotificationAdded(IsNew: false, Displaced: 0);
        }

        var waiting = records.Rows.Values.Where(row => row.IsPending && row.Notification.Endpoint == notification.Endpoint).ToArray();
        var displaced = waiting.Where(row => row.LeaseUntil <= notification.CreatedAt && row.Notification.Id != notification.Id)
            .OrderBy(row => row.Notification.CreatedAt).ThenBy(row => row.Notification.Id, StringComparer.Ordinal).Take(waiting.Length - mostPending).ToArray();
        foreach (var row in displaced)
        {
            row.Finish(NotificationState.Expired, NotificationTexts.Displaced, notification.CreatedAt);
        }

        return new NotificationAdded(IsNew: true, displaced.Length);
    }

    private ImmutableArray<ClaimedNotification> Claim(NotificationClaim claim)
    {
        var claimed = ImmutableArray.CreateBuilder<ClaimedNotification>();
        var endpoints = records.Rows.Values.Where(row => row.IsPending).GroupBy(row => row.Notification.Endpoint, StringComparer.Ordinal)
            .Where(rows => !claim.Except.Contains(rows.Key, StringComparer.Ordinal) && rows.All(row => row.LeaseUntil <= claim.Now))
            .Select(rows => rows.Where(row => row.DueAt <= claim.Now && row.Notification.ExpiresAt > claim.Now)
                .OrderBy(row => row.DueAt).ThenBy(row => row.Notification.CreatedAt).ThenBy(row => row.Notification.Id, StringComparer.Ordinal).Take(claim.PerEndpoint).ToArray())
            .Where(rows => rows.Length > 0)
            .OrderBy(rows => rows[0].DueAt).ThenBy(rows => rows[0].Notification.Id, StringComparer.Ordinal).Take(claim.Endpoints);
        foreach (var row in endpoints.SelectMany(rows => rows).OrderBy(row => row.DueAt).ThenBy(row => row.Notification.CreatedAt).ThenBy(row => row.Notification.Id, StringComparer.Ordinal).ToArray())
        {
            (row.Lease, row.LeaseUntil) = (++records.LastLease, claim.Now + claim.Lease);
            claimed.Add(new ClaimedNotification(row.Notification, row.Attempts++, row.Lease));
        }

        return claimed.ToImmutable();
    }

    private Task<bool> LeasedAsync(ClaimedNotification row, string what, Action<NotificationRecord> change) => operations.AskAsync(Store, what, () =>
    {
        if (records.Rows.GetValueOrDefault(row.Notification.Id) is not { IsPending: true } record || record.Lease != row.Lease)
        {
            return false;
        }

        change(record);
        return true;
    });
}
