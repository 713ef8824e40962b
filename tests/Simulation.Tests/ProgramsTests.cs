using Grid.Simulation;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Tests.Simulation;

/// <summary>I9: with Grid down, lights follow their downloaded plans.</summary>
public sealed class ProgramsTests
{
    [Fact]
    public void Two_days_without_Grid_every_controller_follows_its_program_and_what_it_said_is_not_lost()
    {
        // Set up as a real one: what two days have gathered is not to wait for what is small on purpose.
        var result = Simulations.Run(SmallWorld.Of(1) with
        {
            Faults = FaultRates.None,
            Devices = 120,
            Hours = 2,
            CommandsPerHour = 2,
            HasPrograms = true,
            OutageHours = 48,
            Setup = new Setup(),
        });

        Assert.Empty(result.Violations);
        Assert.Equal(2, result.Processes);
        Assert.True(result.ProgramReportsAlone > 10 * 48 * 4, $"{result.ProgramReportsAlone} reports were held against a program while Grid was down");
    }

    [Fact]
    public void Programs_are_followed_whatever_goes_wrong()
    {
        var results = SmallWorld.RunAll(1, 20, world => world with { HasPrograms = true, CommandsPerHour = 5 });

        Assert.Empty(results.Where(result => result.Violations.Count > 0).Select(SmallWorld.Describe));
        Assert.All(results, result => Assert.True(result.ProgramReports > 100, $"{result.ProgramReports} reports of seed {result.Options.Seed} were held against a program"));
    }
}
