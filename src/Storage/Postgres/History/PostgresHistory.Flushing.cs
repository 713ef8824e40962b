using Grid.Contracts.Storage;
using Grid.Storage.History;

namespace Grid.Storage.Postgres.History;

/// <summary>When what was gathered is made durable, and days are closed: one change of this process at a time.</summary>
internal sealed partial class PostgresHistory
{
    /// <summary>Joins the rows of the days that are over.</summary>
    internal Task CloseDaysAsync(DateTimeOffset now, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            var over = _open.Where(day => Days.At(day + 1, 0) + _options.CloseAfter <= now).ToArray();
            if (over.Length > 0)
            {
                await using var connection = await _database.ConnectAsync(CancellationToken.None);
                foreach (var day in over)
                {
                    await _retention.CloseAsync(connection, day);
                    _open.Remove(day);
                    _metrics.HistoryClosed();
                }
            }

            return true;
        },
        cancellationToken);

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        _ = Core;
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await _retrying.ExecuteAsync(async (work, _) => await work(), change, CancellationToken.None);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw _database.Translated(error, Name);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Makes durable what was taken before, twice: a plan that failed before holds less.</summary>
    private async Task FlushAllAsync()
    {
        for (var isLeft = _plan is not null; ; isLeft = false)
        {
            await FlushPlanAsync();
            if (!isLeft)
            {
                return;
            }
        }
    }

    private async Task FlushPlanAsync()
    {
        var intake = Core.Intake;
        var plan = _plan ??= intake.Begin();
        if (!plan.IsEmpty)
        {
            var started = _database.Time.GetTimestamp();
            _open.UnionWith(await _flusher.FlushAsync(plan));
            _metrics.HistoryFlushed(_database.Time.GetElapsedTime(started), plan.Count);
        }

        _plan = null;
        intake.End(plan);
    }

    /// <summary>Asks for a flush in the background, once however often it is asked for.</summary>
    private void Request() => _wake.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        while (await _wake.Reader.WaitToReadAsync())
        {
            _wake.Reader.TryRead(out _);
            try
            {
                await FlushAsync(CancellationToken.None);
                await CloseDaysAsync(_database.Time.GetUtcNow(), CancellationToken.None);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                _metrics.HistoryFailed();
                LogFailed(error);
            }
        }
    }
}
