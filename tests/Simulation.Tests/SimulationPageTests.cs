using System.Globalization;
using Grid.Simulation;
using Grid.Simulation.Faults;

namespace Grid.Tests.Simulation;

/// <summary>docs/simulation.md says what the code does: every fault with its rate, every bug that can be planted, and no other.</summary>
public sealed class SimulationPageTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "simulation.md"));

    [Fact]
    public void It_names_every_fault_with_its_rate_and_what_that_counts() =>
        Assert.Equal(
            FaultRates.Defaults.Select(fault => (Word(fault.Key), fault.Value.Rate.ToString(CultureInfo.InvariantCulture), fault.Value.Per)).Order(),
            Rows("## Faults").Select(cells => (cells[0], cells[2], cells[3])).Order());

    [Fact]
    public void It_names_every_bug_that_can_be_planted() =>
        Assert.Equal(Simulations.Plants.Order(StringComparer.Ordinal), Rows("## Planted bugs").Select(cells => cells[0]).Order(StringComparer.Ordinal));

    private static string Word(Fault fault) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(fault.ToString());

    /// <summary>The rows of the table below a heading, without head and rule; names without their marks.</summary>
    private static IEnumerable<string[]> Rows(string heading) => Page
        .SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Trim('|', ' ').Split('|').Select(cell => cell.Trim(' ', '`')).ToArray());
}
