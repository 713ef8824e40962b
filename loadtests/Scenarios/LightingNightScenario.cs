using System.Diagnostics;
using System.Globalization;
using Grid.Connectors.Simulator.Radio;
using Grid.Simulation;
using Grid.Simulation.Faults;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// A night of a simulated department under one lighting plan with a midnight dimming, in which half of the light points are switched live by gateways whose airtime would allow
/// a small part of that one by one: each light point is looked at a minute after each switch point, and the saving that is reported is held against what they truly took.
/// </summary>
internal static class LightingNightScenario
{
    private const double MostDifference = 0.005;
    private const double MostUnicastShare = 1.0 / 20;
    private const int DefaultDevices = 180_000;
    private const int FewestRadioLights = 20_000;

    public static Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var devices = options.Number("devices", DefaultDevices, 1_000, 1_000_000);
        var hours = options.Number("hours", 18, 3, 18);
        var world = SimulationOptions.OfDepartment(options.Text("department", "29"), devices, hours, options.Number("seed", 1, 0, int.MaxValue), FaultRates.None) with
        {
            HasNightPlan = true,
            RadioRetrofitShare = 0.5,
            RadioLossRate = LoRaGateways.LossRateOfFrames,
            ChangesPerHour = 0,
            CommandsPerHour = 0,
            GroupsPerHour = 0,
            CheckEvery = TimeSpan.FromHours(hours),

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

        var radio = night.Radio;
        if (radio.MostUnicastShare > MostUnicastShare)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"airtime allows {radio.MostUnicastShare:0.000} of the messages to one light point that a gateway needs: the night shows nothing"));
        }

        if (devices >= DefaultDevices && radio.Lights < FewestRadioLights)
        {
            failures.Add($"only {radio.Lights} light points are switched live by radio");
        }

        if (night.Late > 0)
        {
            failures.Add($"{night.Late} of {night.Looks} looks at light points found something else than the plan says");
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
                new("radioLightPoints", radio.Lights, "light points"),
                new("radioGateways", radio.Gateways, "gateways"),
                new("unicastNeeded", radio.Lights, "messages at a switch point"),
                new("unicastAllowed", radio.Unicast, "messages in 60 s"),
                new("unicastShare", (double)radio.Unicast / radio.Lights, "1"),
                new("unicastShareOfAGateway", radio.MostUnicastShare, "1"),
                new("multicasts", night.Multicasts, "messages"),
                new("wallSeconds", clock.Elapsed.TotalSeconds, "s"),
                new("violations", result.Violations.Count, "violations"),
            ],
            failures));
    }
}
