using System.Diagnostics;

namespace Grid.LoadTests;

/// <summary>Settings of the runtime that a scenario needs and that can only be given by the environment, before the process begins: it is run again in a process that has them.</summary>
internal sealed class ProcessSettings
{
    private const int ManyDevices = 5_000;

    /// <summary>
    /// For a large world. It keeps about a gigabyte for long and makes gigabytes that die young, on one thread that the collector stops. By its own measure the
    /// collector would look through the old for what points to the young dozens of times a minute: with a large young generation it does so a tenth as often, with a thread for each
    /// core for half as long, and the books of a sector are young too, for which it would otherwise look through all that is old. What is called
    /// often is compiled for good as soon as it is: by default that waits until nothing new is called for a tenth of a second, which a world never lets happen in its first minute.
    /// </summary>
    private static readonly ProcessSettings OfLargeWorld = new(
        ("DOTNET_GCgen0size", "0x20000000"), // 512 MiB, the most that it takes
        ("DOTNET_gcServer", "1"),
        ("DOTNET_gcConcurrent", "0"),
        ("DOTNET_GCDynamicAdaptationMode", "0"), // as many heaps as cores from the beginning
        ("DOTNET_GCLOHThreshold", "0x400000"), // 4 MiB, the most that it takes
        ("DOTNET_TC_CallCountingDelayMs", "0"));

    /// <summary>Those of the program that ships (src/Silo/Silo.csproj), for grains of it that are measured in this process.</summary>
    private static readonly ProcessSettings OfSilo = new(
        ("DOTNET_gcServer", "1"),
        ("DOTNET_gcConcurrent", "1"),
        ("DOTNET_TieredPGO", "0"),
        ("DOTNET_TC_QuickJitForLoops", "0"));

    private readonly (string Variable, string Value)[] _settings;

    private ProcessSettings(params (string Variable, string Value)[] settings) => _settings = settings;

    /// <summary>The settings that a scenario needs and this process lacks; null when it has them, or somebody has given the first of them another value.</summary>
    public static ProcessSettings? MissingFor(ScenarioOptions options)
    {
        var needed = options.Scenario switch
        {
            "simulate" when !options.Has("seeds") && options.Number("devices", 100_000, 1, 1_000_000) > ManyDevices => OfLargeWorld,
            "grains" or "rules" => OfSilo,
            _ => null,
        };
        return needed is not null && Environment.GetEnvironmentVariable(needed._settings[0].Variable) is null ? needed : null;
    }

    /// <summary>Runs the same again in a process that has them; answers its exit code.</summary>
    public async Task<int> RunAsync(string[] arguments)
    {
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, isHost ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments);
        foreach (var (variable, value) in _settings)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true; // the other process is told too, and ends first
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
