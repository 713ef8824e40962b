using System.Globalization;
using Grid.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Silo.Maintenance;

/// <summary><c>migrate</c>: brings a data directory up to the format of this program without starting the grid.</summary>
internal static class MigrateCommand
{
    public static readonly MaintenanceCommand Command = new(
        "migrate",
        "bring a data directory of an older version up to this one",
        """
        A start does the same; the command is for doing it at a time of your choosing. The directory is first copied inside itself, to
        before-format-N, which you may delete once you are content; so there must be room for a second copy. A stop in between is completed by the
        next start or by the command itself. A directory of a newer version is refused and not touched.

        Exit codes: 0 the directory has the format of this program, 1 it could not be brought up, 2 it cannot be used.
        """,
        [],
        RunAsync);

    private static async Task<int> RunAsync(CommandInput input, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(input.Data))
        {
            throw new DataDirectoryException(input.Data, "does not exist.");
        }

        using var metrics = new StorageMetrics();
        var options = new StorageOptions { DataDirectory = input.Data, KeysDirectory = input.Keys, Progress = CommandProgress.ToConsole() };
        await using var storage = new GridStorage(options, TimeProvider.System, metrics, NullLoggerFactory.Instance);
        await storage.OpenAsync();
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{input.Data} has format {DataDirectory.FormatVersion}."));
        return ExitCodes.Fine;
    }
}
