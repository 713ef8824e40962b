using Grid.Grains.History;
using Grid.Simulation;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Tests.Simulation;

/// <summary>
/// What is full in a department is full in a small world whose bounds are small. What waits there goes on in the world's own thread: otherwise a seed could not be
/// replayed, and in the grid a grain would have left its turn.
/// </summary>
public sealed class SetupTests
{
    [Fact]
    public void What_waits_for_history_goes_on_in_the_thread_of_its_world() =>
        Holds(new Setup { HistoryBuffered = 20, HistoryFlushAfter = TimeSpan.FromMinutes(2) });

    [Fact]
    public void What_the_feed_of_history_has_no_room_for_is_read_from_the_log() =>
        Holds(new Setup { Feed = new HistoryFeedOptions { MaximumHeld = 0, EntriesPerTurn = 5 } });

    [Fact]
    public void The_seeds_of_a_sweep_differ_in_their_setup()
    {
        var setups = Enumerable.Range(1, 200).Select(seed => new World(SmallWorld.Of(seed)).Setup).ToList();

        Assert.All([35, 10, 1], seconds => Assert.Contains(setups, setup => setup.HistoryFlushAfter == TimeSpan.FromSeconds(seconds)));
        Assert.All([20_000, 20], entries => Assert.Contains(setups, setup => setup.HistoryBuffered == entries));
        Assert.All([200_000, 20, 0], entries => Assert.Contains(setups, setup => setup.Feed.MaximumHeld == entries));
        Assert.All([200, 0], entries => Assert.Contains(setups, setup => setup.Sectors.ReplayAtOnce == entries));
    }

    private static void Holds(Setup setup)
    {
        var result = Simulations.Run(SmallWorld.Of(1) with { Faults = FaultRates.None, Setup = setup });

        Assert.Empty(result.Violations);
    }
}
