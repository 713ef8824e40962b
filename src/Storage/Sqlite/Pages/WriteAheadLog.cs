using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Grid.Storage.Sqlite.Pages;

/// <summary>
/// Reads a write-ahead log of SQLite (its file format is documented at https://www.sqlite.org/fileformat2.html#the_write_ahead_log) as far as it
/// is whole and committed, as SQLite itself does when it opens a store: what comes after the first frame that is not as it was written, SQLite
/// leaves out without a word.
/// </summary>
internal sealed class WriteAheadLog(string path, int pageBytes)
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint MagicOfLittleEndianSums = 0x377f0682;
    private const uint MagicOfBigEndianSums = 0x377f0683;
    private readonly Dictionary<long, uint> _uncommitted = [];
    private readonly byte[] _header = new byte[HeaderBytes];
    private (uint First, uint Second) _sum;
    private long _position;

    /// <summary>The sums of pages that are committed in it, by page, each of its newest version.</summary>
    public Dictionary<long, uint> Pages { get; } = [];

    /// <summary>Those of <see cref="Pages"/> that were read since this was emptied last.</summary>
    public Dictionary<long, uint> Changed { get; } = [];

    /// <summary>Pages that the store has after the last commit in it; 0 when there is none.</summary>
    public long StorePages { get; private set; }

    /// <summary>Where the first frame stands that is not whole, of this log and committed: SQLite reads nothing from there on.</summary>
    public long EndOfCommits { get; private set; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; private set; }

    /// <summary>Why reading ended before the end of the file; null when it did not. Old frames that were used again are no fault.</summary>
    public string? EndedBy { get; private set; }

    /// <summary>Reads on from where it had come to, or from the beginning when the log was begun anew.</summary>
    public void Read()
    {
        EndedBy = null;
        if (!File.Exists(path))
        {
            Restart();
            Length = 0;
            return;
        }

        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(file);
        if (Length == 0 || !ReadHeader(file))
        {
            return;
        }

        var isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(_header) == MagicOfBigEndianSums;
        var frame = new byte[FrameHeaderBytes + pageBytes];
        while (_position + frame.Length <= Length)
        {
            RandomAccess.Read(file, frame, _position);
            if (!frame.AsSpan(8, 8).SequenceEqual(_header.AsSpan(16, 8)))
            {
                EndedBy = "a frame is of a former log";
                break;
            }

            var sum = Sum(frame.AsSpan(0, 8), _sum, isBigEndian);
            sum = Sum(frame.AsSpan(FrameHeaderBytes), sum, isBigEndian);
            if (BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(16)) != sum.First || BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(20)) != sum.Second)
            {
                EndedBy = "the checksum of a frame does not match";
                break;
            }

            Take(frame);
            _sum = sum;
            _position += frame.Length;
        }
    }

    private static (uint First, uint Second) Sum(ReadOnlySpan<byte> bytes, (uint First, uint Second) before, bool isBigEndian)
    {
        var (first, second) = before;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            if (isBigEndian)
            {
                first += BinaryPrimitives.ReadUInt32BigEndian(bytes) + second;
                second += BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) + first;
            }
            else
            {
                first += BinaryPrimitives.ReadUInt32LittleEndian(bytes) + second;
                second += BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + first;
            }
        }

        return (first, second);
    }

    private bool ReadHeader(SafeFileHandle file)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (RandomAccess.Read(file, header, 0) != HeaderBytes)
        {
            Restart();
            EndedBy = "its header is cut short";
            return false;
        }

        if (_position > 0 && header.SequenceEqual(_header))
        {
            return true;
        }

        Restart();
        header.CopyTo(_header);
        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var sum = Sum(header[..24], default, magic == MagicOfBigEndianSums);
        if (magic is not (MagicOfLittleEndianSums or MagicOfBigEndianSums)
            || BinaryPrimitives.ReadUInt32BigEndian(header[8..]) != pageBytes
            || BinaryPrimitives.ReadUInt32BigEndian(header[24..]) != sum.First
            || BinaryPrimitives.ReadUInt32BigEndian(header[28..]) != sum.Second)
        {
            EndedBy = "its header is not what was written";
            return false;
        }

        (_sum, _position, EndOfCommits) = (sum, HeaderBytes, HeaderBytes);
        return true;
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        var page = (long)BinaryPrimitives.ReadUInt32BigEndian(frame);
        _uncommitted[page] = PageSums.Of(page, frame[FrameHeaderBytes..]);
        if (BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) is var storePages and not 0)
        {
            foreach (var (changed, sum) in _uncommitted)
            {
                Pages[changed] = sum;
                Changed[changed] = sum;
            }

            _uncommitted.Clear();
            StorePages = storePages;
            EndOfCommits = _position + frame.Length;
        }
    }

    private void Restart()
    {
        (_position, EndOfCommits, StorePages) = (0, 0, 0);
        Pages.Clear();
        Changed.Clear();
        _uncommitted.Clear();
    }
}
