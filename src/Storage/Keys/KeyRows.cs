using System.Buffers.Binary;
using System.Globalization;
using Grid.Storage.Codec;

namespace Grid.Storage.Keys;

/// <summary>
/// What a file of keys holds, as read: the keys, the places that are to be wiped, and what is damaged. How many keys were ever acknowledged stands in
/// a mark of its own beside the file, so that a key that a stop has half written, and nobody ever used, is told from one that is damaged.
/// </summary>
internal sealed class KeyRows
{
    /// <summary>The mark: how many keys are acknowledged (8 bytes), CRC-32C (4 bytes).</summary>
    public const string MarkName = "subscribers.mark";

    private const int MarkBytes = sizeof(long) + sizeof(uint);

    private KeyRows(int count) => Count = count;

    /// <summary>Whole rows.</summary>
    public int Count { get; }

    /// <summary>Keys that are acknowledged, as the mark says; null where a version without marks made the file.</summary>
    public long? Marked { get; private init; }

    public List<WrappedKey> Keys { get; } = [];

    /// <summary>Places of rows that were half destroyed or half made: nothing is sealed with them.</summary>
    public List<int> ToWipe { get; } = [];

    /// <summary>What is damaged, the first of it; null when nothing is.</summary>
    public string? Damage { get; private set; }

    /// <summary>Reads the files of a directory and changes nothing.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="isErased">True for a place of which the register of erasures says that its key was destroyed.</param>
    public static KeyRows Read(string directory, Func<int, bool> isErased)
    {
        // The mark first: what is appended meanwhile is beyond it.
        var mark = ReadAll(Path.Combine(directory, MarkName));
        var rows = ReadAll(Path.Combine(directory, KeyFile.FileName)) ?? [];
        if (mark is { Length: 0 })
        {
            mark = null; // Made, and not written before a stop: then no key was acknowledged with it.
        }

        var isMarkWhole = mark is null || (mark.Length == MarkBytes && Checksum.Of(mark.AsSpan(0, sizeof(long))) == BinaryPrimitives.ReadUInt32LittleEndian(mark.AsSpan(sizeof(long))));
        var read = new KeyRows(rows.Length / WrappedKey.Size) { Marked = mark is not null && isMarkWhole ? BinaryPrimitives.ReadInt64LittleEndian(mark) : null };
        if (!isMarkWhole)
        {
            read.Fault($"{MarkName} beside it is not what was written");
        }
        else if (read.Marked > read.Count)
        {
            read.Fault(string.Create(CultureInfo.InvariantCulture, $"it holds {read.Count} keys, and {read.Marked} were made"));
        }

        read.Take(rows, isErased);
        return read;
    }

    /// <summary>The bytes of a mark.</summary>
    public static byte[] MarkOf(long count)
    {
        var mark = new byte[MarkBytes];
        BinaryPrimitives.WriteInt64LittleEndian(mark, count);
        BinaryPrimitives.WriteUInt32LittleEndian(mark.AsSpan(sizeof(long)), Checksum.Of(mark.AsSpan(0, sizeof(long))));
        return mark;
    }

    private static byte[]? ReadAll(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private void Take(byte[] rows, Func<int, bool> isErased)
    {
        var lastBatch = 0;
        for (var slot = 0; slot < Count; slot++)
        {
            var row = rows.AsSpan(slot * WrappedKey.Size, WrappedKey.Size);
            if (!row.ContainsAnyExcept((byte)0))
            {
                continue;
            }

            if (WrappedKey.Read(row, slot) is { } key)
            {
                lastBatch = key.FirstSlot;
                Keys.Add(key);
            }
            else
            {
                ToWipe.Add(slot);
            }
        }

        // Half destroyed, or half made in the last write that a stop cut short: nothing is sealed with either. Any other one is damage.
        var acknowledged = Marked ?? lastBatch;
        if (ToWipe.FindIndex(slot => !isErased(slot) && slot < acknowledged) is >= 0 and var index)
        {
            var position = (long)ToWipe[index] * WrappedKey.Size;
            Fault(string.Create(CultureInfo.InvariantCulture, $"the checksum of the key at byte {position} does not match"));
        }
    }

    private void Fault(string what) => Damage ??= what;
}
