using Grid.Simulation;
using Grid.Simulation.Faults;

namespace Grid.Tests.Simulation;

/// <summary>Small worlds in which everything goes wrong that may. Other seeds, and larger worlds: <c>loadtests -- simulate --seeds</c>.</summary>
public sealed class SweepTests
{
    private const int SeedsAtOnce = 20;

    public static TheoryData<int> FirstSeeds => [.. Enumerable.Range(0, 10).Select(part => 1 + (part * SeedsAtOnce))];

    [Theory]
    [MemberData(nameof(FirstSeeds))]
    public void The_invariants_hold_whatever_goes_wrong(int firstSeed)
    {
        var failed = SmallWorld.RunAll(firstSeed, SeedsAtOnce).Where(result => result.Violations.Count > 0).ToList();

        Assert.True(failed.Count == 0, string.Join('\n', failed.Select(SmallWorld.Describe)));
    }

    [Fact]
    public void A_sweep_has_crashes_in_it_and_readings_and_commands_that_end_in_every_way_that_a_lamp_knows()
    {
        var results = SmallWorld.RunAll(1, 10);

        Assert.True(results.Sum(result => result.Processes) > results.Count, "no process died in ten worlds");
        Assert.All(results, result => Assert.True(result.Readings > 100, $"{result.Readings} readings in a world"));
        Assert.True(results.Sum(result => result.Frames) > results.Count, "hardly a meter sent its day");
        Assert.All(["confirmed", "expired", "superseded"], end => Assert.Contains(results, result => result.CommandEnds.GetValueOrDefault(end) > 0));
    }

    [Fact]
    public void A_world_in_which_nothing_goes_wrong_needs_one_process()
    {
        var result = Simulations.Run(SmallWorld.Of(1) with { Faults = FaultRates.None });

        Assert.Empty(result.Violations);
        Assert.Equal(1, result.Processes);
    }
}
