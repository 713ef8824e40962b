using System.Diagnostics;

namespace Grid.LoadTests;

/// <summary>
/// The garbage collector sizes its youngest generation by the processor's caches. A world of many devices keeps gigabytes for long and makes as much
/// that dies young: with 16 MB it spends half of its time looking through the old for what points to the young. The world has one thread, and the collector stops
/// it: with a thread for each core it stops it for less long. All of that can only be given by the environment, before the process begins.
/// </summary>
internal static class YoungGeneration
{
    private const string Variable = "DOTNET_GCgen0size";
    private const string Bytes = "0x20000000"; // 512 MiB
    private const int ManyDevices = 5_000;

    /// <summary>True for a large world while nobody has said a size.</summary>
    public static bool IsTooSmallFor(ScenarioOptions options) =>
        options is { Scenario: "simulate" } && !options.Has("seeds") && options.Number("devices", 100_000, 1, 1_000_000) > ManyDevices
        && Environment.GetEnvironmentVariable(Variable) is null;

    /// <summary>Runs the same again in a process with a larger one; answers its exit code.</summary>
    public static async Task<int> RestartLargerAsync(string[] arguments)
    {
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, isHost ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments);
        start.Environment[Variable] = Bytes;
        start.Environment["DOTNET_gcServer"] = "1";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        using var process = Process.Start(start)!;
        Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true; // the other process is told too, and ends first
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
