using System.Collections.Concurrent;
using System.Threading.Channels;
using Grid.Contracts.Sectors;
using Microsoft.Extensions.Logging;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.Log;

/// <summary>
/// Deletes the batches that checkpoints cover, behind the writer. Any process may delete them whoever owns the partition: a checkpoint never goes back.
/// What a stop leaves is deleted after the sector's next checkpoint.
/// </summary>
internal sealed partial class LogTrimmer(PostgresDatabase database, ILogger logger)
{
    private const int RowsAtOnce = 500;

    /// <summary>Sectors to trim, with their newest checkpoint; bounded by the number of sectors.</summary>
    private readonly ConcurrentDictionary<string, long> _due = new(StringComparer.Ordinal);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync();

    public void Trim(string sector, long checkpoint)
    {
        _due[sector] = checkpoint;
        _wake.Writer.TryWrite(true);
    }

    public Task CloseAsync()
    {
        _wake.Writer.TryComplete();
        return _running;
    }

    private async Task RunAsync()
    {
        while (await _wake.Reader.WaitToReadAsync())
        {
            _wake.Reader.TryRead(out _);
            foreach (var (sector, checkpoint) in _due)
            {
                if (_due.TryRemove(KeyValuePair.Create(sector, checkpoint)))
                {
                    await TrimAsync(sector, checkpoint);
                }
            }
        }
    }

    private async Task TrimAsync(string sector, long checkpoint)
    {
        try
        {
            int deleted;
            do
            {
                await using var connection = await database.ConnectAsync(CancellationToken.None);
                deleted = await connection.RunAsync(
                    CancellationToken.None,
                    """
                    DELETE FROM log_batch WHERE partition = $1 AND sector = $2 AND last_offset <= (
                        SELECT max(last_offset) FROM (
                            SELECT last_offset FROM log_batch WHERE partition = $1 AND sector = $2 AND last_offset <= $3 ORDER BY last_offset LIMIT $4) AS oldest)
                    """,
                    In((short)SectorMap.PartitionOf(sector)), In(sector), In(checkpoint), In(RowsAtOnce));
                database.Metrics.Trimmed(deleted);
            }
            while (deleted == RowsAtOnce);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogNotTrimmed(sector, checkpoint, PostgresErrors.Reason(error));
        }
    }

    [LoggerMessage(1157, LogLevel.Warning, "The log of sector {Sector} up to {Checkpoint} could not be deleted and will be after its next checkpoint: {Reason}")]
    private partial void LogNotTrimmed(string sector, long checkpoint, string reason);
}
