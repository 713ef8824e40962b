using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Parameters;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Orleans;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>The controllers of a sector as they are found.</summary>
/// <param name="UnderPlans">Those under a plan.</param>
/// <param name="Unplanned">The cabinets under none.</param>
internal sealed record FoundControllers(IReadOnlyCollection<Controller> UnderPlans, IReadOnlyCollection<UnplannedCabinet> Unplanned);

/// <summary>Finds which controllers of a sector are under which plan, and the program that each should run by it.</summary>
internal sealed class SectorPlans(string sector, LivePlans plans, ControllersBook book, IDeviceRegistry registry, IGrainFactory grains)
{
    private const int Page = 5_000;
    private const int TargetsAtOnce = 1_000;

    private ILightingDirectoryGrain Directory => grains.GetGrain<ILightingDirectoryGrain>(ILightingDirectoryGrain.Key);

    /// <summary>The controllers as they are by what plans and devices say now.</summary>
    public async Task<FoundControllers> FindAsync(DateTimeOffset now)
    {
        var today = TodayAt(now);
        var (found, unplanned) = await ResolveAsync(today);
        foreach (var plan in found.Select(controller => controller.Plan).Distinct(StringComparer.Ordinal).ToArray())
        {
            await FetchAsync(plan);
        }

        var next = new List<Controller>(found.Count);
        foreach (var controller in found)
        {
            // Removed between the directory's answer and its own: the next look finds it so.
            if (plans.Find(controller.Plan) is var (planVersion, plan))
            {
                var kept = ControllerRules.Carry(controller, book.Find(controller.Device));
                next.Add(kept.State == ControllerState.Live ? kept : ControllerRules.Assign(kept, ProgramFor(kept, planVersion, plan, today, now), now));
            }
        }

        return new FoundControllers(next, unplanned);
    }

    /// <summary>Fetches the plans that controllers are under and that are not known here, as after an activation.</summary>
    public async Task FetchMissingAsync()
    {
        foreach (var plan in book.Controllers.Select(controller => controller.Plan).Distinct(StringComparer.Ordinal).Where(plan => plans.Find(plan) is null).ToArray())
        {
            await FetchAsync(plan);
        }
    }

    private async Task<(List<Controller> UnderPlans, List<UnplannedCabinet> Unplanned)> ResolveAsync(DateOnly today)
    {
        var found = new List<(Controller Controller, DeviceDescriptor Device)>();
        var wiring = new CabinetWiring();
        var given = (await grains.GetGrain<ISectorGrain>(sector).GetParameters()).Of(DeviceKind.Streetlight);
        var query = new DeviceQuery { Communes = [(plans.Place.Commune, DeviceKinds.Cabinet | DeviceKinds.Streetlight)], Limit = Page };
        ImmutableArray<DeviceRecord> page;
        do
        {
            page = await registry.ListAsync(query, CancellationToken.None);
            foreach (var record in page.Where(record => record.Sector == sector))
            {
                wiring.Add(record.Descriptor);
                if (ControllerRules.Of(record.Descriptor, given) is { } controller)
                {
                    found.Add((controller, record.Descriptor));
                }
            }

            query = query with { After = page.IsEmpty ? null : page[^1].Descriptor.Id };
        }
        while (page.Length == Page);

        var under = new List<Controller>();
        var unplanned = new List<UnplannedCabinet>();
        foreach (var chunk in found.Chunk(TargetsAtOnce))
        {
            var choices = await Directory.ResolveAll([.. chunk.Select(item => PlanTarget.Of(item.Device))], today);
            foreach (var (item, choice) in chunk.Zip(choices))
            {
                if (choice is not null)
                {
                    under.Add(Wired(item) with { Plan = choice.Plan, By = choice.By });
                }
                else if (item.Controller.Kind == DeviceKind.Cabinet)
                {
                    unplanned.Add(new UnplannedCabinet(item.Device.Id, wiring.LoadsOf(item.Device.Id), []));
                }
            }
        }

        return (under, unplanned);

        Controller Wired((Controller Controller, DeviceDescriptor Device) item) =>
            item.Controller.Kind == DeviceKind.Cabinet ? item.Controller with { Segments = wiring.SegmentsOf(item.Device), Loads = wiring.LoadsOf(item.Device.Id) } : item.Controller;
    }

    private async Task FetchAsync(string id)
    {
        if (await grains.GetGrain<ILightingPlanGrain>(id).Get() is { } view && PlanParsing.Parse(view.Plan, out _) is { } parsed)
        {
            plans.Set(id, view.Version, parsed);
        }
    }

    /// <summary>The version of the program that a controller should run: the one that it had, as long as the plan says the same and it names enough nights.</summary>
    private long ProgramFor(Controller controller, long planVersion, ParsedPlan plan, DateOnly today, DateTimeOffset now)
    {
        if (book.ProgramOf(controller.Plan, controller.MinimumPercent, today) is { } known)
        {
            if (known.PlanVersion == planVersion)
            {
                return known.Version;
            }

            var same = ProgramCompiler.Compile(plan, controller.Plan, planVersion, plans.Place, controller.MinimumPercent, known.Calendar[0].From, known.Version);
            if (ProgramCompiler.AreSame(known, same))
            {
                book.Add(same);
                return known.Version;
            }
        }

        var program = ProgramCompiler.Compile(plan, controller.Plan, planVersion, plans.Place, controller.MinimumPercent, today.AddDays(-1), book.NextVersion(now));
        book.Add(program);
        return program.Version;
    }

    private DateOnly TodayAt(DateTimeOffset now)
    {
        var local = NodaTime.Instant.FromDateTimeOffset(now).InZone(NodaTime.DateTimeZoneProviders.Tzdb[plans.Place.ZoneId]).Date;
        return new DateOnly(local.Year, local.Month, local.Day);
    }
}
