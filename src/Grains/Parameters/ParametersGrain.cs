using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Parameters;

/// <summary>The defaults of a commune or a body: see <see cref="IParametersGrain"/>.</summary>
public sealed class ParametersGrain(
    [PersistentState("parameters")] IPersistentState<StoredParameters> state,
    ScopeSectors scopes,
    ITerritoryTable table,
    TerritoryParameters territory,
    TimeProvider clock) : Grain, IParametersGrain
{
    private string _scope = "";

    // Only what is persisted: it is asked for while a change is under way.
    private ParametersView _view = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _scope = this.GetPrimaryKeyString();
        _view = View(state.State);
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<ParametersAnswer> Put(ImmutableArray<ParameterSet> parameters, long? version)
    {
        var former = _view;
        if (ParameterRules.Check(parameters) is { IsEmpty: false } faults)
        {
            return new ParametersAnswer { Faults = faults, Former = former, View = former };
        }

        if (version is { } expected && expected != former.Version)
        {
            return new ParametersAnswer { IsConflict = true, Former = former, View = former };
        }

        // Found before anything is written: what is persisted is answered, whatever befalls the hints.
        var sectors = await scopes.OfAsync(_scope);
        var next = ParameterRules.Normalize(parameters);
        if (!ParameterSets.AreEqual(next, former.Parameters))
        {
            await WriteAsync(new StoredParameters { Parameters = next, Version = former.Version + 1, ChangedAt = Now() });
        }

        // Also when nothing changed: whoever got no answer asks again, and the sectors may not have been told.
        await TellAsync(sectors);
        return new ParametersAnswer { Former = former, View = _view };
    }

    public ValueTask<ParametersView> Get() => new(_view);

    public async Task Renew() => await TellAsync(await scopes.OfAsync(_scope));

    public async Task<DeviceParameters> Explain(DeviceDescriptor device)
    {
        var givers = await territory.GiversAsync(GrainFactory, device.Commune, territory.DayAt(device.Commune, clock.GetUtcNow()));
        var commune = table.FindCommune(device.Commune);
        var sector = commune is null ? null : SectorMap.SectorOf(commune.InseeCode, commune.Population, DescriptorRules.SliceKey(device));
        var applied = sector is null ? [] : await GrainFactory.GetGrain<ISectorGrain>(sector).GetParameters();
        return new DeviceParameters
        {
            Parameters = ParameterResolution.Explain(device, givers),
            IsApplied = applied.Of(device.Kind).SequenceEqual(ParameterResolution.Given(givers).Of(device.Kind)),
        };
    }

    private async Task WriteAsync(StoredParameters next)
    {
        state.State = next;
        try
        {
            await state.WriteStateAsync();
            _view = View(next);
        }
        catch
        {
            // Whether it is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }

    private async Task TellAsync(ImmutableArray<string> sectors)
    {
        foreach (var sector in sectors)
        {
            await GrainFactory.GetGrain<ISectorGrain>(sector).RenewParameters();
        }
    }

    private ParametersView View(StoredParameters stored) => new()
    {
        Scope = _scope,
        Version = stored.Version,
        ChangedAt = stored.Version > 0 ? stored.ChangedAt : null,
        Parameters = stored.Parameters,
    };

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
