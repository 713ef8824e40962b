using System.Globalization;
using System.Text.Json;
using Grid.Storage.Checking;
using Grid.Storage.Repairing;

namespace Grid.Silo.Maintenance;

/// <summary><c>repair</c>: mends what can be mended safely, sets the rest aside and lists what was lost.</summary>
internal static class RepairCommand
{
    public static readonly MaintenanceCommand Command = new(
        "repair",
        "mend what can be mended safely, set the rest aside and list what was lost",
        """
        Without --yes it only says what it would do. With it: a commit that a crash has torn is cut; a damaged log is written anew out of every batch
        that is whole; page sums that are damaged are made anew when the store itself proves whole; of a damaged store every row whose checksum holds is
        taken over into a new file, with new indexes. What was damaged is moved to damaged/TIME in the data directory, with lost.txt: nothing is deleted,
        and nothing is invented. A backup is better than a repair where you have one. The directory must not be in use.

        Exit codes: 0 all is whole (now), 1 something is left to do or could not be mended, 2 the directory cannot be looked into.
        """,
        [
            new("--yes", null, "do it"),
            new("--accept-loss", null, "also go on without commits that were acknowledged and cannot be recovered"),
        ],
        Run);

    private static Task<int> Run(CommandInput input, CancellationToken cancellationToken)
    {
        var report = DirectoryRepair.Run(
            input.Data, input.Has("--yes"), input.Has("--accept-loss"), StoredBooks.Read, TimeProvider.System, CommandProgress.ToConsole(), cancellationToken);
        Console.Out.WriteLine(input.Has("--json") ? JsonSerializer.Serialize(report, MaintenanceJson.Default.RepairReport) : Text(report, input.Has("--yes")));
        return Task.FromResult(report.Left.Any(finding => finding.Kind == FindingKind.Damage) || (report.Steps.Count > 0 && !report.IsApplied) ? ExitCodes.Damage : ExitCodes.Fine);
    }

    private static string Text(RepairReport report, bool wasAsked)
    {
        var lines = new List<string>();
        lines.AddRange(report.Steps.Select(step => $"{(report.IsApplied ? "done" : "to do")}: {step.File} {step.What}."));
        lines.AddRange(report.Lost.Select(lost => $"lost: {lost}."));
        if (report.SetAside is { } aside)
        {
            lines.Add($"What was damaged is in {aside}.");
        }

        var left = report.Left.Where(finding => finding.Kind == FindingKind.Damage).ToList();
        lines.AddRange(left.Select(finding => $"{(report.IsApplied ? "left" : "found")}: {finding.File}: {finding.What}. {finding.Remedy}"));
        lines.Add((report.Steps.Count, report.IsApplied) switch
        {
            (0, _) when left.Count == 0 => $"{report.Directory}: all is whole, there is nothing to do.",
            (0, _) => $"{report.Directory}: there is nothing that a repair could do; restore a backup.",
            (_, true) => string.Create(CultureInfo.InvariantCulture, $"{report.Directory}: {(left.Count == 0 ? "all is whole now" : "see what is left")}."),
            _ when !wasAsked => "Nothing was changed. Run it again with --yes to do this.",
            _ => "Nothing was changed: acknowledged commits would be given up. Restore a backup, or run it again with --yes --accept-loss.",
        });
        return string.Join('\n', lines);
    }
}
