namespace Grid.Storage.Checking;

/// <summary>A check under way: collects findings, and tells how far it is.</summary>
internal sealed class CheckedFiles(string directory, StorageProgress? progress, CancellationToken cancellationToken)
{
    /// <summary>More findings of one file say nothing more.</summary>
    private const int MostPerFile = 50;

    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private long _done;
    private long _total;

    public string Directory => directory;

    public IReadOnlyList<Finding> Findings => _findings;

    public int Count => _files.Count;

    public long Bytes { get; private set; }

    /// <summary>Notes a file that is read, with its length; null when it is missing.</summary>
    public long? Begin(string file)
    {
        var info = new FileInfo(System.IO.Path.Combine(directory, file));
        if (!info.Exists)
        {
            return null;
        }

        if (_files.Add(file))
        {
            Bytes += info.Length;
        }

        return info.Length;
    }

    /// <summary>How many bytes there are to read, before the first is read.</summary>
    public void Expect(long bytes) => _total = bytes;

    public void Advance(long bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _done = Math.Min(_done + bytes, _total);
        progress?.Invoke("Checking (bytes)", _done, _total);
    }

    public void Damage(string file, long? position, string what, string means, string remedy) =>
        Add(new Finding(FindingKind.Damage, file, position, what, means, remedy));

    public void Note(string file, long? position, string what, string means, string remedy) =>
        Add(new Finding(FindingKind.Note, file, position, what, means, remedy));

    /// <summary>True when any damage of the file was found.</summary>
    public bool IsDamaged(string file) => _findings.Exists(finding => finding.File == file && finding.Kind == FindingKind.Damage);

    private void Add(Finding finding)
    {
        var before = _findings.Count(other => other.File == finding.File && other.Kind == finding.Kind);
        if (before < MostPerFile)
        {
            _findings.Add(finding);
        }
        else if (before == MostPerFile)
        {
            _findings.Add(finding with { Position = null, What = "there is more of this kind in this file, which is not listed", Means = "See the findings above." });
        }
    }
}
