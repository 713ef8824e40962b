using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Lighting;

/// <summary>
/// The directory of plans. A plan that changes is marked before it is written and completed after: a stop in between leaves the mark, and then the plan
/// itself says what it is. Both its former and its claimed assignments are taken until then.
/// </summary>
public sealed class LightingDirectoryGrain(
    [PersistentState("lighting-directory")] IPersistentState<StoredLightingDirectory> state,
    IBodyRegistry bodies,
    IDeviceDirectory devices,
    ITerritoryTable table) : Grain, ILightingDirectoryGrain
{
    /// <summary>Most devices named by the assignments of all plans.</summary>
    private const int MaximumIds = 100_000;

    // What is taken, by key: made when it is asked for, and dropped with each change.
    private Dictionary<string, string>? _taken;

    public async Task<ImmutableArray<PlanFault>> Begin(string plan, ImmutableArray<PlanAssignment> assignments)
    {
        var plans = state.State.Plans;
        var place = IndexOf(plan);
        var faults = Conflicts(plan, assignments);
        if (place < 0 && plans.Length >= ILightingDirectoryGrain.MaximumPlans)
        {
            faults = faults.Add(new("id", $"would be more than {ILightingDirectoryGrain.MaximumPlans} plans"));
        }

        if (faults.IsEmpty)
        {
            var entry = place < 0
                ? new DirectoryEntry { Plan = plan, IsChanging = true, Claimed = assignments }
                : plans[place] with { IsChanging = true, Claimed = assignments };
            await Write(place < 0 ? plans.Insert(~place, entry) : plans.SetItem(place, entry));
        }

        return faults;
    }

    public async Task Complete(string plan, PlanSummary? summary)
    {
        if (IndexOf(plan) is var place && place >= 0)
        {
            await Write(summary is null
                ? state.State.Plans.RemoveAt(place)
                : state.State.Plans.SetItem(place, new DirectoryEntry { Plan = plan, Summary = summary }));
            await TellControllersAsync();
        }
    }

    public async Task Renew()
    {
        if (state.State.Revision > 0)
        {
            await Write(state.State.Plans);
            await TellControllersAsync();
        }
    }

    public async ValueTask<ImmutableArray<PlanSummary>> List(string? after, int limit)
    {
        var plans = state.State.Plans;
        var page = ImmutableArray.CreateBuilder<PlanSummary>();
        var place = after is null ? 0 : IndexOf(after) is var found && found >= 0 ? found + 1 : ~found;
        for (; place < plans.Length && page.Count < limit; place++)
        {
            if (await Now(plans[place]) is { } summary)
            {
                page.Add(summary);
            }
        }

        return page.DrainToImmutable();
    }

    public async ValueTask<PlanChoice?> Resolve(PlanTarget target, DateOnly date) => (await ResolveAll([target], date))[0];

    public async ValueTask<ImmutableArray<PlanChoice?>> ResolveAll(ImmutableArray<PlanTarget> targets, DateOnly date)
    {
        var taken = Taken();
        var holds = new Dictionary<string, bool>(StringComparer.Ordinal);
        var bodiesOf = new Dictionary<(string Commune, DeviceKind Kind), List<string>>();
        var choices = ImmutableArray.CreateBuilder<PlanChoice?>(targets.Length);
        foreach (var target in targets)
        {
            if (!bodiesOf.TryGetValue((target.Commune, target.Kind), out var competent))
            {
                bodiesOf.Add((target.Commune, target.Kind), competent = await CompetentAsync(target, date));
            }

            var choice = default(PlanChoice);
            foreach (var key in PlanAssignments.KeysFor(target, competent))
            {
                if (taken.TryGetValue(key, out var plan) && (holds.TryGetValue(key, out var known) ? known : holds[key] = await Holds(plan, key)))
                {
                    choice = new PlanChoice(plan, key);
                    break;
                }
            }

            choices.Add(choice);
        }

        return choices.MoveToImmutable();
    }

    public ValueTask<long> GetRevision() => new(state.State.Revision);

    /// <summary>A hint: a sector that misses it finds the other revision within the hour.</summary>
    private async Task TellControllersAsync()
    {
        foreach (var sector in devices.Communes().Select(table.FindCommune).OfType<Commune>().SelectMany(commune => SectorMap.SectorsOf(commune.InseeCode, commune.Population)).Order(StringComparer.Ordinal))
        {
            await GrainFactory.GetGrain<ISectorControllersGrain>(sector).Changed();
        }
    }

    private async ValueTask<List<string>> CompetentAsync(PlanTarget target, DateOnly date)
    {
        var memberships = await bodies.GetBodiesOfAsync(target.Commune, CancellationToken.None);
        var kind = (DeviceKinds)(1 << (int)target.Kind);
        return
        [
            .. memberships.Where(member => member.HoldsOn(date) && (member.Kinds & kind) != 0)
                .Select(member => member.Body).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>True when the plan has an assignment now: a claim may not have been written.</summary>
    private async ValueTask<bool> Holds(string plan, string key) =>
        await Now(state.State.Plans[IndexOf(plan)]) is { } summary && PlanAssignments.KeysOf(summary.Assignments).Any(item => item.Key == key);

    private async ValueTask<PlanSummary?> Now(DirectoryEntry entry) =>
        entry.IsChanging
            ? await GrainFactory.GetGrain<ILightingPlanGrain>(entry.Plan).Get() is { } view ? LightingPlanGrain.SummaryOf(view) : null
            : entry.Summary;

    private ImmutableArray<PlanFault> Conflicts(string plan, ImmutableArray<PlanAssignment> assignments)
    {
        var taken = Taken();
        var faults = PlanAssignments.KeysOf(assignments)
            .Where(item => taken.TryGetValue(item.Key, out var holder) && holder != plan)
            .Select(item => new PlanFault(item.Field, $"is assigned to plan {taken[item.Key]}"));
        var ids = state.State.Plans.Where(entry => entry.Plan != plan).Sum(entry => IdsIn(entry.Summary?.Assignments ?? []) + IdsIn(entry.Claimed));
        return ids + IdsIn(assignments) > MaximumIds
            ? [.. faults, new("assignments", $"would name more than {MaximumIds} devices over all plans")]
            : [.. faults];
    }

    private static int IdsIn(ImmutableArray<PlanAssignment> assignments) => assignments.Sum(assignment => assignment.Ids.Length);

    private Dictionary<string, string> Taken()
    {
        if (_taken is null)
        {
            _taken = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var entry in state.State.Plans)
            {
                foreach (var (key, _) in PlanAssignments.KeysOf((entry.Summary?.Assignments ?? []).AddRange(entry.Claimed)))
                {
                    _taken[key] = entry.Plan;
                }
            }
        }

        return _taken;
    }

    private async Task Write(ImmutableArray<DirectoryEntry> plans)
    {
        var former = state.State;
        _taken = null;
        state.State = new StoredLightingDirectory { Plans = plans, Revision = former.Revision + 1 };
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

    private int IndexOf(string plan)
    {
        var plans = state.State.Plans;
        var (low, high) = (0, plans.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(plans[middle].Plan, plan);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        return ~low;
    }
}
