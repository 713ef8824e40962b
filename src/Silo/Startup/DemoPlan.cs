using Grid.Contracts.Lighting;
using Orleans;

namespace Grid.Silo.Startup;

/// <summary>
/// The lighting plan of the demo's syndicate: a midnight dimming with the decision that it cites, made through the same door as anybody's. It belongs to whoever operates the
/// demo from then on: one that was changed or removed stays so.
/// </summary>
internal static class DemoPlan
{
    private const string Id = "demo-midnight-dimming";

    private static readonly LightingPlan Plan = new()
    {
        Name = "Abaissement de minuit (démonstration)",
        Decision = new PlanDecision("Délibération 2026-114 (démonstration)", new DateOnly(2026, 3, 12)),
        Programs =
        [
            new ControlProgram("night", [new SwitchPoint("sunset", 100, 30), new SwitchPoint("23:00", 30, 60), new SwitchPoint("05:30", 100, 60), new SwitchPoint("sunrise", 0, 0)]),
            new ControlProgram("feast", [new SwitchPoint("sunset", 100, 30), new SwitchPoint("sunrise", 0, 0)]),
        ],
        Calendar = [new CalendarEntry("always", "night", 0), new CalendarEntry("holidayEves", "feast", 10)],
    };

    /// <summary>Makes and assigns the plan; done a second time, as after a start that was cut short, it changes nothing.</summary>
    public static async Task ProvisionAsync(IGrainFactory grains, string syndicate)
    {
        var plan = grains.GetGrain<ILightingPlanGrain>(Id);
        var faults = (await plan.Put(Plan)).Faults.AddRange((await plan.Assign([new PlanAssignment { Syndicate = syndicate }])).Faults);
        if (!faults.IsEmpty)
        {
            throw new InvalidOperationException($"Demo plan: {faults[0].Field} {faults[0].Reason}.");
        }
    }
}
