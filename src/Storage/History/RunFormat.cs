using System.Collections.Immutable;
using System.IO.Compression;
using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>A sorted run of a file: blocks of series, each series once.</summary>
internal sealed record RunInfo
{
    /// <summary>Kinds of device, and the figures of territories after them.</summary>
    public const int Kinds = 7;

    /// <summary>Number of the run in its file.</summary>
    public required int Id { get; init; }

    /// <summary>How often what is in it was merged.</summary>
    public required int Level { get; init; }

    public required int Blocks { get; init; }

    public required long Series { get; init; }

    /// <summary>Points, or roll-ups.</summary>
    public required long Points { get; init; }

    /// <summary>Bytes of its blocks as stored.</summary>
    public required long Bytes { get; init; }

    /// <summary>The greatest number of a series in it: the catalogue must know that one.</summary>
    public required int LastSeries { get; init; }

    /// <summary>Checksum of its directory.</summary>
    public required uint Directory { get; init; }

    /// <summary>The first day of each kind, in days of the file's period; -1 for a kind that is not in it.</summary>
    public required ImmutableArray<int> FirstDays { get; init; }
}

/// <summary>What a file holds: everything in it is reached from here, with a checksum at each step, so that nothing can go missing unseen.</summary>
internal sealed record HistoryRoot
{
    private const byte Version = 1;

    public static readonly HistoryRoot Empty = new() { Generation = 0, NextRun = 1, IsRolled = false, Runs = [] };

    /// <summary>Grows by one with each change.</summary>
    public required long Generation { get; init; }

    /// <summary>No run has this number or a greater one.</summary>
    public required int NextRun { get; init; }

    /// <summary>True when the day's roll-ups hold all that is in this file.</summary>
    public required bool IsRolled { get; init; }

    /// <summary>By age, the oldest first: what a later one holds of a series came later.</summary>
    public required ImmutableArray<RunInfo> Runs { get; init; }

    public void Write(ByteWriter writer, HistoryPeriod period)
    {
        writer.Byte(Version);
        writer.Byte((byte)period.Resolution);
        writer.Signed(period.Number);
        writer.Varint((ulong)Generation);
        writer.Varint((ulong)NextRun);
        writer.Byte(IsRolled ? (byte)1 : (byte)0);
        writer.Varint((ulong)Runs.Length);
        foreach (var run in Runs)
        {
            writer.Varint((ulong)run.Id);
            writer.Varint((ulong)run.Level);
            writer.Varint((ulong)run.Blocks);
            writer.Varint((ulong)run.Series);
            writer.Varint((ulong)run.Points);
            writer.Varint((ulong)run.Bytes);
            writer.Varint((ulong)run.LastSeries);
            writer.Fixed32(run.Directory);
            foreach (var day in run.FirstDays)
            {
                writer.Signed(day);
            }
        }

        writer.Fixed32(Checksum.Of(writer.Written));
    }

    /// <exception cref="CodecException">Not what was written for that period.</exception>
    public static HistoryRoot Read(ReadOnlySpan<byte> bytes, HistoryPeriod period)
    {
        var reader = new ByteReader(RunFormat.Checked(bytes, Checksum.Seed));
        if (reader.Byte() is var version && version != Version)
        {
            throw reader.Wrong($"the list of runs has the unknown form {version}");
        }

        if (new HistoryPeriod((Contracts.Storage.HistoryResolution)reader.Byte(), (int)reader.Signed()) != period)
        {
            throw reader.Wrong("the list of runs is of another file");
        }

        var root = new HistoryRoot
        {
            Generation = (long)reader.Varint(),
            NextRun = (int)reader.Varint(),
            IsRolled = reader.Byte() != 0,
            Runs = [],
        };
        var runs = ImmutableArray.CreateBuilder<RunInfo>(reader.Count());
        for (var index = 0; index < runs.Capacity; index++)
        {
            var run = new RunInfo
            {
                Id = (int)reader.Varint(),
                Level = (int)reader.Varint(),
                Blocks = (int)reader.Varint(),
                Series = (long)reader.Varint(),
                Points = (long)reader.Varint(),
                Bytes = (long)reader.Varint(),
                LastSeries = (int)reader.Varint(),
                Directory = reader.Fixed32(),
                FirstDays = [],
            };
            var days = new int[RunInfo.Kinds];
            foreach (ref var day in days.AsSpan())
            {
                day = (int)reader.Signed();
            }

            runs.Add(run with { FirstDays = [.. days] });
        }

        return root with { Runs = runs.MoveToImmutable() };
    }
}

