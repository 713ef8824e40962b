using System.Collections.Immutable;
using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>What stands in the catalogue besides its rows, in one checksummed row: how many rows there must be, and what is under way.</summary>
internal sealed record CatalogState
{
    private const byte Version = 1;

    /// <summary>Rows of series.</summary>
    public long Series { get; init; }

    /// <summary>Rows of files.</summary>
    public long Files { get; init; }

    /// <summary>Rows of offsets.</summary>
    public long Offsets { get; init; }

    /// <summary>The number that no series has had yet.</summary>
    public int NextSeries { get; init; } = 1;

    /// <summary>Days whose files a flush is about to change: looked at after a crash.</summary>
    public ImmutableArray<int> Pending { get; init; } = [];

    /// <summary>Series that are being deleted: finished at the next start.</summary>
    public ImmutableArray<int> Deleting { get; init; } = [];

    /// <summary>By rule, the day before which raw points were deleted.</summary>
    public ImmutableSortedDictionary<string, int> Swept { get; init; } = ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    public void Write(ByteWriter writer)
    {
        writer.Byte(Version);
        writer.Signed(Series);
        writer.Signed(Files);
        writer.Signed(Offsets);
        writer.Signed(NextSeries);
        WriteInts(writer, Pending);
        WriteInts(writer, Deleting);
        writer.Varint((ulong)Swept.Count);
        foreach (var (rule, day) in Swept)
        {
            writer.Text(rule);
            writer.Signed(day);
        }

        writer.Fixed32(Checksum.Of(writer.Written));
    }

    public static CatalogState Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(RunFormat.Checked(bytes, Checksum.Seed));
        if (reader.Byte() is var version && version != Version)
        {
            throw reader.Wrong($"the state has the unknown form {version}");
        }

        var state = new CatalogState { Series = reader.Signed(), Files = reader.Signed(), Offsets = reader.Signed(), NextSeries = (int)reader.Signed() };
        state = state with { Pending = ReadInts(ref reader) };
        state = state with { Deleting = ReadInts(ref reader) };
        var swept = state.Swept.ToBuilder();
        for (var count = reader.Count(); count > 0; count--)
        {
            var rule = reader.Text();
            swept[rule] = (int)reader.Signed();
        }

        return state with { Swept = swept.ToImmutable() };
    }

    private static void WriteInts(ByteWriter writer, ImmutableArray<int> values)
    {
        writer.Varint((ulong)values.Length);
        foreach (var value in values)
        {
            writer.Signed(value);
        }
    }

    private static ImmutableArray<int> ReadInts(ref ByteReader reader)
    {
        var values = new int[reader.Count()];
        foreach (ref var value in values.AsSpan())
        {
            value = (int)reader.Signed();
        }

        return [.. values];
    }
}
