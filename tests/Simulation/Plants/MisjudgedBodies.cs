using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Simulation.Plants;

/// <summary>Bodies whose kinds are taken for each other: the farthest one goes before the nearest.</summary>
internal sealed class MisjudgedBodies(IBodyRegistry inner) : IBodyRegistry
{
    public async Task<ImmutableArray<Body>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await inner.ListAsync(cancellationToken)).Select(body => body with { Kind = BodyKind.Department - (byte)body.Kind })];

    public Task<bool> PutAsync(Body body, CancellationToken cancellationToken) => inner.PutAsync(body, cancellationToken);

    public Task PutMembersAsync(string siren, ImmutableArray<Membership> members, CancellationToken cancellationToken) => inner.PutMembersAsync(siren, members, cancellationToken);

    public Task<Body?> GetAsync(string siren, CancellationToken cancellationToken) => inner.GetAsync(siren, cancellationToken);

    public Task<ImmutableArray<Membership>> GetMembersAsync(string siren, CancellationToken cancellationToken) => inner.GetMembersAsync(siren, cancellationToken);

    public Task<ImmutableArray<Membership>> GetBodiesOfAsync(string commune, CancellationToken cancellationToken) => inner.GetBodiesOfAsync(commune, cancellationToken);
}
