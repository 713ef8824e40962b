using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;

namespace Grid.Connectors.Outbox;

/// <summary>An outbox that rings once a row is kept that is due already.</summary>
internal sealed class RingingOutbox(IOutbox inner, OutboxBell bell, TimeProvider clock) : IOutbox
{
    public async Task AddAsync(Downlink downlink, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        await inner.AddAsync(downlink, dueAt, cancellationToken);
        RingIfDue(dueAt);
    }

    public async Task<bool> RescheduleAsync(OutboxRow row, DateTimeOffset dueAt, bool sent, CancellationToken cancellationToken)
    {
        var isMine = await inner.RescheduleAsync(row, dueAt, sent, cancellationToken);
        RingIfDue(dueAt);
        return isMine;
    }

    public Task<ImmutableArray<OutboxRow>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken) =>
        inner.ClaimAsync(owner, now, lease, limit, cancellationToken);

    public Task RemoveAsync(string command, CancellationToken cancellationToken) => inner.RemoveAsync(command, cancellationToken);

    public Task<long> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

    private void RingIfDue(DateTimeOffset dueAt)
    {
        if (dueAt <= clock.GetUtcNow())
        {
            bell.Ring();
        }
    }
}
