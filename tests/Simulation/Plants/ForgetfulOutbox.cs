using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Plants;

/// <summary>An outbox that now and then answers and has not kept the downlink.</summary>
internal sealed class ForgetfulOutbox(IOutbox inner, Chance chance) : IOutbox
{
    public Task AddAsync(Downlink downlink, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        chance.Happens(0.2) ? Task.CompletedTask : inner.AddAsync(downlink, dueAt, cancellationToken);

    public Task<ImmutableArray<OutboxRow>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken) =>
        inner.ClaimAsync(owner, now, lease, limit, cancellationToken);

    public Task<bool> RescheduleAsync(OutboxRow row, DateTimeOffset dueAt, bool sent, CancellationToken cancellationToken) => inner.RescheduleAsync(row, dueAt, sent, cancellationToken);

    public Task RemoveAsync(string command, CancellationToken cancellationToken) => inner.RemoveAsync(command, cancellationToken);

    public Task<long> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);
}
