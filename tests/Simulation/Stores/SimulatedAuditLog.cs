using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Stores;

/// <summary>The audit of one process.</summary>
/// <param name="entries">What outlives it, oldest first.</param>
/// <param name="operations">The way to it.</param>
internal sealed class SimulatedAuditLog(List<AuditEntry> entries, Operations operations) : IAuditLog
{
    private const string Store = "audit";

    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken) => operations.AskAsync(Store, "append", () =>
    {
        entries.Add(entry);
        return entries.Count;
    });

    public Task<ImmutableArray<AuditEntry>> ReadNewestAsync(int limit, CancellationToken cancellationToken) =>
        operations.AskAsync(Store, "read", () => entries.AsEnumerable().Reverse().Take(limit).ToImmutableArray());
}
