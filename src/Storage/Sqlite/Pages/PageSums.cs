using System.Buffers.Binary;
using Grid.Storage.Codec;
using Grid.Storage.ReadingLog;
using Microsoft.Win32.SafeHandles;

namespace Grid.Storage.Sqlite.Pages;

/// <summary>
/// The file beside a store that says what the store's file must be: a checksum of every page, and how many commits were made. SQLite
/// notices neither a changed byte in a page nor commits that fell off the end of its write-ahead log; with this file both are seen.
/// <code>
/// header   magic 8 | version 4 | page bytes 4 | checksum 4
/// slots    two, at 512 and 1024, written in turn: generation 8 | commits 8 | pages 8 | phase 4 | checksum 4
/// sums     from 4096, 4 bytes a page: CRC-32C of the page, continued from its number
/// </code>
/// Sums change, and are durable, before the pages themselves do: until then, the write-ahead log has these pages and the store's file does not
/// count for them. The commits are written after each commit and not synced: they may be fewer than the store has, never more.
/// </summary>
internal sealed class PageSums : IDisposable
{
    /// <summary>What follows the name of the store's file.</summary>
    public const string Extension = ".sums";

    private const ulong Magic = 0x534D5553_44495247; // "GRIDSUMS"
    private const uint Version = 1;
    private const int HeaderBytes = 20;
    private const int SlotBytes = 32;
    private const int FirstSum = 4096;
    private const int SumBytes = sizeof(uint);
    private const int PagesAtOnce = 4096;
    private readonly SafeFileHandle _file;
    private long _generation;

    private PageSums(string path, SafeFileHandle file, int pageBytes)
    {
        Path = path;
        _file = file;
        PageBytes = pageBytes;
    }

    private enum Phase : uint
    {
        Whole = 1,
        BeingMade = 2,
    }

    public string Path { get; }

    /// <summary>Bytes of a page.</summary>
    public int PageBytes { get; }

    /// <summary>Commits that the store must have.</summary>
    public long Commits { get; private set; }

    /// <summary>Pages that have a sum.</summary>
    public long Pages { get; private set; }

    /// <summary>True from its making until the first sums are in it: a stop in between leaves it so.</summary>
    public bool IsBeingMade { get; private set; } = true;

    /// <summary>The sum of a page, numbered from 1.</summary>
    public static uint Of(long page, ReadOnlySpan<byte> bytes) => Checksum.Of(bytes, Checksum.Seed ^ (uint)page);

