using System.Collections.Immutable;
using Grid.Contracts.Parameters;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Client.Bodies;

/// <summary>Changes bodies and tells the territories concerned, so that figures follow before the caller is answered.</summary>
public sealed class BodyChanges(IBodyRegistry bodies, IGridGrains grains)
{
    private const int ConcurrentRefreshes = 16;

    /// <summary>Creates or replaces a body and, when given, its members; true when it was new. Not cut short when the caller leaves.</summary>
    public async Task<bool> PutAsync(Body body, ImmutableArray<Membership>? members)
    {
        var isNew = await bodies.PutAsync(body, CancellationToken.None);
        if (members is { } given)
        {
            await PutMembersAsync(body.Siren, given);
        }
        else
        {
            await grains.Body(body.Siren).Refresh();
            await grains.Parameters(ParameterScopes.OfBody(body.Siren)).Renew();
        }

        return isNew;
    }

    /// <summary>Replaces the members of a body.</summary>
    public async Task PutMembersAsync(string siren, ImmutableArray<Membership> members)
    {
        var former = await bodies.GetMembersAsync(siren, CancellationToken.None);
        await bodies.PutMembersAsync(siren, members, CancellationToken.None);

        // Communes first: they learn where to publish. Then the body asks its members.
        var communes = former.Concat(members).Select(member => member.Commune).Distinct();
        await Parallel.ForEachAsync(
            communes,
            new ParallelOptions { MaxDegreeOfParallelism = ConcurrentRefreshes },
            async (commune, _) =>
            {
                await grains.Commune(commune).Refresh();
                await grains.Parameters(ParameterScopes.OfCommune(commune)).Renew();
            });
        await grains.Body(siren).Refresh();
        await grains.LightingDirectory().Renew();
    }
}
