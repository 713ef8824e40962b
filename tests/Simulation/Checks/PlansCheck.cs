using Grid.Contracts.Lighting;
using Grid.Grains.Lighting;
using Grid.Grains.Lighting.Controllers;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>I2 for plans: each is there as it was answered last, and each controller knows within the hour which one it is under.</summary>
internal static class PlansCheck
{
    /// <summary>What a hint that was lost is made up for within, and a little more.</summary>
    private static readonly TimeSpan KnownWithin = TimeSpan.FromMinutes(70);

    public static async Task RunAsync(World world, GridProcess process)
    {
        foreach (var id in world.Planners.Ids)
        {
            var shown = (await process.Grains.GetGrain<ILightingPlanGrain>(id).Get())?.Plan;
            var accepted = world.Planners.Accepted.GetValueOrDefault(id);
            if (accepted is null ? shown is not null : shown is null || !PlanComparison.AreSame(shown, accepted))
            {
                world.Violated("I2", $"plan {id} is {shown?.Name ?? "not there"}, and was answered as {accepted?.Name ?? "removed"}");
            }
        }

        // What was changed since the last look, hours ago, may not be known yet.
        var (known, isKnown) = (world.Planners.RevisionLookedAt, world.Clock.GetUtcNow() - world.Planners.ChangedAt >= KnownWithin);
        world.Planners.RevisionLookedAt = world.Registry.Revision;
        if (!isKnown)
        {
            return;
        }

        var directory = process.Grains.GetGrain<ILightingDirectoryGrain>(ILightingDirectoryGrain.Key);
        var today = DateOnly.FromDateTime(world.Clock.GetUtcNow().UtcDateTime);
        foreach (var (id, record) in world.Registry.Devices.OrderBy(device => device.Key, StringComparer.Ordinal))
        {
            if (ControllerRules.Of(record.Descriptor) is null || record.Revision > known)
            {
                continue;
            }

            var choice = await directory.Resolve(PlanTarget.Of(record.Descriptor), today);
            var under = choice is null
                ? null
                : (await process.Grains.GetGrain<ISectorControllersGrain>(record.Sector).List(choice.Plan, null, null, int.MaxValue)).FirstOrDefault(view => view.Device == id);
            if (choice is not null && under is null)
            {
                world.Violated("I2", $"controller {id} is under plan {choice.Plan} by {choice.By}, and its sector does not know");
            }
        }
    }
}
