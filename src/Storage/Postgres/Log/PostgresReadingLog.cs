using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage.ReadingLog;
using Microsoft.Extensions.Logging;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.Log;

/// <summary>
/// The reading log in PostgreSQL: a row is a batch. Appends, acquisitions and checkpoints that wait share a transaction, which holds the rows of the
/// partitions concerned: so epochs are checked in the commit itself, and a paused owner that resumes is refused.
/// </summary>
internal sealed class PostgresReadingLog : IReadingLog, IAsyncDisposable
{
    private const string Name = "log";
    private const int BatchesAtOnce = 16;

    /// <summary>Acquisitions and checkpoints pass the bound of appends: under overload they are what makes room. Each sector has one at most.</summary>
    private const int MaximumQueuedRequests = 1_100_000;

    private readonly PostgresDatabase _database;
    private readonly ReadingLogOptions _options;
    private readonly StorageMetrics _metrics;
    private readonly RequestQueue<ILogRequest> _queue = new("The reading log is closed.");
    private readonly LogLedger _ledger = new();
    private readonly LogTrimmer _trimmer;
    private readonly GroupWriter<ILogRequest> _writer;
    private readonly PostgresReaders _readers;
    private bool _isOpen;

    public PostgresReadingLog(PostgresDatabase database, ReadingLogOptions options, StorageMetrics metrics, ILogger logger)
    {
        _database = database;
        _options = options.Validated();
        _metrics = metrics;
        _trimmer = new LogTrimmer(database, logger);
        _writer = new GroupWriter<ILogRequest>(Name, _queue, database, new LogWork(_ledger, _trimmer, metrics), (int.MaxValue, _options.CommitBytes), logger);
        _readers = new PostgresReaders(Name, database);
    }

    public async Task OpenAsync()
    {
        await _writer.StartAsync();
        _trimmer.Start();
        _metrics.Watch(_ledger);
        Volatile.Write(ref _isOpen, true);
    }

    public async ValueTask<long> AcquireAsync(int partition, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, SectorMap.Partitions);
        var request = new LogAcquire(partition);
        Submit(request, cancellationToken);
        return await request.Task;
    }

    public async ValueTask<ImmutableArray<AppendedBatch>> AppendAsync(ImmutableArray<LogBatch> batches, CancellationToken cancellationToken)
    {
        if (batches.IsDefaultOrEmpty)
        {
            return [];
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var request = new LogAppend(batches);
        Submit(request, cancellationToken);
        return await request.Task;
    }

    public async IAsyncEnumerable<RecordedBatch> ReadAsync(string sector, long afterOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RequireOpen();
        while (true)
        {
            var after = afterOffset;
            var page = await _readers.ReadAsync((connection, token) => ReadPageAsync(connection, sector, after, token), cancellationToken);
            foreach (var (batch, lastOffset) in page)
            {
                yield return batch;
                afterOffset = lastOffset;
            }

            if (page.Count < BatchesAtOnce)
            {
                yield break;
            }
        }
    }

    public async ValueTask<long> GetHeadAsync(string sector, CancellationToken cancellationToken) => (await MarksAsync(sector, cancellationToken)).Head;

    public async ValueTask CheckpointAsync(string sector, long epoch, long offset, CancellationToken cancellationToken)
    {
        var request = new LogCheckpoint(sector, epoch, offset);
        Submit(request, cancellationToken);
        await request.Task;
    }

    public async ValueTask<long> GetCheckpointAsync(string sector, CancellationToken cancellationToken) => (await MarksAsync(sector, cancellationToken)).Checkpoint;

    /// <summary>Commits what waits. Calls that come later get an <see cref="IOException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _isOpen))
        {
            _metrics.Unwatch(_ledger);
        }

        _readers.Dispose();
        await _writer.CloseAsync();
        await _trimmer.CloseAsync();
    }

    private void Submit(ILogRequest request, CancellationToken cancellationToken)
    {
        RequireOpen();
        if (RefusalOf(request) is { } reason)
        {
            _metrics.LogRefused(reason);
            throw new LogOverloadedException(_options.RetryAfter);
        }

        _queue.Add(request, cancellationToken);
    }

    private string? RefusalOf(ILogRequest request)
    {
        if (request.Entries == 0)
        {
            return _queue.Count >= MaximumQueuedRequests ? "queue" : null;
        }

        if (_ledger.Batches >= _options.MaximumRetainedBatches || _ledger.Bytes >= _options.MaximumRetainedBytes)
        {
            return "retained";
        }

        return _queue.Count >= _options.MaximumQueuedAppends || _queue.Bytes + request.Bytes > _options.MaximumQueuedBytes ? "queue" : null;
    }

    private Task<(long Head, long Checkpoint)> MarksAsync(string sector, CancellationToken cancellationToken)
    {
        RequireOpen();
        return _readers.ReadAsync(
            async (connection, token) =>
            {
                var marks = await connection.RowsAsync(
                    token, row => (row.GetInt64(0), row.GetInt64(1)), "SELECT head, checkpoint FROM log_sector WHERE sector = $1", In(sector));
                return marks.SingleOrDefault();
            },
            cancellationToken);
    }

    private Task<List<(RecordedBatch Batch, long LastOffset)>> ReadPageAsync(NpgsqlConnection connection, string sector, long after, CancellationToken cancellationToken) =>
        connection.RowsAsync(
            cancellationToken,
            row => LogRow.Read(row, sector, _database.Name),
            $"{LogRow.Select} WHERE partition = $1 AND sector = $2 AND last_offset > $3 ORDER BY last_offset LIMIT $4",
            In((short)SectorMap.PartitionOf(sector)), In(sector), In(after), In(BatchesAtOnce));

    private void RequireOpen()
    {
        if (!Volatile.Read(ref _isOpen))
        {
            throw new InvalidOperationException("The reading log is not open.");
        }
    }
}
