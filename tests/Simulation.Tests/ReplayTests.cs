using System.Diagnostics;
using System.Text.Json;
using Grid.Simulation;
using Grid.Simulation.Faults;

namespace Grid.Tests.Simulation;

/// <summary>I8: the same seed gives the same run, to the byte of its event trace.</summary>
public sealed class ReplayTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    [InlineData(42)]
    public void The_same_seed_gives_the_same_trace(int seed)
    {
        var first = Simulations.Run(SmallWorld.Of(seed));
        var second = Simulations.Run(SmallWorld.Of(seed));

        Assert.Equal(first.TraceHash, second.TraceHash);
        Assert.Equal(first.Events, second.Events);
        Assert.NotEqual(first.TraceHash, Simulations.Run(SmallWorld.Of(seed + 1)).TraceHash);
    }

    [Fact]
    public void The_lines_of_a_trace_are_the_same_twice_and_change_nothing()
    {
        var (first, second) = (new StringWriter(), new StringWriter());
        Simulations.Run(SmallWorld.Of(5) with { Lines = first });
        var result = Simulations.Run(SmallWorld.Of(5) with { Lines = second });

        Assert.Equal(first.ToString(), second.ToString());
        Assert.Contains("batch sent", first.ToString(), StringComparison.Ordinal);
        Assert.Equal(Simulations.Run(SmallWorld.Of(5)).TraceHash, result.TraceHash);
    }

    [Fact]
    public void Worlds_that_run_beside_each_other_are_as_if_alone()
    {
        SimulationOptions[] worlds = [.. Enumerable.Range(31, 8).Select(seed => SmallWorld.Of(seed) with { Hours = 2 })];

        var alone = Simulations.RunAll(worlds, atOnce: 1);
        var together = Simulations.RunAll(worlds, atOnce: 4);

        Assert.Equal(worlds.Select(world => world.Seed), together.Select(result => result.Options.Seed));
        Assert.Equal(alone.Select(result => result.TraceHash), together.Select(result => result.TraceHash));
    }

    [Fact]
    public void A_world_that_spares_time_is_the_same_as_one_that_does_not()
    {
        var first = Simulations.Run(SmallWorld.Of(23));
        var second = Simulations.Run(SmallWorld.Of(23) with { CopiesStates = true, UsesSecondCore = true });

        Assert.True(first.Processes > 1, "nothing was read back: no process died");
        Assert.Equal(first.TraceHash, second.TraceHash);
    }

    [Fact]
    public async Task Another_process_gives_the_same_trace()
    {
        var file = Path.GetTempFileName();
        try
        {
            var program = Path.Combine(AppContext.BaseDirectory, "Grid.LoadTests.dll");
            using var process = Process.Start(new ProcessStartInfo("dotnet")
            {
                ArgumentList = { program, "simulate", "--seed", "7", "--devices", "60", "--communes", "3", "--hours", "4", "--clients", "3", "--faults", "all", "--json", file },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            using var limit = new CancellationTokenSource(Limit);
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{await output}{await errors}");
            using var report = JsonDocument.Parse(await File.ReadAllTextAsync(file, limit.Token));
            var there = report.RootElement.GetProperty("results").EnumerateArray().First(result => result.GetProperty("name").GetString() == "traceHash").GetProperty("unit").GetString();

            Assert.Equal(Simulations.Run(SmallWorld.Of(7)).TraceHash, there);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_command_that_replays_a_world_names_all_of_it() =>
        Assert.Equal(
            "--department 29 --devices 60 --communes 3 --hours 4 --clients 3 --seed 9 --faults crash=2,silence=0.01 --plant increment --trace trace.txt",
            (SmallWorld.Of(9) with { Faults = FaultRates.Parse("crash=2,silence"), Plant = "increment" }).ToCommand());
}
