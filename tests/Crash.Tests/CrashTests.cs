using Grid.LoadTests;
using Grid.LoadTests.Scenarios;
using Grid.Tests.Database;
using Xunit;

namespace Grid.Tests.Crash;

/// <summary>The crash scenario, in a few rounds. Eventual assertions across real processes: each has a bound.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task What_was_acknowledged_before_a_kill_is_there_exactly_once_after_the_next_start()
    {
        var outcome = await RunAsync("--rounds", "4", "--seed", "3", "--devices", "120", "--load-millis", "1200");

        Assert.Empty(outcome.Failures);
        Assert.Equal(0, Value(outcome, "lost"));
        Assert.Equal(0, Value(outcome, "duplicated"));
        Assert.True(Value(outcome, "acknowledged") > 100, "hardly anything was acknowledged: the run shows nothing");
        Assert.True(Value(outcome, "killsInStart") > 0, "no start was killed: choose another seed");
    }

    [Fact]
    public async Task What_was_acknowledged_over_PostgreSQL_is_there_exactly_once_as_well()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        await using var server = await PostgresServer.StartAsync(syncs: true);
        var outcome = await RunAsync("--rounds", "2", "--seed", "3", "--devices", "60", "--load-millis", "1200", "--database", server.Connection());

        Assert.Empty(outcome.Failures);
        Assert.Equal(0, Value(outcome, "lost"));
        Assert.Equal(0, Value(outcome, "duplicated"));
        Assert.True(Value(outcome, "acknowledged") > 50, "hardly anything was acknowledged: the run shows nothing");
    }

    [Fact]
    public async Task A_disk_that_forgets_what_it_had_synced_is_found_out()
    {
        var outcome = await RunAsync("--rounds", "1", "--seed", "4", "--devices", "60", "--load-millis", "1200", "--plant", "forgetful-disk");

        Assert.True(outcome.Failures.Count > 0, "readings were taken from the log and the run did not notice");
    }

    private static Task<ScenarioOutcome> RunAsync(params string[] options) =>
        CrashScenario.RunAsync(ScenarioOptions.Parse(["crash", .. options]), TestContext.Current.CancellationToken);

    private static double Value(ScenarioOutcome outcome, string name) => outcome.Results.Single(result => result.Name == name).Value;
}
