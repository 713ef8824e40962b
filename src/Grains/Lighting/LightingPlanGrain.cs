using System.Collections.Immutable;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Lighting;

/// <summary>
/// One lighting plan: see <see cref="ILightingPlanGrain"/>. Order of writes: the directory's mark and claim, the plan, the directory's completion. What is
/// answered is what was persisted.
/// </summary>
public sealed class LightingPlanGrain(
    [PersistentState("lighting-plan")] IPersistentState<StoredLightingPlan> state,
    ITerritoryTable table,
    IBodyRegistry bodies,
    IDeviceDirectory devices,
    TimeProvider clock) : Grain, ILightingPlanGrain
{
    private const int MonthsLookedAt = 12;
    private const int DayLookedAt = 21;

    private static readonly LightingPlace Paris = new("75056", "75", LocalCalendars.DefaultZone, 2.3522, 48.8566);

    private PlanView? _view;
    private ParsedPlan? _parsed;

    private ILightingDirectoryGrain Directory => GrainFactory.GetGrain<ILightingDirectoryGrain>(ILightingDirectoryGrain.Key);

    /// <summary>A plan as it stands in lists.</summary>
    public static PlanSummary SummaryOf(PlanView view) => new()
    {
        Id = view.Id,
        Name = view.Plan.Name,
        Version = view.Version,
        Decision = view.Plan.Decision,
        Assignments = view.Assignments,
    };

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Show();
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<PlanAnswer> Put(LightingPlan plan)
    {
        _ = PlanParsing.Parse(plan, out var faults);
        faults = faults.AddRange(UnknownCommunes(plan));
        if (!faults.IsEmpty)
        {
            return new PlanAnswer { Faults = faults };
        }

        var former = state.State;
        if (former.Plan is { } held && PlanComparison.AreSame(held, plan))
        {
            return new PlanAnswer { View = _view };
        }

        return await Change(new StoredLightingPlan { Plan = plan, Version = former.Version + 1, ChangedAt = Now(), Assignments = former.Assignments });
    }

    public async Task<PlanAnswer> Assign(ImmutableArray<PlanAssignment> assignments)
    {
        if (state.State.Plan is null)
        {
            return new PlanAnswer();
        }

        var known = (await bodies.ListAsync(CancellationToken.None)).Select(body => body.Siren).ToHashSet(StringComparer.Ordinal);
        var faults = PlanAssignments.Check(assignments, commune => table.FindCommune(commune) is not null, known, device => devices.Find(device)?.Kind);
        if (!faults.IsEmpty)
        {
            return new PlanAnswer { Faults = faults };
        }

        var former = state.State;
        return await Change(new StoredLightingPlan { Plan = former.Plan, Version = former.Version, ChangedAt = Now(), Assignments = assignments });
    }

    public async Task<bool> Delete()
    {
        if (state.State.Plan is null)
        {
            return false;
        }

        await Change(new StoredLightingPlan { Version = state.State.Version, ChangedAt = Now() });
        return true;
    }

    public ValueTask<PlanView?> Get() => new(_view);

    public ValueTask<PlanPreview?> Preview(string commune, DateOnly date, double minimumPercent)
    {
        if (_view is not { } view || _parsed is not { } parsed)
        {
            return new(default(PlanPreview));
        }

        var place = LightingPlaces.Of(table, table.FindCommune(commune) ?? throw new ArgumentException($"There is no commune {commune}.", nameof(commune)));
        var night = new LocalNight(place, date);
        var profile = parsed.Compile(place, night).AtLeast(night.Sunset, night.Sunrise, minimumPercent);
        return new(new PlanPreview
        {
            Version = view.Version,
            Program = parsed.ProgramOf(date, place.Department),
            ZoneId = place.ZoneId,
            Start = night.Local(night.Start),
            End = night.Local(night.End),
            Sunset = night.Local(night.Sunset),
            CivilDusk = night.Local(night.CivilDusk),
            CivilDawn = night.Local(night.CivilDawn),
            Sunrise = night.Local(night.Sunrise),
            Points = [.. profile.Points.Select(point => new PreviewPoint(night.Local(point.At), point.FromPercent, point.Percent, point.RampMilliseconds / 1000.0))],
            Lit = TimeSpan.FromMilliseconds(profile.LitWithin(night.Start, night.End).Sum(span => span.To - span.From)),
            FullLight = TimeSpan.FromMilliseconds(Math.Round(profile.FullMilliseconds(night.Start, night.End))),
            Warnings = NuisanceHours.Check(parsed.Installation, profile, night),
        });
    }

    private async Task<PlanAnswer> Change(StoredLightingPlan next)
    {
        var id = this.GetPrimaryKeyString();
        var faults = await Directory.Begin(id, next.Assignments);
        if (!faults.IsEmpty)
        {
            return new PlanAnswer { Faults = faults };
        }

        var former = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // Perhaps written, perhaps not: the directory's mark stays, and what is shown is what was surely written.
            state.State = former;
            throw;
        }

        Show();
        await Directory.Complete(id, _view is { } view ? SummaryOf(view) : null);
        return new PlanAnswer { IsNew = former.Plan is null, View = _view };
    }

    private void Show()
    {
        if (state.State is not { Plan: { } plan } stored)
        {
            (_view, _parsed) = (null, null);
            return;
        }

        _parsed = PlanParsing.Parse(plan, out var faults)
            ?? throw new InvalidOperationException($"Plan {this.GetPrimaryKeyString()} was stored and cannot be understood: {faults[0].Field} {faults[0].Reason}.");
        _view = new PlanView
        {
            Id = this.GetPrimaryKeyString(),
            Version = stored.Version,
            ChangedAt = stored.ChangedAt,
            Plan = plan,
            Assignments = stored.Assignments,
            Warnings = WarningsOf(_parsed, stored),
        };
    }

    private ImmutableArray<PlanWarning> WarningsOf(ParsedPlan parsed, StoredLightingPlan stored)
    {
        var first = stored.Assignments.Select(assignment => assignment.Commune).FirstOrDefault(commune => commune is not null);
        var place = first is not null && table.FindCommune(first) is { } commune ? LightingPlaces.Of(table, commune) : Paris;
        var month = new DateOnly(stored.ChangedAt.Year, stored.ChangedAt.Month, DayLookedAt);
        return
        [
            .. Enumerable.Range(0, MonthsLookedAt).Select(month.AddMonths)
                .SelectMany(date => new LocalNight(place, date) is var night ? NuisanceHours.Check(parsed.Installation, parsed.Compile(place, night), night) : [])
                .DistinctBy(warning => (warning.Article, warning.Message)),
        ];
    }

    private IEnumerable<PlanFault> UnknownCommunes(LightingPlan plan) =>
        plan.Overrides.Select((item, index) => (Field: $"overrides[{index}].commune", item.Commune))
            .Concat(plan.Pauses.Select((item, index) => (Field: $"pauses[{index}].commune", item.Commune)))
            .Where(item => item.Commune is not null && table.FindCommune(item.Commune) is null)
            .Select(item => new PlanFault(item.Field, "is no commune that is known"));

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
