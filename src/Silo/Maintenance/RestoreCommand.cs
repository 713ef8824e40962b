using System.Globalization;
using System.Text.Json;
using Grid.Storage.Backups;

namespace Grid.Silo.Maintenance;

/// <summary><c>restore</c>: makes a data directory out of a backup, at a new place.</summary>
internal static class RestoreCommand
{
    public static readonly MaintenanceCommand Command = new(
        "restore",
        "make a data directory out of a backup, at a new place",
        """
        Compares every file of the backup with the SHA-256 in its manifest while it copies, then checks the whole as the command check does. Only then
        does the new directory get its name: a damaged backup is refused with the name of the file, and nothing of it stays. Start the grid on the
        new directory afterwards: it holds everything that was acknowledged before the backup was begun.

        Keys of subscribers come from their own backup (--keys-from). --erasures names the register of erasures of today, as it lies in the data
        directory and beside the keys: every key that it lists is destroyed in what is restored, whatever the age of the backups.

        Exit codes: 0 restored, 1 the backup is damaged, 2 wrong use, or the place is not empty.
        """,
        [
            new("--from", "DIR|FILE.tar", "the backup"),
            new("--keys-from", "DIR", "the backup of the keys"),
            new("--keys", "DIR", "where the keys shall be: a new place; without it keys in the new data directory"),
            new("--erasures", "FILE", "a register of erasures that is newer than the backups"),
        ],
        Run);

    private static Task<int> Run(CommandInput input, CancellationToken cancellationToken)
    {
        input.Required("--data");
        var keys = new RestoredKeys(input.Text("--keys-from"), input.Text("--keys"), input.Text("--erasures"));
        var report = BackupRestore.Run(input.Required("--from"), input.Data, StoredBooks.Read, keys, TimeProvider.System, CommandProgress.ToConsole(), cancellationToken);
        Console.Out.WriteLine(input.Has("--json")
            ? JsonSerializer.Serialize(report, MaintenanceJson.Default.RestoreReport)
            : string.Create(CultureInfo.InvariantCulture, $"{report.Data} is as of {report.MadeAt:yyyy-MM-dd HH:mm:ss} UTC: {report.Files} files, {report.Bytes:N0} bytes.{(report.KeysErasedAgain == 0 ? "" : $" {report.KeysErasedAgain} keys that were erased since were destroyed again.")}"));
        return Task.FromResult(ExitCodes.Fine);
    }
}
