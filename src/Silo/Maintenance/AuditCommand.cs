using System.Globalization;
using System.Text.Json;
using Grid.Storage.Checking;

namespace Grid.Silo.Maintenance;

/// <summary><c>audit verify</c>: proves that no entry of the audit was changed or removed.</summary>
internal static class AuditCommand
{
    public static readonly MaintenanceCommand Command = new(
        "audit verify",
        "prove that no entry of the audit was changed or removed",
        """
        Each entry holds a SHA-256 over its own content and the hash of the entry before it. The command follows the chain from the first entry and
        prints the number of entries and the last hash. Note that hash down elsewhere from time to time: --expect compares with it, and then even a
        chain that was written anew from some entry on, or cut at its end, is seen. The directory must not be in use.

        Exit codes: 0 the chain holds, 1 an entry is not as it was written or is missing, 2 the directory cannot be looked into.
        """,
        [new("--expect", "NUMBER:HASH", "entry NUMBER must have this hash, as an earlier run printed it")],
        Run);

    private static Task<int> Run(CommandInput input, CancellationToken cancellationToken)
    {
        var report = AuditCheck.Run(input.Data, input.Text("--expect"), cancellationToken);
        Console.Out.WriteLine(input.Has("--json")
            ? JsonSerializer.Serialize(report, MaintenanceJson.Default.AuditReport)
            : report.Fault is null
                ? string.Create(CultureInfo.InvariantCulture, $"The chain of {report.Entries} audit entries holds. Last: {report.Last}")
                : report.Fault);
        return Task.FromResult(report.Fault is null ? ExitCodes.Fine : ExitCodes.Damage);
    }
}