    /// <summary>Makes the file, durable, without sums yet.</summary>
    public static PageSums Create(string path, int pageBytes)
    {
        DataDirectory.CreateOwnerOnly(path);
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        RandomAccess.SetLength(file, 0);
        var sums = new PageSums(path, file, pageBytes);
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], pageBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Checksum.Of(header[..16]));
        RandomAccess.Write(file, header, 0);
        sums.WriteSlot();
        sums.WriteSlot();
        sums.Sync();
        DiskSync.Directory(System.IO.Path.GetDirectoryName(path)!);
        return sums;
    }

    /// <exception cref="StoreDamagedException">It is not what was written.</exception>
    public static PageSums Open(string path, bool isReader = false)
    {
        var file = File.OpenHandle(path, FileMode.Open, isReader ? FileAccess.Read : FileAccess.ReadWrite, FileShare.Read);
        try
        {
            Span<byte> header = stackalloc byte[HeaderBytes];
            if (RandomAccess.Read(file, header, 0) != HeaderBytes
                || BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic
                || BinaryPrimitives.ReadUInt32LittleEndian(header[16..]) != Checksum.Of(header[..16]))
            {
                throw new StoreDamagedException(path, "it does not begin as page sums do (byte 0)");
            }

            var version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
            if (version != Version)
            {
                throw new StoreDamagedException(path, $"it has the unknown version {version}; this program reads {Version}");
            }

            var sums = new PageSums(path, file, BinaryPrimitives.ReadInt32LittleEndian(header[12..]));
            if (!(sums.TakeSlot(0) | sums.TakeSlot(1)))
            {
                throw new StoreDamagedException(path, $"neither of its marks is readable (bytes {PositionOfSlot(0)} and {PositionOfSlot(1)})");
            }

            return sums;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The slots, 0 and 1, that are not as they were written: one can be so after the loss of power, and the other one counts.</summary>
    public IEnumerable<long> UnreadableSlots() => Enumerable.Range(0, 2).Where(slot => ReadSlot(slot) is null).Select(PositionOfSlot);

    /// <summary>The store has made these commits. Not synced.</summary>
    public void Mark(long commits)
    {
        Commits = commits;
        WriteSlot();
    }

    /// <summary>These pages are about to be written to the store's file, which will have that many. Durable when it returns.</summary>
    public void Change(IEnumerable<KeyValuePair<long, uint>> changed, long pages)
    {
        Span<byte> sum = stackalloc byte[SumBytes];
        foreach (var (page, value) in changed)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(sum, value);
            RandomAccess.Write(_file, sum, PositionOf(page));
        }

        Pages = pages;
        WriteSlot();
        Sync();
    }

    /// <summary>Takes the sums of a store's file as it is: it has no write-ahead log any more. Durable when it returns.</summary>
    public void Take(string store, long commits)
    {
        var pages = 0L;
        using (var file = File.OpenHandle(store, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            var buffer = new byte[PagesAtOnce * PageBytes];
            var sums = new byte[PagesAtOnce * SumBytes];
            for (int read; (read = ReadFully(file, buffer, pages * PageBytes)) > 0;)
            {
                var count = read / PageBytes;
                for (var index = 0; index < count; index++)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(sums.AsSpan(index * SumBytes), Of(pages + index + 1, buffer.AsSpan(index * PageBytes, PageBytes)));
                }

                RandomAccess.Write(_file, sums.AsSpan(0, count * SumBytes), PositionOf(pages + 1));
                pages += count;
                if (count < PagesAtOnce)
                {
                    break;
                }
            }
        }

        Sync();
        (Pages, Commits, IsBeingMade) = (pages, commits, false);
        WriteSlot();
        WriteSlot();
        Sync();
    }

    /// <summary>The pages of a store's file that are not what was written; those that the write-ahead log holds do not count.</summary>
    /// <param name="store">The store's file.</param>
    /// <param name="isInLog">True for a page that the write-ahead log holds.</param>
    /// <param name="progress">Told the bytes that were read.</param>
    public IEnumerable<long> Differing(string store, Func<long, bool> isInLog, Action<long>? progress = null)
    {
        using var file = File.OpenHandle(store, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var buffer = new byte[PagesAtOnce * PageBytes];
        var sums = new byte[PagesAtOnce * SumBytes];
        for (var first = 1L; first <= Pages; first += PagesAtOnce)
        {
            var wanted = (int)Math.Min(PagesAtOnce, Pages - first + 1);
            var read = ReadFully(file, buffer.AsSpan(0, wanted * PageBytes), (first - 1) * PageBytes);
            var known = ReadFully(_file, sums.AsSpan(0, wanted * SumBytes), PositionOf(first));
            for (var index = 0; index < wanted; index++)
            {
                var isThere = (index + 1) * PageBytes <= read && (index + 1) * SumBytes <= known;
                var isSame = isThere
                    && BinaryPrimitives.ReadUInt32LittleEndian(sums.AsSpan(index * SumBytes)) == Of(first + index, buffer.AsSpan(index * PageBytes, PageBytes));
                if (!isSame && !isInLog(first + index))
                {
                    yield return first + index;
                }
            }

            progress?.Invoke(read);
        }
    }

    public void Dispose() => _file.Dispose();

    private static long PositionOfSlot(int slot) => 512 * (slot + 1);

    private static long PositionOf(long page) => FirstSum + ((page - 1) * SumBytes);

    private static int ReadFully(SafeFileHandle file, Span<byte> into, long position)
    {
        var total = 0;
        while (total < into.Length)
        {
            var count = RandomAccess.Read(file, into[total..], position + total);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    private void WriteSlot()
    {
        Span<byte> slot = stackalloc byte[SlotBytes];
        BinaryPrimitives.WriteInt64LittleEndian(slot, ++_generation);
        BinaryPrimitives.WriteInt64LittleEndian(slot[8..], Commits);
        BinaryPrimitives.WriteInt64LittleEndian(slot[16..], Pages);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[24..], (uint)(IsBeingMade ? Phase.BeingMade : Phase.Whole));
        BinaryPrimitives.WriteUInt32LittleEndian(slot[28..], Checksum.Of(slot[..28]));
        RandomAccess.Write(_file, slot, PositionOfSlot((int)(_generation & 1)));
    }

    private bool TakeSlot(int number)
    {
        if (ReadSlot(number) is not { } slot)
        {
            return false;
        }

        if (slot.Generation > _generation)
        {
            (_generation, Commits, Pages, IsBeingMade) = (slot.Generation, slot.Commits, slot.Pages, slot.Phase == Phase.BeingMade);
        }

        return true;
    }

    private (long Generation, long Commits, long Pages, Phase Phase)? ReadSlot(int number)
    {
        Span<byte> slot = stackalloc byte[SlotBytes];
        return RandomAccess.Read(_file, slot, PositionOfSlot(number)) == SlotBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(slot[28..]) == Checksum.Of(slot[..28])
            ? (BinaryPrimitives.ReadInt64LittleEndian(slot),
                BinaryPrimitives.ReadInt64LittleEndian(slot[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[16..]),
                (Phase)BinaryPrimitives.ReadUInt32LittleEndian(slot[24..]))
            : null;
    }

    private void Sync() => DiskSync.Data(_file);
}
