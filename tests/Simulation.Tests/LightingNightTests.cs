using Grid.Connectors.Simulator.Radio;
using Grid.Simulation;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Tests.Simulation;

/// <summary>A night under a lighting plan, from the plan's assignment to the saving.</summary>
public sealed class LightingNightTests
{
    [Fact]
    public void Every_light_point_does_what_the_plan_says_within_a_minute_and_the_saving_is_the_true_one()
    {
        var result = Simulations.Run(SmallWorld.Of(3) with
        {
            Faults = FaultRates.None,
            Devices = 500,
            Hours = 18,
            CommandsPerHour = 0,
            PlansPerHour = 0,
            ParametersPerHour = 0,
            PagesPerHour = 0,
            RulesPerHour = 0,
            WorkOrdersPerHour = 0,
            GroupsPerHour = 0,
            ChangesPerHour = 0,
            HasNightPlan = true,
            Setup = new Setup(),
        });

        Assert.Empty(result.Violations);
        Assert.True(result.Night.Lights > 200, $"{result.Night.Lights} light points");
        Assert.Equal((4L * result.Night.Lights, 0L), (result.Night.Looks, result.Night.Late));
        Assert.True(result.Night.Controlled.TrueWattHours > 1_000, $"{result.Night.Controlled.TrueWattHours} Wh were saved");
        Assert.InRange(result.Night.Controlled.ReportedWattHours / result.Night.Controlled.TrueWattHours, 0.995, 1.005);
    }

    [Fact]
    public void Where_airtime_allows_a_twentieth_of_it_one_by_one_all_light_points_of_a_gateway_switch_within_a_minute_though_frames_are_lost()
    {
        var result = Simulations.Run(SmallWorld.Of(5) with
        {
            Faults = FaultRates.None,
            Devices = 3_000,
            Hours = 18,
            CommandsPerHour = 0,
            PlansPerHour = 0,
            ParametersPerHour = 0,
            PagesPerHour = 0,
            RulesPerHour = 0,
            WorkOrdersPerHour = 0,
            GroupsPerHour = 0,
            ChangesPerHour = 0,
            Clients = 1,
            HasNightPlan = true,
            RadioRetrofitShare = 1,
            RadioLossRate = LoRaGateways.LossRateOfFrames,
            CopiesStates = true,
            Setup = new Setup(),
        });

        Assert.Empty(result.Violations);
        Assert.True(result.Night.Radio.Lights > 1_600, $"{result.Night.Radio.Lights} light points by radio");
        Assert.InRange(result.Night.Radio.MostUnicastShare, 0.01, 0.05);
        Assert.Equal((4L * result.Night.Lights, 0L), (result.Night.Looks, result.Night.Late));
    }

    [Fact]
    public void Plans_that_people_make_are_lost_nowhere_whatever_goes_wrong()
    {
        var results = SmallWorld.RunAll(1, 12, world => world with { PlansPerHour = 6, CommandsPerHour = 5 });

        Assert.True(results.All(result => result.Violations.Count == 0), string.Join("\n", results.Where(result => result.Violations.Count > 0).Select(SmallWorld.Describe)));
    }
}
