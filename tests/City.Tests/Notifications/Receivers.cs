using System.Collections.Concurrent;
using Grid.Connectors.Notifications;
using Grid.Contracts.Notifications;

namespace Grid.Tests.City.Notifications;

/// <summary>Receivers of one kind: each answers as its test says, and remembers what it was told and when.</summary>
internal sealed class Receivers(EndpointKind kind, TimeProvider clock) : INotificationCarrier
{
    private int _atOnce;

    /// <summary>How a receiver answers its n-th try, counted from 1.</summary>
    public Func<NotificationEndpoint, int, CancellationToken, Task<CarryResult>> Answer { get; set; } = (_, _, _) => Task.FromResult(new CarryResult(CarryStatus.Delivered));

    public ConcurrentQueue<(string Endpoint, string Id, DateTimeOffset At)> Tries { get; } = new();

    /// <summary>Most tries that were under way at the same time.</summary>
    public int MostAtOnce { get; private set; }

    public EndpointKind Kind => kind;

    public int TriesOf(string endpoint) => Tries.Count(sent => sent.Endpoint == endpoint);

    public async Task<CarryResult> CarryAsync(NotificationEndpoint endpoint, Notification notification, CancellationToken cancellationToken)
    {
        Tries.Enqueue((endpoint.Id, notification.Id, clock.GetUtcNow()));
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _atOnce));
        try
        {
            return await Answer(endpoint, TriesOf(endpoint.Id), cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }
    }

    /// <summary>Never answers.</summary>
    public static async Task<CarryResult> HangAsync(CancellationToken cancellationToken)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        return default;
    }
}
