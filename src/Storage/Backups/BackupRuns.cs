using System.Globalization;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.Backups;

/// <summary>Runs backups of an open storage, one at a time, and remembers what became of them.</summary>
internal sealed partial class BackupRuns(GridStorage storage, TimeProvider time, ILogger<BackupRuns> logger) : IBackups
{
    private const int Remembered = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, BackupStatus> _runs = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private string? _running;
    private int _count;

    public BackupStatus Start(string to)
    {
        var full = Path.GetFullPath(to);
        if (full.TrimEnd(Path.DirectorySeparatorChar) != to.TrimEnd(Path.DirectorySeparatorChar))
        {
            throw new BackupRefusedException($"'{to}' is no full path.", isBusy: false);
        }

        try
        {
            BackupWriter.RequireFree(full);
        }
        catch (DataDirectoryException unusable)
        {
            throw new BackupRefusedException(unusable.Message, isBusy: false);
        }

        BackupStatus status;
        lock (_gate)
        {
            if (_running is not null)
            {
                throw new BackupRefusedException($"Backup {_running} is being made; one at a time.", isBusy: true);
            }

            var now = time.GetUtcNow();
            var id = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd'T'HHmmss}-{++_count}");
            status = new BackupStatus(id, BackupState.Running, full, now, null, 0, 0, null, null);
            _running = id;
            _runs[id] = status;
            _order.Enqueue(id);
            if (_order.Count > Remembered)
            {
                _runs.Remove(_order.Dequeue());
            }
        }

        _ = RunAsync(status);
        return status;
    }

    public BackupStatus? Find(string id)
    {
        lock (_gate)
        {
            return _runs.GetValueOrDefault(id);
        }
    }

    private async Task RunAsync(BackupStatus status)
    {
        LogStarted(status.Id, status.To);
        try
        {
            var bytes = await storage.BackUpAsync(
                status.To, (doing, done, total) => Change(status.Id, known => known with { Doing = doing, Done = done, Total = total }), CancellationToken.None);
            End(status.Id, BackupState.Completed, null);
            LogCompleted(status.Id, status.To, bytes);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            End(status.Id, BackupState.Failed, error.Message);
            LogFailed(error, status.Id, status.To);
        }
    }

    private void End(string id, BackupState state, string? error)
    {
        lock (_gate)
        {
            _running = null;
        }

        Change(id, known => known with { State = state, EndedAt = time.GetUtcNow(), Error = error });
    }

    private void Change(string id, Func<BackupStatus, BackupStatus> change)
    {
        lock (_gate)
        {
            if (_runs.TryGetValue(id, out var known))
            {
                _runs[id] = change(known);
            }
        }
    }

    [LoggerMessage(1130, LogLevel.Information, "Backup {Id} to {Target} has begun.")]
    private partial void LogStarted(string id, string target);

    [LoggerMessage(1131, LogLevel.Information, "Backup {Id} to {Target} is whole and verified: {Bytes} bytes.")]
    private partial void LogCompleted(string id, string target, long bytes);

    [LoggerMessage(1132, LogLevel.Error, "Backup {Id} to {Target} was not made.")]
    private partial void LogFailed(Exception error, string id, string target);
}
