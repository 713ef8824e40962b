using System.Globalization;
using Grid.Storage.ReadingLog;

namespace Grid.Storage;

/// <summary>
/// The directory of <c>Grid:Data</c>, held by one process at a time.
/// <code>
/// format        the version of what is in it; another one is refused before anything is touched
/// lock          locked while a process uses the directory
/// holder        id of the process that used it last
/// log/          segments of the reading log
/// registry.db   devices, bodies, outbox, audit
/// grains.db     states of grains
/// history/      what was measured: a file a day, roll-ups a month and a year
/// *.sums        what each store must be: sums of its pages, and how many commits it has made
/// </code>
/// Everything is readable by its owner only.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    /// <summary>The version that this program reads and writes.</summary>
    public const int FormatVersion = 2;

    /// <summary>The oldest version that this program brings up to its own.</summary>
    public const int OldestVersion = 1;

    private const string FormatPrefix = "grid-data ";
    private const string FormatName = "format";
    private const string UnfinishedFormatName = "format.new";
    private const string LockName = "lock";
    private const string HolderName = "holder";
    private const string CopyPrefix = "before-format-";
    private const UnixFileMode OwnerOnlyDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream? _lock;

    private DataDirectory(string path, FileStream? held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Files and directories that say who uses the directory: no part of what it holds.</summary>
    public static bool IsBookkeeping(string name) => name is LockName or HolderName or "lost+found" || name.StartsWith(CopyPrefix, StringComparison.Ordinal);

    /// <summary>The directory, as a full path.</summary>
    public string Path { get; }

    /// <summary>Directory of the reading log.</summary>
    public string Log => System.IO.Path.Combine(Path, "log");

    /// <summary>File of devices, bodies, outbox and audit.</summary>
    public string Registry => System.IO.Path.Combine(Path, "registry.db");

    /// <summary>Directory of history.</summary>
    public string History => System.IO.Path.Combine(Path, "history");

    /// <summary>File of grain states.</summary>
    public string Grains => System.IO.Path.Combine(Path, "grains.db");

    /// <summary>
    /// Opens the directory for this process, made when it is missing. One of an older version is copied inside itself and brought up.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="progress">Told how far an upgrade is.</param>
    /// <exception cref="DataDirectoryException">In use, of another version, not Grid's, or not writable.</exception>
    public static DataDirectory Open(string path, StorageProgress? progress = null)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Create(full);
            VersionOf(full);
            var held = Hold(full);
            try
            {
                var directory = new DataDirectory(full, held);
                switch (VersionOf(full))
                {
                    case null:
                        WriteFormat(full);
                        break;
                    case < FormatVersion and var version:
                        DataUpgrade.Run(directory, System.IO.Path.Combine(full, CopyPrefix + FormatVersion.ToString(CultureInfo.InvariantCulture)), version, progress);
                        WriteFormat(full);
                        break;
                }

                Create(directory.Log);
                return directory;
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DataDirectoryException(full, $"cannot be used: {error.Message}", error);
        }
    }

    /// <summary>Lets another process have the directory.</summary>
    public void Dispose() => _lock?.Dispose();

    /// <summary>Makes a file that only its owner can read, when it is missing: for engines that would make it readable by all.</summary>
    internal static void CreateOwnerOnly(string path)
    {
        if (!File.Exists(path))
        {
            using var file = new FileStream(path, OwnerOnly(FileMode.OpenOrCreate, FileShare.ReadWrite));
        }
    }

    /// <summary>Makes a directory that only its owner can read, when it is missing.</summary>
    internal static void Create(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnlyDirectory);
        }
    }

    /// <summary>
    /// Holds a directory that is there, without a change to it: for who looks at it, or mends it. No other process can open it meanwhile.
    /// </summary>
    /// <exception cref="DataDirectoryException">Missing, in use, of another version, or not Grid's.</exception>
    public static DataDirectory Inspect(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            throw new DataDirectoryException(full, "does not exist.");
        }

        try
        {
            if (VersionOf(full) is not { } version)
            {
                throw new DataDirectoryException(full, "is empty: nothing was ever kept in it.");
            }

            if (version < FormatVersion)
            {
                throw new DataDirectoryException(full, $"has format {version}, and this program looks into format {FormatVersion}: bring it up first with the command migrate.");
            }

            // One that no process has opened yet, such as a backup, has no lock.
            return new DataDirectory(full, File.Exists(System.IO.Path.Combine(full, LockName)) ? TakeLock(full, FileMode.Open) : null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException(full, $"cannot be used: {error.Message}", error);
        }
    }

    /// <summary>The format's version, null when the directory is new; anything else is refused.</summary>
    private static int? VersionOf(string path)
    {
        var file = System.IO.Path.Combine(path, FormatName);
        if (!File.Exists(file))
        {
            var foreign = Directory.EnumerateFileSystemEntries(path)
                .Select(entry => System.IO.Path.GetFileName(entry))
                .FirstOrDefault(name => name is not (LockName or HolderName or UnfinishedFormatName or "lost+found"));
            return foreign is null
                ? null
                : throw new DataDirectoryException(path, $"holds '{foreign}' and no format file: it is no data directory of Grid. Nothing was touched; name an empty or a new directory.");
        }

        var text = File.ReadLines(file).FirstOrDefault("");
        return text.StartsWith(FormatPrefix, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(FormatPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version is >= OldestVersion and <= FormatVersion
            ? version
            : throw new DataDirectoryException(
                path, $"has the format '{text[..Math.Min(text.Length, 40)]}'; this program reads '{FormatLine}' and older. Nothing was touched.");
    }

    private static string FormatLine => FormatPrefix + FormatVersion.ToString(CultureInfo.InvariantCulture);

    private static void WriteFormat(string path)
    {
        var unfinished = System.IO.Path.Combine(path, UnfinishedFormatName);
        using (var file = new FileStream(unfinished, OwnerOnly(FileMode.Create, FileShare.None)))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(FormatLine + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, System.IO.Path.Combine(path, FormatName), overwrite: true);
        DiskSync.Directory(path);
    }

    /// <summary>
    /// Locks the directory: an exclusive open, which on Unix is an advisory flock(2) that the system releases when the process ends, however it
    /// ends.
    /// </summary>
    private static FileStream Hold(string path)
    {
        var held = TakeLock(path, FileMode.OpenOrCreate);
        using var writer = new StreamWriter(new FileStream(System.IO.Path.Combine(path, HolderName), OwnerOnly(FileMode.Create, FileShare.Read)));
        writer.Write(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return held;
    }

    private static FileStream TakeLock(string path, FileMode mode)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockName), OwnerOnly(mode, FileShare.None));
        }
        catch (IOException error) when (File.Exists(System.IO.Path.Combine(path, HolderName)))
        {
            throw new DataDirectoryException(path, $"is in use by another process (id {File.ReadAllText(System.IO.Path.Combine(path, HolderName))}).", error);
        }
    }

    private static FileStreamOptions OwnerOnly(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
