namespace Grid.Storage.Checking;

/// <summary>How much a finding matters.</summary>
public enum FindingKind
{
    /// <summary>Worth knowing; nothing that was acknowledged is concerned.</summary>
    Note,

    /// <summary>Something is not what was written, or is missing.</summary>
    Damage,
}

/// <summary>Something that a check found.</summary>
/// <param name="Kind">How much it matters.</param>
/// <param name="File">The file, relative to the data directory.</param>
/// <param name="Position">Where in it, in bytes from its beginning; null when that is not known.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Means">What it means.</param>
/// <param name="Remedy">What to do.</param>
public sealed record Finding(FindingKind Kind, string File, long? Position, string What, string Means, string Remedy);

/// <summary>What a check looked at, and what it found.</summary>
/// <param name="Directory">The data directory.</param>
/// <param name="Files">Files that were read.</param>
/// <param name="Bytes">Bytes of these.</param>
/// <param name="Findings">What was found, in the order of files.</param>
public sealed record CheckReport(string Directory, int Files, long Bytes, IReadOnlyList<Finding> Findings)
{
    /// <summary>True when nothing is damaged or missing.</summary>
    public bool IsWhole => Findings.All(finding => finding.Kind != FindingKind.Damage);
}