/// <summary>Where the series of a run are.</summary>
internal sealed record RunDirectory(int[] First, int[] Last, uint[] Checksums)
{
    private const byte Version = 1;

    /// <summary>The block that holds a series if the run does; -1 when it cannot.</summary>
    public int BlockOf(int series)
    {
        var place = Array.BinarySearch(Last, series);
        place = place < 0 ? ~place : place;
        return place < First.Length && First[place] <= series ? place : -1;
    }

    public void Write(ByteWriter writer)
    {
        writer.Byte(Version);
        writer.Varint((ulong)First.Length);
        var former = 0;
        for (var block = 0; block < First.Length; block++)
        {
            writer.Varint((ulong)(First[block] - former));
            writer.Varint((ulong)(Last[block] - First[block]));
            writer.Fixed32(Checksums[block]);
            former = Last[block];
        }
    }

    public static RunDirectory Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        if (reader.Byte() is var version && version != Version)
        {
            throw reader.Wrong($"a directory has the unknown form {version}");
        }

        var count = reader.Count();
        var directory = new RunDirectory(new int[count], new int[count], new uint[count]);
        var former = 0;
        for (var block = 0; block < count; block++)
        {
            directory.First[block] = former += (int)reader.Varint();
            directory.Last[block] = former += (int)reader.Varint();
            directory.Checksums[block] = reader.Fixed32();
        }

        return directory;
    }
}

/// <summary>The bytes of blocks, and the checks on them.</summary>
internal static class RunFormat
{
    private const byte Version = 1;
    private const byte Plain = 0;
    private const byte Brotli = 1;
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 18;
    private const int MaximumBlock = 256 * 1024 * 1024;

    /// <summary>What stands before a checksum at the end.</summary>
    /// <exception cref="CodecException">The checksum does not hold.</exception>
    public static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> bytes, uint seed)
    {
        if (bytes.Length < sizeof(uint))
        {
            throw new CodecException(0, $"{bytes.Length} bytes are too few");
        }

        var content = bytes[..^sizeof(uint)];
        return new ByteReader(bytes[^sizeof(uint)..]).Fixed32() == Checksum.Of(content, seed)
            ? content
            : throw new CodecException(content.Length, "the checksum does not hold");
    }

    /// <summary>What a block's checksum begins with: its place, so that a block in another's place does not hold.</summary>
    public static uint SeedOf(HistoryPeriod period, int run, int block)
    {
        Span<byte> place = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(place, (int)period.Resolution);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(place[4..], period.Number);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(place[8..], run);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(place[12..], block);
        return Checksum.Of(place);
    }

    /// <summary>Writes a block as it is stored; its checksum.</summary>
    public static uint Pack(ByteWriter writer, ReadOnlySpan<byte> content, bool compress, uint seed)
    {
        writer.Clear();
        writer.Byte(Version);
        writer.Byte(compress ? Brotli : Plain);
        writer.Varint((ulong)content.Length);
        if (compress)
        {
            var start = writer.Length;
            var room = writer.Reserve(BrotliEncoder.GetMaxCompressedLength(content.Length));
            if (!BrotliEncoder.TryCompress(content, room, out var written, BrotliQuality, BrotliWindow))
            {
                throw new InvalidOperationException("Brotli refused a block.");
            }

            writer.CutTo(start + written);
        }
        else
        {
            writer.Bytes(content);
        }

        var checksum = Checksum.Of(writer.Written, seed);
        writer.Fixed32(checksum);
        return checksum;
    }

    /// <summary>The content of a stored block.</summary>
    /// <exception cref="CodecException">Not what was written.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> stored, uint seed, uint checksum)
    {
        var reader = new ByteReader(Checked(stored, seed));
        if (new ByteReader(stored[^sizeof(uint)..]).Fixed32() != checksum)
        {
            throw reader.Wrong("the block is not the one of its run");
        }

        if (reader.Byte() is var version && version != Version)
        {
            throw reader.Wrong($"a block has the unknown form {version}");
        }

        var packing = reader.Byte();
        var length = reader.Varint();
        if (length > MaximumBlock)
        {
            throw reader.Wrong($"a block of {length} bytes cannot be");
        }

        var content = new byte[length];
        var packed = reader.Bytes(reader.Remaining);
        if (packing == Plain && packed.Length == content.Length)
        {
            packed.CopyTo(content);
        }
        else if (packing != Brotli || !BrotliDecoder.TryDecompress(packed, content, out var unpacked) || unpacked != content.Length)
        {
            throw reader.Wrong("a block cannot be unpacked");
        }

        return content;
    }
}
