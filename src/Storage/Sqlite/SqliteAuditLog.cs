using System.Collections.Immutable;
using System.Security.Cryptography;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.Sqlite;

/// <summary>
/// The audit in <c>registry.db</c>: each row carries a SHA-256 over the hash before it and its own record, so that a row that was changed or
/// taken out later shows.
/// </summary>
internal sealed class SqliteAuditLog(SqliteStore store) : IAuditLog
{
    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken) => store.WriteAsync(session => Append(session, entry), cancellationToken);

    public Task<ImmutableArray<AuditEntry>> ReadNewestAsync(int limit, CancellationToken cancellationToken) => store.ReadAsync(
        session =>
        {
            using var rows = session.Query("SELECT number, record FROM audit ORDER BY number DESC LIMIT ?1").Bind(1, limit);
            var entries = ImmutableArray.CreateBuilder<AuditEntry>();
            while (rows.Step())
            {
                entries.Add(AuditRecords.Read(rows.Blob(1), session.File, rows.Long(0)));
            }

            return entries.ToImmutable();
        },
        cancellationToken);

    /// <summary>Verifies every row; the number of the first that is not as it was written, or does not follow the one before, null when all are.</summary>
    public Task<long?> VerifyAsync(CancellationToken cancellationToken) => store.ReadAsync(Verify, cancellationToken);

    private static long Append(SqliteSession session, AuditEntry entry)
    {
        var number = 1L;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        hash.Clear();
        using (var rows = session.Query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"))
        {
            if (rows.Step())
            {
                number = rows.Long(0) + 1;
                rows.Blob(1).CopyTo(hash);
            }
        }

        using var writer = new ByteWriter(256);
        var record = AuditRecords.Write(writer, entry);
        session.Query("INSERT INTO audit(number, record, hash) VALUES(?1, ?2, ?3)").Bind(1, number).Bind(2, record).Bind(3, AuditRecords.Chain(hash, record)).Run();
        return number;
    }

    private static long? Verify(SqliteSession session)
    {
        var expected = 0L;
        var hash = new byte[SHA256.HashSizeInBytes];
        using var rows = session.Query("SELECT number, record, hash FROM audit ORDER BY number");
        while (rows.Step())
        {
            hash = AuditRecords.Chain(hash, rows.Blob(1));
            if (rows.Long(0) != ++expected || !rows.Blob(2).SequenceEqual(hash))
            {
                return expected;
            }
        }

        return null;
    }
}
