using System.Diagnostics;
using Grid.Simulation;
using Grid.Simulation.Faults;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// A night of a simulated department under one lighting plan with a midnight dimming: each light point is looked at a minute after each switch point, and the saving that
/// is reported is held against what the light points truly took.
/// </summary>
internal static class LightingNightScenario
{
    private const double MostDifference = 0.005;

    public static Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", 160_000, 1_000, 1_000_000);
        var world = SimulationOptions.OfDepartment(options.Text("department", "29"), devices, hours: 18, options.Number("seed", 1, 0, int.MaxValue), FaultRates.None) with
        {
            HasNightPlan = true,
            ChangesPerHour = 0,
            CommandsPerHour = 0,
            GroupsPerHour = 0,
            CheckEvery = TimeSpan.FromHours(18),

            // Devices are looked at between their reports, and programs are not for several threads.
            UsesSecondCore = false,
        };
        var clock = Stopwatch.StartNew();
        var result = Simulations.Run(world);
        var night = result.Night;
        var ratio = night.Controlled.ReportedWattHours / night.Controlled.TrueWattHours;
        List<string> failures = [.. result.Violations.Take(5)];
        if (!(Math.Abs(ratio - 1) <= MostDifference))
        {
            failures.Add($"the saving that is reported of controlled light points is {ratio} times the true one");
        }

        return Task.FromResult(new ScenarioOutcome(
            [
                new("lightPoints", night.Lights, "light points"),
                new("looks", night.Looks, "looks"),
                new("late", night.Late, "looks"),
                new("savedReportedWattHours", night.Controlled.ReportedWattHours, "Wh"),
                new("savedTrueWattHours", night.Controlled.TrueWattHours, "Wh"),
                new("savedRatio", ratio, "1"),
                new("passiveDifference", (night.Passive.ReportedWattHours - night.Passive.TrueWattHours) / night.Passive.FullWattHours, "of full power"),
                new("radioLightPoints", night.RadioLights, "light points"),
                new("unicastAMinute", night.UnicastAMinute, "messages"),
                new("wallSeconds", clock.Elapsed.TotalSeconds, "s"),
                new("violations", result.Violations.Count, "violations"),
            ],
            failures));
    }
}
