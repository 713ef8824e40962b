namespace Grid.Storage.Keys;

/// <summary>
/// The subscribers' wrapped keys: rows of one size, one after the other. A key that is destroyed is overwritten where it stands, so that no older
/// block keeps it.
/// </summary>
internal sealed class KeyFile : IDisposable
{
    public const string FileName = "subscribers";

    private readonly FileStream? _file;
    private readonly FileStream? _mark;

    private KeyFile(FileStream? file, FileStream? mark) => (_file, _mark) = (file, mark);

    /// <summary>A file that is nowhere: keys live as long as the process.</summary>
    public static KeyFile InMemory() => new(null, null);

    /// <summary>Opens the file of a directory and hands over its keys.</summary>
    /// <param name="directory">The directory; it exists.</param>
    /// <param name="isErased">True for a place of which the register of erasures says that its key was destroyed.</param>
    /// <param name="found">Gets every key.</param>
    /// <exception cref="StoreDamagedException">A row is not what was written, or keys are missing.</exception>
    public static KeyFile Open(string directory, Func<int, bool> isErased, Action<WrappedKey> found)
    {
        var path = Path.Combine(directory, FileName);
        var rows = KeyRows.Read(directory, isErased);
        if (rows.Damage is { } damage)
        {
            throw new StoreDamagedException(path, damage);
        }

        FileStream? file = null;
        FileStream? mark = null;
        try
        {
            file = KeyFiles.Open(path);
            mark = KeyFiles.Open(Path.Combine(directory, KeyRows.MarkName));
            var keys = new KeyFile(file, mark) { Next = rows.Count }; // What is not a whole row at the end was never acknowledged.
            rows.Keys.ForEach(found);
            keys.Wipe(rows.ToWipe);
            if (rows.Marked != rows.Count)
            {
                file.Flush(flushToDisk: true);
                keys.Mark();
            }

            return keys;
        }
        catch
        {
            file?.Dispose();
            mark?.Dispose();
            throw;
        }
    }

    /// <summary>The place of the next key.</summary>
    public int Next { get; private set; }

    /// <summary>Writes keys behind the others, then the mark that they are there; durable when it returns. After a failure the same places are written again.</summary>
    public void Append(IReadOnlyList<WrappedKey> keys)
    {
        if (_file is not null)
        {
            foreach (var key in keys)
            {
                WriteAt(key.Slot, key.Row);
            }

            _file.Flush(flushToDisk: true);
        }

        Next += keys.Count;
        try
        {
            Mark();
        }
        catch
        {
            Next -= keys.Count;
            throw;
        }
    }

    /// <summary>Overwrites keys with zeros; durable when it returns.</summary>
    public void Wipe(IReadOnlyList<int> slots)
    {
        if (_file is null || slots.Count == 0)
        {
            return;
        }

        Span<byte> zeros = stackalloc byte[WrappedKey.Size];
        zeros.Clear();
        foreach (var slot in slots)
        {
            WriteAt(slot, zeros);
        }

        _file.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _mark?.Dispose();
    }

    private void WriteAt(int slot, ReadOnlySpan<byte> row) => RandomAccess.Write(_file!.SafeFileHandle, row, (long)slot * WrappedKey.Size);

    private void Mark()
    {
        if (_mark is not null)
        {
            RandomAccess.Write(_mark.SafeFileHandle, KeyRows.MarkOf(Next), 0);
            _mark.Flush(flushToDisk: true);
        }
    }
}
