using System.Globalization;
using System.Text.Json;
using Grid.Storage.Checking;

namespace Grid.Silo.Maintenance;

/// <summary><c>check</c>: reads every file of a data directory and says what is not as it was written.</summary>
internal static class CheckCommand
{
    public static readonly MaintenanceCommand Command = new(
        "check",
        "read every file of a data directory and say what is damaged or missing; changes nothing",
        """
        Reads the reading log (checksums, chain, offsets), the stores (a checksum of every page and row, SQLite's own integrity check, commits
        against their mark, the chain of the audit) and compares them with each other. Each finding names the file, the position, what it means and
        what to do. The directory must not be in use: stop the program, or check a backup.

        Exit codes: 0 all is whole, 1 something is damaged or missing, 2 the directory cannot be looked into.
        """,
        [],
        RunAsync);

    private static Task<int> RunAsync(CommandInput input, CancellationToken cancellationToken)
    {
        var report = DirectoryCheck.Run(input.Data, StoredBooks.Read, TimeProvider.System, CommandProgress.ToConsole(), cancellationToken);
        Console.Out.WriteLine(input.Has("--json") ? JsonSerializer.Serialize(report, MaintenanceJson.Default.CheckReport) : Text(report));
        return Task.FromResult(report.IsWhole ? ExitCodes.Fine : ExitCodes.Damage);
    }

    internal static string Text(CheckReport report)
    {
        var lines = report.Findings.Select(finding => string.Create(
            CultureInfo.InvariantCulture,
            $"{(finding.Kind == FindingKind.Damage ? "damage" : "note")}: {finding.File}{(finding.Position is { } position ? $" at byte {position}" : "")}: {finding.What}.\n    {finding.Means}\n    {finding.Remedy}"));
        var damaged = report.Findings.Count(finding => finding.Kind == FindingKind.Damage);
        var verdict = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Directory}: {report.Files} files, {report.Bytes:N0} bytes read; {(damaged == 0 ? "all is whole" : damaged == 1 ? "1 damage found" : $"{damaged} damages found")}.");
        return string.Join('\n', lines.Append(verdict));
    }
}
