using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Alarms.Settings;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Parameters;

/// <summary>Who gives defaults to the devices of a commune, asked for now.</summary>
/// <param name="bodies">Bodies and their members.</param>
/// <param name="table">Communes.</param>
/// <param name="calendars">Local days.</param>
public sealed class TerritoryParameters(IBodyRegistry bodies, ITerritoryTable table, LocalCalendars calendars)
{
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>The local day of a commune.</summary>
    public DateOnly DayAt(string commune, DateTimeOffset now) => Epoch.AddDays(calendars.OfCommune(commune).DayOf(now.ToUnixTimeMilliseconds()).Day);

    /// <summary>The givers of a commune on a local day, the nearest first.</summary>
    public async Task<IReadOnlyList<ParameterGiver>> GiversAsync(IGrainFactory grains, string commune, DateOnly day)
    {
        var givers = new List<ParameterGiver>();
        foreach (var (scope, kinds) in await ScopesAsync(commune, day))
        {
            var view = await grains.GetGrain<IParametersGrain>(scope).Get();
            givers.Add(new(scope, kinds, view.Parameters, view.ChangedAt));
        }

        return givers;
    }

    /// <summary>Who gives settings to the alarms of a commune on a local day, the nearest first.</summary>
    public async Task<IReadOnlyList<AlarmSettingGiver>> AlarmGiversAsync(IGrainFactory grains, string commune, DateOnly day)
    {
        var scopes = await ScopesAsync(commune, day);
        if (table.FindCommune(commune) is { } known)
        {
            scopes.Add((AlarmScopes.OfDepartment(known.Department), DeviceKinds.All));
        }

        scopes.Add((AlarmScopes.All, DeviceKinds.All));
        var givers = new List<AlarmSettingGiver>();
        foreach (var (scope, kinds) in scopes)
        {
            givers.Add(new(kinds, (await grains.GetGrain<IAlarmSettingsGrain>(scope).Get()).Settings));
        }

        return givers;
    }

    /// <summary>The commune, then the bodies that are competent there, each with its kinds.</summary>
    private async Task<List<(string Scope, DeviceKinds Kinds)>> ScopesAsync(string commune, DateOnly day)
    {
        var scopes = new List<(string Scope, DeviceKinds Kinds)> { (ParameterScopes.OfCommune(commune), DeviceKinds.All) };
        var memberships = await bodies.GetBodiesOfAsync(commune, CancellationToken.None);
        if (!memberships.IsEmpty)
        {
            scopes.AddRange(ParameterResolution.Order(memberships, await bodies.ListAsync(CancellationToken.None), day).Select(item => (ParameterScopes.OfBody(item.Body.Siren), item.Kinds)));
        }

        return scopes;
    }
}
