using System.Runtime.InteropServices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Npgsql;
using NpgsqlTypes;

namespace Grid.Storage.Postgres.Log;

/// <summary>A batch as it stands in a row of <c>log_batch</c>.</summary>
internal readonly record struct LogRow(string Sector, long PreviousOffset, long LastOffset, long Epoch, int Entries, ReadOnlyMemory<byte> Data)
{
    /// <summary>Takes rows in the order of <see cref="WriteAsync"/>.</summary>
    public const string Copy = "COPY log_batch(partition, sector, last_offset, previous_offset, epoch, entries, format, checksum, data) FROM STDIN (FORMAT BINARY)";

    /// <summary>Gives rows to <see cref="Read"/>.</summary>
    public const string Select = "SELECT last_offset, previous_offset, epoch, entries, format, checksum, data FROM log_batch";

    public async Task WriteAsync(NpgsqlBinaryImporter rows)
    {
        await rows.StartRowAsync();
        await rows.WriteAsync((short)SectorMap.PartitionOf(Sector), NpgsqlDbType.Smallint);
        await rows.WriteAsync(Sector, NpgsqlDbType.Text);
        await rows.WriteAsync(LastOffset, NpgsqlDbType.Bigint);
        await rows.WriteAsync(PreviousOffset, NpgsqlDbType.Bigint);
        await rows.WriteAsync(Epoch, NpgsqlDbType.Bigint);
        await rows.WriteAsync(Entries, NpgsqlDbType.Integer);
        await rows.WriteAsync((short)EntryCodec.Version, NpgsqlDbType.Smallint);
        await rows.WriteAsync((long)Checksum(EntryCodec.Version), NpgsqlDbType.Bigint);
        await rows.WriteAsync(Data, NpgsqlDbType.Bytea);
    }

    /// <exception cref="StoreDamagedException">The row is not what was written.</exception>
    public static (RecordedBatch Batch, long LastOffset) Read(NpgsqlDataReader row, string sector, string database)
    {
        var read = new LogRow(sector, row.GetInt64(1), row.GetInt64(0), row.GetInt64(2), row.GetInt32(3), row.Bytes(6));
        var format = row.GetInt16(4);
        if (row.GetInt64(5) != read.Checksum(format))
        {
            throw new StoreDamagedException($"log in {database}", $"the checksum of the batch up to offset {read.LastOffset} of sector {sector} does not match");
        }

        if (format != EntryCodec.Version)
        {
            throw new StoreDamagedException($"log in {database}", $"the batch up to offset {read.LastOffset} of sector {sector} is in the unknown form {format}");
        }

        var reader = new ByteReader(read.Data.Span);
        try
        {
            var entries = EntryCodec.Read(ref reader, read.Entries);
            return reader.Remaining == 0
                ? (new RecordedBatch(read.PreviousOffset, read.LastOffset - read.Entries + 1, read.Epoch, entries), read.LastOffset)
                : throw reader.Wrong("a batch is longer than its entries");
        }
        catch (CodecException error)
        {
            throw new StoreDamagedException($"log in {database}", $"the batch up to offset {read.LastOffset} of sector {sector}: {error.Message}", error);
        }
    }

    private uint Checksum(long format)
    {
        ReadOnlySpan<long> numbers = [LastOffset, PreviousOffset, Epoch, Entries, format];
        var checksum = Codec.Checksum.Of(MemoryMarshal.AsBytes(Sector.AsSpan()));
        checksum = Codec.Checksum.Of(MemoryMarshal.AsBytes(numbers), checksum);
        return Codec.Checksum.Of(Data.Span, checksum);
    }
}
