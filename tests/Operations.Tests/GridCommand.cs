using System.Diagnostics;

namespace Grid.Tests.Operations;

/// <summary>The program run with a command, as an operator runs it.</summary>
internal static class GridCommand
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Grid.Silo.dll");

    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
