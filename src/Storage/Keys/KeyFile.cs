namespace Grid.Storage.Keys;

/// <summary>
/// The subscribers' wrapped keys: rows of one size, one after the other. A key that is destroyed is overwritten where it stands, so that no older
/// block keeps it.
/// </summary>
internal sealed class KeyFile : IDisposable
{
    public const string FileName = "subscribers";

    private readonly FileStream? _file;

    private KeyFile(FileStream? file) => _file = file;

    /// <summary>A file that is nowhere: keys live as long as the process.</summary>
    public static KeyFile InMemory() => new(null);

    /// <summary>Opens the file of a directory and hands over its keys.</summary>
    /// <param name="directory">The directory; it exists.</param>
    /// <param name="isErased">True for a place of which the register of erasures says that its key was destroyed.</param>
    /// <param name="found">Gets every key.</param>
    /// <exception cref="StoreDamagedException">A row is not what was written.</exception>
    public static KeyFile Open(string directory, Func<int, bool> isErased, Action<WrappedKey> found)
    {
        var path = Path.Combine(directory, FileName);
        var file = new KeyFile(KeyFiles.Open(path));
        try
        {
            file.Load(path, isErased, found);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The place of the next key.</summary>
    public int Next { get; private set; }

    /// <summary>Writes keys behind the others; durable when it returns. After a failure the same places are written again.</summary>
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

    public void Dispose() => _file?.Dispose();

    private void WriteAt(int slot, ReadOnlySpan<byte> row) => RandomAccess.Write(_file!.SafeFileHandle, row, (long)slot * WrappedKey.Size);

    private void Load(string path, Func<int, bool> isErased, Action<WrappedKey> found)
    {
        var rows = new byte[_file!.Length];
        _file.ReadExactly(rows);
        var unreadable = new List<int>();
        var lastBatch = 0;
        Next = rows.Length / WrappedKey.Size; // What is not a whole row at the end was never acknowledged.
        for (var slot = 0; slot < Next; slot++)
        {
            var row = rows.AsSpan(slot * WrappedKey.Size, WrappedKey.Size);
            if (!row.ContainsAnyExcept((byte)0))
            {
                continue;
            }

            if (WrappedKey.Read(row, slot) is { } key)
            {
                lastBatch = key.FirstSlot;
                found(key);
            }
            else
            {
                unreadable.Add(slot);
            }
        }

        // Half destroyed, or half made in the last write that a stop cut short: nothing is sealed with either. Any other one is damage.
        if (unreadable.FindIndex(slot => !isErased(slot) && slot < lastBatch) is >= 0 and var index)
        {
            throw new StoreDamagedException(path, $"the checksum of the key at byte {(long)unreadable[index] * WrappedKey.Size} does not match");
        }

        Wipe(unreadable);
    }
}
