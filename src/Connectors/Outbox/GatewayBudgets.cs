using Grid.Contracts.Commands;

namespace Grid.Connectors.Outbox;

/// <summary>
/// What may still be sent through each network gateway: a bucket that fills evenly and is full at first sight. Bounded: where there are too many, those of which
/// nothing was asked for an hour are forgotten.
/// </summary>
internal sealed class GatewayBudgets(TimeProvider clock)
{
    private const int MaximumRemembered = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Takes one message from a gateway's budget; false when it is spent, with the pause until the next.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="budget">Its budget.</param>
    /// <param name="reserve">Messages that are left in the bucket for others.</param>
    /// <param name="pause">The pause until there is one.</param>
    public bool TryTake(string gateway, DownlinkBudget budget, int reserve, out TimeSpan pause)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            var bucket = FilledAt(gateway, budget, now);
            var taken = bucket.Messages >= 1 + reserve;
            pause = taken ? TimeSpan.Zero : TimeSpan.FromHours((1 + reserve - bucket.Messages) / budget.PerHour);
            _buckets[gateway] = taken ? bucket with { Messages = bucket.Messages - 1 } : bucket;
            return taken;
        }
    }

    private Bucket FilledAt(string gateway, DownlinkBudget budget, DateTimeOffset now)
    {
        if (_buckets.TryGetValue(gateway, out var bucket))
        {
            // A clock that steps back fills nothing.
            var hours = Math.Max(0, (now - bucket.At).TotalHours);
            return new Bucket(Math.Min(budget.Burst, bucket.Messages + (hours * budget.PerHour)), now);
        }

        if (_buckets.Count >= MaximumRemembered)
        {
            foreach (var (full, _) in _buckets.Where(other => now - other.Value.At > TimeSpan.FromHours(1)).ToArray())
            {
                _buckets.Remove(full);
            }
        }

        return new Bucket(budget.Burst, now);
    }

    private readonly record struct Bucket(double Messages, DateTimeOffset At);
}
