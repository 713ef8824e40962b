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

    // The running sum at the end of commits.
    private (uint First, uint Second) _sum;
    private bool _hasHeader;

    /// <summary>The sums of pages that are committed in it, by page, each of its newest version.</summary>
    public Dictionary<long, uint> Pages { get; } = [];

    /// <summary>Those of <see cref="Pages"/> that were read since this was emptied last.</summary>
    public Dictionary<long, uint> Changed { get; } = [];

    /// <summary>Pages that the store has after the last commit in it; 0 when there is none.</summary>
    public long StorePages { get; private set; }

    /// <summary>Where the first frame stands that is not whole, of this log and committed: SQLite reads nothing from there on, and writes its next frame there.</summary>
    public long EndOfCommits { get; private set; }

    /// <summary>Frames before <see cref="EndOfCommits"/>: as many as SQLite says that the log has.</summary>
    public long Frames => EndOfCommits <= HeaderBytes ? 0 : (EndOfCommits - HeaderBytes) / (FrameHeaderBytes + pageBytes);

    /// <summary>Bytes of the file.</summary>
    public long Length { get; private set; }

    /// <summary>Why reading ended before the end of the file; null when it did not. Old frames that were used again are no fault.</summary>
    public string? EndedBy { get; private set; }

    /// <summary>
    /// Reads on from the last commit that was read, or from the beginning when the log was begun anew. Never from behind it: frames that a killed
    /// process left without their commit are written over by the next one, in a log that may begin with the very same header.
    /// </summary>
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
        if (Length == 0)
        {
            Restart();
            return;
        }

        if (ReadHeader(file))
        {
            ReadFrames(file);
        }
    }

    /// <summary>Reads all of it, whatever was read before.</summary>
    public void ReadAgain()
    {
        Restart();
        Read();
    }

    private void ReadFrames(SafeFileHandle file)
    {
        var isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(_header) == MagicOfBigEndianSums;
        var frame = new byte[FrameHeaderBytes + pageBytes];
        var (position, sum) = (EndOfCommits, _sum);
        for (_uncommitted.Clear(); position + frame.Length <= Length; position += frame.Length)
        {
            if (RandomAccess.Read(file, frame, position) != frame.Length)
            {
                EndedBy = "a frame is cut short";
                break;
            }

            if (!frame.AsSpan(8, 8).SequenceEqual(_header.AsSpan(16, 8)))
            {
                EndedBy = "a frame is of a former log";
                break;
            }

            sum = Sum(frame.AsSpan(0, 8), sum, isBigEndian);
            sum = Sum(frame.AsSpan(FrameHeaderBytes), sum, isBigEndian);
            if (BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(16)) != sum.First || BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(20)) != sum.Second)
            {
                EndedBy = "the checksum of a frame does not match";
                break;
            }

            if (IsCommitAfter(frame))
            {
                (_sum, EndOfCommits) = (sum, position + frame.Length);
            }
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

        if (_hasHeader && header.SequenceEqual(_header))
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

        (_sum, EndOfCommits, _hasHeader) = (sum, HeaderBytes, true);
        return true;
    }

    /// <summary>Takes a frame; true when it completes a commit.</summary>
    private bool IsCommitAfter(ReadOnlySpan<byte> frame)
    {
        var page = (long)BinaryPrimitives.ReadUInt32BigEndian(frame);
        _uncommitted[page] = PageSums.Of(page, frame[FrameHeaderBytes..]);
        if (BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) is not (var storePages and not 0))
        {
            return false;
        }

        foreach (var (changed, sum) in _uncommitted)
        {
            Pages[changed] = sum;
            Changed[changed] = sum;
        }

        _uncommitted.Clear();
        StorePages = storePages;
        return true;
    }

    private void Restart()
    {
        (_hasHeader, EndOfCommits, StorePages) = (false, 0, 0);
        Pages.Clear();
        Changed.Clear();
        _uncommitted.Clear();
    }
}
