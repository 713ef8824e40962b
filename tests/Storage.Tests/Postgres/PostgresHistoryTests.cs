using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.History;
using Grid.Storage.Postgres;
using Grid.Storage.Postgres.History;
using Grid.Tests.Storage.History;
using Microsoft.Extensions.Logging.Abstractions;
using static Grid.Tests.Storage.History.HistorySamples;

namespace Grid.Tests.Storage.Postgres;

public sealed class PostgresHistoryTests : HistoryConformance
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ManualTime _time = new();
    private readonly StorageMetrics _metrics = new();
    private PostgresHistory _history = null!;
    private string _connection = "";

    protected override async Task<(IHistory Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        _connection = await SharedServer.ForAsync(directory);
        var (history, store) = await NewAsync();
        _history = history;
        return (history, store);
    }

    protected override async Task CloseDaysAsync(DateTimeOffset now)
    {
        await _history.FlushAsync(None);
        await _history.CloseDaysAsync(now.AddHours(2), None);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_closed_day_has_one_row_for_each_series()
    {
        for (var offset = 1; offset <= 10; offset += 2)
        {
            await Port.AppendAsync(Sector, Batch(offset, Reading("M1", Day.AddMinutes(offset), ("powerWatts", offset)), Reading("M2", Day, ("powerWatts", offset))), None);
            await Port.FlushAsync(None);
        }

        Assert.Equal(10, await RowsAsync());
        await CloseDaysAsync(Day.AddDays(2));
        Assert.Equal(2, await RowsAsync());
    }

    [Fact]
    public async Task Two_processes_have_one_history_and_each_goes_on_where_the_other_was()
    {
        var (other, store) = await NewAsync();
        await using (store)
        {
            await Port.AppendAsync(Sector, Batch(1, Reading("M1", Day, ("powerWatts", 1))), None);
            await Port.FlushAsync(None);

            Assert.Equal(2, await other.AppendAsync(Sector, Batch(2, Reading("M1", Day.AddHours(1), ("powerWatts", 2))), None));
            await other.FlushAsync(None);
            Assert.Equal(3, await Port.AppendAsync(Sector, Batch(3, Reading("M1", Day.AddHours(2), ("powerWatts", 3))), None));
            await Port.FlushAsync(None);

            Assert.Equal([1, 2, 3], (await other.ReadPointsAsync(Query("M1", "powerWatts"), None)).Points.Select(point => point.Value));
        }
    }

    [Fact]
    public async Task A_row_that_was_changed_behind_the_store_is_refused_with_its_place()
    {
        await Port.AppendAsync(Sector, Batch(1, Reading("M1", Day, ("powerWatts", 1))), None);
        await Port.FlushAsync(None);
        await SharedServer.RunAsync(_connection, "UPDATE history_points SET data = set_byte(data, 5, get_byte(data, 5) # 1)");

        var error = await Assert.ThrowsAsync<HistoryDamagedException>(async () => await Port.ReadPointsAsync(Query("M1", "powerWatts"), None));
        Assert.Contains("M1 on 2026-03-10", error.Message, StringComparison.Ordinal);
    }

    private async Task<(PostgresHistory History, IAsyncDisposable Store)> NewAsync()
    {
        var database = new PostgresDatabase(new PostgresOptions { Connection = _connection }, _time, _metrics, NullLogger.Instance);
        var history = new PostgresHistory(database, new HistoryOptions(), _metrics, NullLogger.Instance);
        await history.OpenAsync(Subjects, Keys);
        return (history, new Both(history, database));
    }

    private async Task<long> RowsAsync()
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(_connection);
        await using var count = source.CreateCommand("SELECT count(*) FROM history_points");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private sealed class Both(IAsyncDisposable first, IAsyncDisposable second) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await first.DisposeAsync();
            await second.DisposeAsync();
        }
    }
}
