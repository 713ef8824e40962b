using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.History;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Storage.History;

public sealed class SqliteHistoryConformanceTests : HistoryConformance
{
    private readonly ManualTime _time = new();
    private SqliteHistory _history = null!;

    protected override async Task<(IHistory Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        _history = new SqliteHistory(new HistoryOptions(), _time, new StorageMetrics(), NullLogger.Instance);
        await _history.OpenAsync(Path.Combine(directory.Path, "history"), Subjects, Keys);
        return (_history, _history);
    }

    protected override async Task CloseDaysAsync(DateTimeOffset now)
    {
        await _history.FlushAsync(CancellationToken.None);
        if (now > _time.Now)
        {
            _time.Advance(now - _time.Now);
        }

        // Twice the wait for late readings, which a day that was closed before needs.
        _time.Advance(TimeSpan.FromHours(1));
        await _history.CompactAsync(CancellationToken.None);
    }
}
