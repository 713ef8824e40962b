using System.Diagnostics;

namespace Grid.Tests.Operations;

/// <summary>The program run with a command, as an operator runs it.</summary>
internal static class GridCommand
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Grid.Silo.dll");

    public static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunWithAsync([], arguments);

    /// <summary>Runs it with variables of the environment.</summary>
    public static async Task<(int Code, string Output, string Error)> RunWithAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
