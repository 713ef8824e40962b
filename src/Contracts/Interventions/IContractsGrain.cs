using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Interventions;

/// <summary>The table of contracts. One grain, keyed by <see cref="Key"/>.</summary>
[Alias("grid.IContractsGrain"), RequiresRight(Right.Internal)]
public interface IContractsGrain : IGrainWithStringKey
{
    /// <summary>Its key.</summary>
    const string Key = "contracts";

    /// <summary>Most contracts.</summary>
    const int MaximumContracts = 500;

    /// <summary>Creates or replaces a contract; persisted when answered. The same again is no new version. Orders that are open keep the terms that they were opened with.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="version">Replaces this version and no other (0: there is none yet); null replaces any.</param>
    [Alias("Put")]
    Task<ContractAnswer> Put(ServiceContract contract, long? version);

    /// <summary>The contract, null when there is none.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<ContractView?> Get(string id);

    /// <summary>Contracts by id, after one, at most <paramref name="limit"/>.</summary>
    [Alias("List"), AlwaysInterleave]
    ValueTask<ImmutableArray<ContractView>> List(string? after, int limit);

    /// <summary>
    /// The terms for a device of a kind in a commune at an instant: a contract of the commune itself before one of a body that is competent there for the kind (an EPCI before a syndicate
    /// before a department), and of several of one holder the first by id. Without a contract, no deadline and a clock that never stands still.
    /// </summary>
    /// <param name="commune">INSEE code.</param>
    /// <param name="kind">The kind; null where it is about no device: then no contract covers it.</param>
    /// <param name="at">When.</param>
    [Alias("Choose"), AlwaysInterleave]
    Task<WorkTerms> Choose(string commune, DeviceKind? kind, DateTimeOffset at);
}

/// <summary>What is wrong with a request, and why.</summary>
/// <param name="Field">The field, such as <c>lots[0].kinds</c>.</param>
/// <param name="Reason">Why, for people.</param>
[GenerateSerializer, Immutable, Alias("grid.InterventionFault")]
public readonly record struct InterventionFault([property: Id(0)] string Field, [property: Id(1)] string Reason);

/// <summary>Answer to a change of a contract.</summary>
[GenerateSerializer, Immutable, Alias("grid.ContractAnswer")]
public sealed record ContractAnswer
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    [Id(0)] public ImmutableArray<InterventionFault> Faults { get; init; } = [];

    /// <summary>True when another version is there than the one to replace; then nothing was changed.</summary>
    [Id(1)] public bool IsConflict { get; init; }

    /// <summary>What was there before; null when it is new.</summary>
    [Id(2)] public ContractView? Former { get; init; }

    /// <summary>What is there now; null when nothing is.</summary>
    [Id(3)] public ContractView? View { get; init; }
}
