using System.Globalization;
using System.Security.Cryptography;
using Grid.Contracts.Storage;

namespace Grid.Storage.Codec;

/// <summary>Audit entries as they stand in rows, and the chain over them.</summary>
internal static class AuditRecords
{
    public static ReadOnlySpan<byte> Write(ByteWriter writer, AuditEntry entry)
    {
        Records.Begin(writer).Signed(entry.At.UtcTicks);
        writer.Text(entry.Actor);
        writer.Text(entry.Action);
        writer.Text(entry.Target);
        writer.Text(entry.Detail);
        return Records.End(writer);
    }

    public static AuditEntry Read(ReadOnlySpan<byte> record, string store, long number)
    {
        var reader = Records.Open(record, store, string.Create(CultureInfo.InvariantCulture, $"audit entry {number}"));
        var at = new DateTimeOffset(reader.Signed(), TimeSpan.Zero);
        return new AuditEntry(at, reader.Text(), reader.Text(), reader.Text(), reader.Text());
    }

    /// <summary>The hash of a row: SHA-256 over the hash of the row before it, zeros for the first, and its record.</summary>
    public static byte[] Chain(ReadOnlySpan<byte> before, ReadOnlySpan<byte> record)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        hash.AppendData(record);
        return hash.GetHashAndReset();
    }
}
