using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Parameters;

/// <summary>Who gives defaults to the devices of a commune, asked for now.</summary>
/// <param name="bodies">Bodies and their members.</param>
/// <param name="calendars">Local days.</param>
public sealed class TerritoryParameters(IBodyRegistry bodies, LocalCalendars calendars)
{
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>The local day of a commune.</summary>
    public DateOnly DayAt(string commune, DateTimeOffset now) => Epoch.AddDays(calendars.OfCommune(commune).DayOf(now.ToUnixTimeMilliseconds()).Day);

    /// <summary>The givers of a commune on a local day, the nearest first.</summary>
    public async Task<IReadOnlyList<ParameterGiver>> GiversAsync(IGrainFactory grains, string commune, DateOnly day)
    {
        var givers = new List<ParameterGiver> { await GiverAsync(grains, ParameterScopes.OfCommune(commune), DeviceKinds.All) };
        var memberships = await bodies.GetBodiesOfAsync(commune, CancellationToken.None);
        if (!memberships.IsEmpty)
        {
            foreach (var (body, kinds) in ParameterResolution.Order(memberships, await bodies.ListAsync(CancellationToken.None), day))
            {
                givers.Add(await GiverAsync(grains, ParameterScopes.OfBody(body.Siren), kinds));
            }
        }

        return givers;
    }

    private static async Task<ParameterGiver> GiverAsync(IGrainFactory grains, string scope, DeviceKinds kinds) =>
        new(scope, kinds, (await grains.GetGrain<IParametersGrain>(scope).Get()).Parameters);
}
