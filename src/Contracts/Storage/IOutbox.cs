using System.Collections.Immutable;
using Grid.Contracts.Commands;

namespace Grid.Contracts.Storage;

/// <summary>
/// Downlinks that are not final yet: what drives each command to its end, whatever stops in between. Rows are claimed by lease, so that two
/// senders never send the same one at the same time.
/// </summary>
public interface IOutbox
{
    /// <summary>Adds a row, durable when it completes; a command that is there already changes nothing.</summary>
    Task AddAsync(Downlink downlink, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>
    /// Leases rows that are due and not leased, at most <paramref name="limit"/>: first those for one device (<see cref="DownlinkOwner.Command"/>), then those for many,
    /// in each oldest due first. A quarter of the limit is kept for those for many while there are so many, so that neither keeps the other from being claimed.
    /// </summary>
    Task<ImmutableArray<OutboxRow>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken);

    /// <summary>Ends the lease and says when the row is due next; false when the lease was lost.</summary>
    Task<bool> RescheduleAsync(OutboxRow row, DateTimeOffset dueAt, bool sent, CancellationToken cancellationToken);

    /// <summary>The command is final: removes its row.</summary>
    Task RemoveAsync(string command, CancellationToken cancellationToken);

    /// <summary>Rows in the outbox.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);
}

/// <summary>A claimed row.</summary>
/// <param name="Downlink">What to send.</param>
/// <param name="Attempts">Times that it was sent or tried before.</param>
/// <param name="WasSent">True when it was handed to the network and only waits for its end.</param>
/// <param name="Lease">The claim, for <see cref="IOutbox.RescheduleAsync"/>.</param>
public sealed record OutboxRow(Downlink Downlink, int Attempts, bool WasSent, long Lease);

/// <summary>One append-only record of who changed or commanded what.</summary>
public interface IAuditLog
{
    /// <summary>Appends an entry, durable when it completes.</summary>
    Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>The newest entries, newest first, at most <paramref name="limit"/>.</summary>
    Task<ImmutableArray<AuditEntry>> ReadNewestAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>Who did what to what. Never holds a secret.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Actor">Who: a user, a key's name, <c>system</c>.</param>
/// <param name="Action">What, such as <c>device.put</c>, <c>command.submit</c>.</param>
/// <param name="Target">To what, such as <c>device:L1</c>.</param>
/// <param name="Detail">The change, for people.</param>
public sealed record AuditEntry(DateTimeOffset At, string Actor, string Action, string Target, string Detail);
