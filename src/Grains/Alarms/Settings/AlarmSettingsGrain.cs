using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Sectors;
using Grid.Grains.Parameters;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Alarms.Settings;

/// <summary>What a territory gives to the definitions of alarms: see <see cref="IAlarmSettingsGrain"/>.</summary>
public sealed class AlarmSettingsGrain(
    [PersistentState("alarmSettings")] IPersistentState<StoredAlarmSettings> state, ScopeSectors scopes, TimeProvider clock) : Grain, IAlarmSettingsGrain
{
    private string _scope = "";

    // Only what is persisted: it is asked for while a change is under way.
    private AlarmSettingsView _view = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _scope = this.GetPrimaryKeyString();
        _view = View(state.State);
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<AlarmSettingsAnswer> Put(ImmutableArray<AlarmSetting> settings, long? version)
    {
        var former = _view;
        if (AlarmSettingRules.Check(settings) is { IsEmpty: false } faults)
        {
            return new AlarmSettingsAnswer { Faults = faults, Former = former, View = former };
        }

        if (version is { } expected && expected != former.Version)
        {
            return new AlarmSettingsAnswer { IsConflict = true, Former = former, View = former };
        }

        // Found before anything is written: what is persisted is answered, whatever befalls the hints.
        var sectors = await scopes.OfAsync(_scope);
        var next = AlarmSettingRules.Normalize(settings);
        if (!next.SequenceEqual(former.Settings))
        {
            await WriteAsync(new StoredAlarmSettings { Settings = next, Version = former.Version + 1, ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()) });
        }

        // Also when nothing changed: whoever got no answer asks again, and the sectors may not have been told.
        foreach (var sector in sectors)
        {
            await GrainFactory.GetGrain<ISectorGrain>(sector).RenewParameters();
        }

        return new AlarmSettingsAnswer { Former = former, View = _view };
    }

    public ValueTask<AlarmSettingsView> Get() => new(_view);

    private async Task WriteAsync(StoredAlarmSettings next)
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

    private AlarmSettingsView View(StoredAlarmSettings stored) => new()
    {
        Scope = _scope,
        Version = stored.Version,
        ChangedAt = stored.Version > 0 ? stored.ChangedAt : null,
        Settings = stored.Settings,
    };
}
