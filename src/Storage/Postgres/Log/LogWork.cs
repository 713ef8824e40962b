using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.Log;

/// <summary>A transaction of the log: lock, check, COPY the batches, move the heads.</summary>
internal sealed class LogWork(LogLedger ledger, LogTrimmer trimmer, StorageMetrics metrics) : IGroupWork<ILogRequest>
{
    private LogState _state = null!;
    private List<(int Partition, List<LogLedger.Held> Held)> _acquired = [];

    public async Task<NpgsqlBatch> DoAsync(NpgsqlConnection connection, IReadOnlyList<ILogRequest> requests)
    {
        var acquired = requests.Where(request => request.Acquired is not null).Select(request => request.Acquired!.Value).ToHashSet();
        _state = await LogState.LockAsync(connection, acquired, requests.SelectMany(request => request.Sectors).ToHashSet(StringComparer.Ordinal));
        _acquired = await HeldAsync(connection, acquired);
        foreach (var request in requests)
        {
            request.Stage(_state);
        }

        if (_state.Rows.Count > 0)
        {
            await using var rows = await connection.BeginBinaryImportAsync(LogRow.Copy);
            foreach (var row in _state.Rows)
            {
                await row.WriteAsync(rows);
            }

            await rows.CompleteAsync();
        }

        var last = connection.CreateBatch();
        _state.Write(last);
        return last;
    }

    public void Committed(IReadOnlyList<ILogRequest> requests)
    {
        foreach (var (partition, held) in _acquired)
        {
            ledger.Acquired(partition, _state.EpochOf(partition), held);
        }

        var (entries, bytes) = (0L, 0L);
        foreach (var row in _state.Rows)
        {
            ledger.Appended(new LogLedger.Held(row.Sector, row.LastOffset, row.Entries, row.Data.Length));
            entries += row.Entries;
            bytes += row.Data.Length;
        }

        foreach (var (sector, checkpoint) in _state.Checkpoints)
        {
            ledger.Checkpointed(sector, checkpoint);
            trimmer.Trim(sector, checkpoint);
        }

        metrics.LogCommitted(requests.Count(request => request.Refusal is null), entries, bytes);
        foreach (var fenced in requests.Select(request => request.Refusal).OfType<LogFencedException>())
        {
            metrics.LogRefused("fenced");
            ledger.Fenced(fenced.Partition, _state.EpochOf(fenced.Partition));
        }
    }

    /// <summary>What the log holds of partitions that are taken over.</summary>
    private static async Task<List<(int Partition, List<LogLedger.Held> Held)>> HeldAsync(NpgsqlConnection connection, HashSet<int> partitions)
    {
        if (partitions.Count == 0)
        {
            return [];
        }

        var held = await connection.RowsAsync(
            CancellationToken.None,
            row => new LogLedger.Held(row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.GetInt32(3)),
            """
            SELECT log_batch.sector, last_offset, entries, octet_length(data) FROM log_batch JOIN log_sector USING (sector)
            WHERE log_batch.partition = ANY($1) AND last_offset > checkpoint ORDER BY log_batch.sector, last_offset
            """,
            In(partitions.Select(partition => (short)partition).ToArray()));
        var byPartition = held.ToLookup(batch => SectorMap.PartitionOf(batch.Sector));
        return [.. partitions.Select(partition => (partition, byPartition[partition].ToList()))];
    }
}
