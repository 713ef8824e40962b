using System.Diagnostics;
using System.Globalization;

namespace Grid.Tests.Operations;

public sealed class StopTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("Provisioning a demo of ")] // while the parts of the program are started
    [InlineData("Provisioning a demo of department 29 with 1,000,000 devices: ")] // when they have started
    public async Task A_stop_that_is_asked_for_during_the_start_ends_the_start(string stopAt)
    {
        using var limit = new CancellationTokenSource(Patience);
        var said = new List<string>();
        string[] arguments = [GridCommand.Program, "--urls", "http://127.0.0.1:0", $"--Grid:Data={_scratch.Path}", "--Grid:Demo:Devices=1000000"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                said.Add(line);
                if (line.StartsWith(stopAt, StringComparison.Ordinal))
                {
                    break;
                }
            }

            using (var kill = Process.Start("kill", ["-s", "TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync(limit.Token);
            }

            said.AddRange((await process.StandardOutput.ReadToEndAsync(limit.Token)).Split('\n'));
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        Assert.Equal(0, process.ExitCode);
        Assert.DoesNotContain(said, line => line.StartsWith("Grid is ready", StringComparison.Ordinal));
    }
}
