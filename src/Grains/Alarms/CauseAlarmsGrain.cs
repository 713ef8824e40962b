using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Sectors;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Alarms;

/// <summary>
/// Makes one alarm of what a cause brings about in several sectors: see <see cref="ICauseAlarmsGrain"/>. Which sector has it, and which are told so, is persisted before they are told, so that whatever is lost in
/// between is told again; what a sector was told is in its log.
/// </summary>
public sealed class CauseAlarmsGrain([PersistentState("cause")] IPersistentState<StoredCause> state) : Grain, ICauseAlarmsGrain
{
    private static readonly TimeSpan AfterHint = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly SortedSet<string> _hinted = new(StringComparer.Ordinal);
    private IGrainTimer _look = null!;
    private bool _isHinted;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _look = this.RegisterGrainTimer(_ => LookAsync(), state.State.Home is null ? Timeout.InfiniteTimeSpan : AfterHint, Every);
        return base.OnActivateAsync(cancellationToken);
    }

    public Task Hint(string sector)
    {
        // Must go on when nobody says anything more.
        DelayDeactivation(TimeSpan.MaxValue);
        _hinted.Add(sector);
        if (!_isHinted)
        {
            _isHinted = true;
            _look.Change(AfterHint, Every);
        }

        return Task.CompletedTask;
    }

    private async Task LookAsync()
    {
        _isHinted = false;
        var cause = this.GetPrimaryKeyString();
        var glances = new SortedDictionary<string, AlarmCauseGlance>(StringComparer.Ordinal);
        foreach (var sector in _hinted.Concat(state.State.Sectors).Distinct(StringComparer.Ordinal).ToArray())
        {
            glances[sector] = await GrainFactory.GetGrain<ISectorGrain>(sector).GetAlarmCause(cause);
        }

        var next = CauseRules.Next(state.State.Home, state.State.Sectors, glances);
        if (next.Home is not null && (next.Home != state.State.Home || !next.Sectors.SequenceEqual(state.State.Sectors)))
        {
            await KeepAsync(next);
        }

        foreach (var (sector, glance) in glances)
        {
            var home = next.Sectors.Contains(sector) ? next.Home : null;
            if (glance.Home != home)
            {
                await GrainFactory.GetGrain<ISectorGrain>(sector).FoldAlarmCause(cause, home);
            }
        }

        if (next.Home is null && state.State.Home is not null)
        {
            // Only when all are told, so that none is forgotten.
            await KeepAsync(next);
        }

        _hinted.RemoveWhere(sector => glances.TryGetValue(sector, out var glance) && glance.Active == 0 && glance.Home is null);
        if (next.Home is null && _hinted.Count == 0)
        {
            DeactivateOnIdle();
        }
    }

    private async Task KeepAsync((string? Home, ImmutableArray<string> Sectors) next)
    {
        var former = state.State;
        state.State = new StoredCause { Home = next.Home, Sectors = next.Sectors };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = former;
            throw;
        }
    }
}
