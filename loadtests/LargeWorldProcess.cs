using System.Diagnostics;

namespace Grid.LoadTests;

/// <summary>
/// A process for a large world. It keeps about a gigabyte for long and makes gigabytes that die young, on one thread that the collector stops. By its own measure the
/// collector would look through the old for what points to the young dozens of times a minute: with a large young generation it does so a tenth as often, with a thread for each
/// core for half as long, and the books of a sector are young too, for which it would otherwise look through all that is old. What is called
/// often is compiled for good as soon as it is: by default that waits until nothing new is called for a tenth of a second, which a world never lets happen in its first minute. All of that can only be given by the environment, before the process begins.
/// </summary>
internal static class LargeWorldProcess
{
    private const string YoungGeneration = "DOTNET_GCgen0size";
    private const int ManyDevices = 5_000;

    private static readonly (string Variable, string Value)[] Settings =
    [
        (YoungGeneration, "0x20000000"), // 512 MiB, the most that it takes
        ("DOTNET_gcServer", "1"),
        ("DOTNET_gcConcurrent", "0"),
        ("DOTNET_GCDynamicAdaptationMode", "0"), // as many heaps as cores from the beginning
        ("DOTNET_GCLOHThreshold", "0x400000"), // 4 MiB, the most that it takes
        ("DOTNET_TC_CallCountingDelayMs", "0"),
    ];

    /// <summary>True for a large world while nobody has said a size of the young generation.</summary>
    public static bool IsNeededFor(ScenarioOptions options) =>
        options is { Scenario: "simulate" } && !options.Has("seeds") && options.Number("devices", 100_000, 1, 1_000_000) > ManyDevices
        && Environment.GetEnvironmentVariable(YoungGeneration) is null;

    /// <summary>Runs the same again in such a process; answers its exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, isHost ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments);
        foreach (var (variable, value) in Settings)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true; // the other process is told too, and ends first
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
