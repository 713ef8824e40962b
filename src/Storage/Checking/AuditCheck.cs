using System.Globalization;
using Grid.Storage.Sqlite;

namespace Grid.Storage.Checking;

/// <summary>What a look at the audit's chain came to.</summary>
/// <param name="Entries">Entries that hold, from the first.</param>
/// <param name="Last">The last of these as <c>NUMBER:HASH</c>; null when there is none.</param>
/// <param name="Fault">What does not hold; null when all do.</param>
public sealed record AuditReport(long Entries, string? Last, string? Fault);

/// <summary>Follows the chain of the audit in a data directory that nobody uses.</summary>
public static class AuditCheck
{
    /// <param name="path">The data directory.</param>
    /// <param name="expected">An entry as <c>NUMBER:HASH</c> that must be in the chain; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DataDirectoryException">The directory cannot be looked into.</exception>
    public static AuditReport Run(string path, string? expected, CancellationToken cancellationToken)
    {
        using var directory = DataDirectory.Inspect(path);
        if (!File.Exists(directory.Registry))
        {
            throw new DataDirectoryException(directory.Path, "holds no registry.db.");
        }

        var wanted = expected is null ? null : Parse(directory, expected);
        var isExpectedThere = wanted is null;
        var (last, hash) = (0L, "");
        using var session = new SqliteSession(directory.Registry, new SqliteOptions(), SqliteUse.Inspecting);
        foreach (var (number, its, isWhole) in SqliteAuditLog.Chain(session))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!isWhole)
            {
                return new AuditReport(last, last == 0 ? null : $"{last}:{hash}", string.Create(CultureInfo.InvariantCulture, $"Audit entry {number} is not as it was written, or does not follow the one before."));
            }

            (last, hash) = (number, Convert.ToHexStringLower(its));
            isExpectedThere |= wanted is { } entry && entry.Number == number && entry.Hash == hash;
        }

        var end = last == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{last}:{hash}");
        return new AuditReport(last, end, isExpectedThere ? null : $"The chain holds in itself, and entry {expected} is not in it: it was written anew, or cut before it.");
    }

    private static (long Number, string Hash)? Parse(DataDirectory directory, string text) =>
        text.Split(':') is [var number, { Length: 64 } hash] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? (parsed, hash.ToLowerInvariant())
            : throw new DataDirectoryException(directory.Path, $"was not looked into: '{text}' is no NUMBER:HASH as audit verify prints it.");
}
