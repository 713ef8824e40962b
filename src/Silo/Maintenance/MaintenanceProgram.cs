using Grid.Client.Settings;
using Grid.Silo.Startup;
using Grid.Storage;

namespace Grid.Silo.Maintenance;

/// <summary>
/// The program's other commands: <c>check</c>, <c>repair</c>, <c>backup</c>, <c>restore</c>, <c>audit verify</c>, <c>migrate</c>. A first word without
/// dashes is a command; everything else starts the grid.
/// </summary>
internal static class MaintenanceProgram
{
    private static readonly MaintenanceCommand[] Commands =
    [
        CheckCommand.Command,
        RepairCommand.Command,
        BackupCommand.Command,
        RestoreCommand.Command,
        AuditCommand.Command,
        MigrateCommand.Command,
    ];

    /// <summary>Runs the command that was asked for; null when none was, and the grid is to start.</summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is ["--help" or "-h" or "help", ..])
        {
            Console.Out.WriteLine(HelpText.OfProgram(Commands));
            return ExitCodes.Fine;
        }

        if (args.Length == 0 || args[0].StartsWith('-') || args[0].StartsWith('/') || args[0].Contains('='))
        {
            return null;
        }

        try
        {
            return await RunAsync(args);
        }
        catch (Exception unusable) when (unusable is SettingsException or GatewaySettingException or DataDirectoryException)
        {
            Console.Error.WriteLine(unusable.Message);
            return ExitCodes.Unusable;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(failed.Message.ReplaceLineEndings(" "));
            return ExitCodes.Damage;
        }
    }

    private static async Task<int> RunAsync(string[] args)
    {
        var command = Commands.FirstOrDefault(command => IsAsked(command, args))
            ?? throw new SettingsException(
                $"'{args[0]}' is no command. There are {string.Join(", ", Commands.Select(command => command.Name))}; without one, the grid starts. See --help.");
        var configuration = new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();
        var input = CommandInput.Parse(command, args[command.Name.Split(' ').Length..], configuration);
        if (input.Has("--help"))
        {
            Console.Out.WriteLine(HelpText.Of(command));
            return ExitCodes.Fine;
        }

        using var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stopping.Cancel();
        };
        try
        {
            return await command.RunAsync(input, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Console.Error.WriteLine("Stopped before the end.");
            return ExitCodes.Damage;
        }
    }

    private static bool IsAsked(MaintenanceCommand command, string[] args)
    {
        var words = command.Name.Split(' ');
        return args.Length >= words.Length && args.AsSpan(0, words.Length).SequenceEqual(words);
    }
}
