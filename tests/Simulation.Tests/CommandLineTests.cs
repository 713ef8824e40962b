using System.Diagnostics;

namespace Grid.Tests.Simulation;

/// <summary>What is asked for and does not exist is refused in one line that names the option, before anything runs.</summary>
public sealed class CommandLineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("--department", "99x")]
    [InlineData("--plant", "offByOne")]
    [InlineData("--faults", "earthquake")]
    [InlineData("--hours", "0")]
    public async Task An_option_with_an_unknown_value_ends_with_2_and_one_line_that_names_it(string option, string value)
    {
        var (exitCode, errors) = await RunAsync("simulate", "--devices", "20", "--communes", "2", "--hours", "1", option, value);

        Assert.Equal(2, exitCode);
        var line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Contains(option, line, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_refuses_the_same()
    {
        var (exitCode, errors) = await RunAsync("simulate", "--seeds", "3", "--department", "99x");

        Assert.Equal(2, exitCode);
        Assert.Contains("--department is '99x'", Assert.Single(errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Grid.LoadTests.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        await output;
        return (process.ExitCode, await errors);
    }
}
