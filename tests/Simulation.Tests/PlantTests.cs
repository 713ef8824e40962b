using Grid.Simulation;
using Grid.Simulation.Faults;

namespace Grid.Tests.Simulation;

/// <summary>The control: a checker that finds nothing proves nothing until it has found the bugs that were put there for it.</summary>
public sealed class PlantTests
{
    private const int MostSeeds = 40;

    [Theory]
    [InlineData("lostAcknowledgement", "I2")]
    [InlineData("increment", "I1")]
    [InlineData("earlyCheckpoint", "I2")]
    [InlineData("skippedReplay", "I2")]
    [InlineData("unorderedStream", "I5")]
    [InlineData("skippingCursor", "I5")]
    [InlineData("historyAhead", "I2")]
    [InlineData("forgetfulOutbox", "I4")]
    [InlineData("slowControllers", "I9")]
    [InlineData("farthestFirst", "I2")]
    [InlineData("forgetfulNotifications", "I2")]
    [InlineData("forgetfulRules", "I3")]
    [InlineData("forgetfulOrders", "I2")]
    public void A_planted_bug_is_found_by_a_sweep(string plant, string invariant)
    {
        // What the bug breaks, and not the disk's or the network's own faults, which only make a world slower.
        var faults = FaultRates.Parse("crash=2,powerLoss=1,silence,lateReading,duplicateReading,reconnect");

        var found = Enumerable.Range(1, MostSeeds)
            .Select(seed => Simulations.Run(SmallWorld.Of(seed) with { Plant = plant, Faults = faults, HasPrograms = true }))
            .FirstOrDefault(result => result.Violations.Any(violation => violation.StartsWith(invariant, StringComparison.Ordinal)));

        Assert.True(found is not null, $"{plant} was not found in {MostSeeds} worlds");
    }

    [Fact]
    public void The_same_worlds_without_a_bug_hold()
    {
        var faults = FaultRates.Parse("crash=2,powerLoss=1,silence,lateReading,duplicateReading,reconnect");

        var failed = SmallWorld.RunAll(1, MostSeeds, world => world with { Faults = faults }).Where(result => result.Violations.Count > 0);

        Assert.Empty(failed.Select(SmallWorld.Describe));
    }

    [Fact]
    public void Every_bug_that_can_be_planted_is_looked_for() =>
        Assert.Equal(
            ["earlyCheckpoint", "farthestFirst", "forgetfulNotifications", "forgetfulOrders", "forgetfulOutbox", "forgetfulRules", "historyAhead", "increment", "lostAcknowledgement", "skippedReplay", "skippingCursor", "slowControllers", "unorderedStream"],
            Simulations.Plants.Order(StringComparer.Ordinal));

    [Fact]
    public void A_bug_that_does_not_exist_is_refused_by_name() =>
        Assert.Contains("offByOne", Assert.Throws<ArgumentException>(() => Simulations.Run(SmallWorld.Of(1) with { Plant = "offByOne" })).Message, StringComparison.Ordinal);
}
