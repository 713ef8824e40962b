using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Stores;

/// <summary>Downlinks that outlive processes.</summary>
internal sealed class OutboxRecords
{
    public SortedDictionary<string, OutboxRecord> Rows { get; } = new(StringComparer.Ordinal);

    public long LastLease { get; set; }
}

/// <summary>A row, and who has it until when.</summary>
internal sealed class OutboxRecord(Downlink downlink, DateTimeOffset dueAt)
{
    public Downlink Downlink { get; } = downlink;

    public DateTimeOffset DueAt { get; set; } = dueAt;

    public int Attempts { get; set; }

    public bool WasSent { get; set; }

    public long Lease { get; set; }

    public DateTimeOffset LeaseUntil { get; set; }
}

/// <summary>The outbox of one process.</summary>
/// <param name="records">What outlives it.</param>
/// <param name="operations">The way to it.</param>
internal sealed class SimulatedOutbox(OutboxRecords records, Operations operations) : IOutbox
{
    private const string Store = "outbox";

    public Task AddAsync(Downlink downlink, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        operations.AskAsync(Store, "add", () => records.Rows.TryAdd(downlink.Command, new OutboxRecord(downlink, dueAt)));

    public Task<ImmutableArray<OutboxRow>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken) =>
        operations.AskAsync(Store, "claim", () => Claim(now, lease, limit));

    public Task<bool> RescheduleAsync(OutboxRow row, DateTimeOffset dueAt, bool sent, CancellationToken cancellationToken) => operations.AskAsync(Store, "reschedule", () =>
    {
        if (!records.Rows.TryGetValue(row.Downlink.Command, out var record) || record.Lease != row.Lease)
        {
            return false;
        }

        (record.DueAt, record.Lease, record.LeaseUntil) = (dueAt, 0, default);
        record.WasSent |= sent;
        return true;
    });

    public Task RemoveAsync(string command, CancellationToken cancellationToken) => operations.AskAsync(Store, "remove", () => records.Rows.Remove(command));

    public Task<long> CountAsync(CancellationToken cancellationToken) => operations.AskAsync(Store, "count", () => (long)records.Rows.Count);

    private ImmutableArray<OutboxRow> Claim(DateTimeOffset now, TimeSpan lease, int limit)
    {
        var claimed = ImmutableArray.CreateBuilder<OutboxRow>();
        var due = records.Rows.Values.Where(record => record.DueAt <= now && record.LeaseUntil <= now).OrderBy(record => record.DueAt).ToList();
        var forOne = due.Where(record => record.Downlink.Owner == DownlinkOwner.Command).Take(limit).ToList();
        var forMany = due.Where(record => record.Downlink.Owner != DownlinkOwner.Command).Take(Math.Max(limit / 4, limit - forOne.Count)).ToList();
        foreach (var record in forOne.Take(limit - forMany.Count).Concat(forMany))
        {
            (record.Lease, record.LeaseUntil) = (++records.LastLease, now + lease);
            claimed.Add(new OutboxRow(record.Downlink, record.Attempts++, record.WasSent, record.Lease));
        }

        return claimed.ToImmutable();
    }
}
