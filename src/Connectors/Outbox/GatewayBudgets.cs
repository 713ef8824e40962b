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

    /// <summary>Takes messages from a gateway's budget, all or none; false when it is spent, with the pause until there are enough.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="budget">Its budget.</param>
    /// <param name="messages">How many. More than may ever go at once are taken when the bucket is full, and what it lacks is paid back before the next.</param>
    /// <param name="reserve">Messages that are left in the bucket for others, unless there would never be enough.</param>
    /// <param name="pause">The pause until there are enough.</param>
    public bool TryTake(string gateway, DownlinkBudget budget, int messages, int reserve, out TimeSpan pause)
    {
        var now = clock.GetUtcNow();
        var enough = Math.Min(budget.Burst, messages + reserve);
        lock (_gate)
        {
            var bucket = FilledAt(gateway, budget, now);
            var taken = bucket.Messages >= enough;
            pause = taken ? TimeSpan.Zero : TimeSpan.FromHours((enough - bucket.Messages) / budget.PerHour);
            _buckets[gateway] = taken ? bucket with { Messages = bucket.Messages - messages } : bucket;
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
