using Grid.Storage;
using Grid.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Tests.Storage.Sqlite;

public sealed class SqliteGrainStorageTests : GrainStorageConformance
{
    private readonly StorageMetrics _metrics = new();
    private SqliteStore _store = null!;

    protected override async Task<(IGrainStorage Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        _store = new SqliteStore(SqliteGrainStorage.Schema, new SqliteOptions(), new ManualTime(), _metrics, NullLogger.Instance);
        await _store.OpenAsync(Path.Combine(directory.Path, "grains.db"));
        return (new SqliteGrainStorage(_store), _store);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Ten_thousand_grains_that_write_while_the_store_is_busy_cost_three_commits()
    {
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var busy = _store.WriteAsync(
            _ =>
            {
                started.Set();
                release.Wait();
                return 0;
            },
            CancellationToken.None);
        started.Wait();
        var writes = Enumerable.Range(0, 10_000).Select(number => Port.WriteStateAsync("device", GrainId.Create("meter", $"M{number}"), new GrainState<Plain>(new Plain()))).ToArray();
        using var commits = new Counted("grid.sqlite.commits", _metrics);
        release.Set();
        await busy;
        await Task.WhenAll(writes);

        Assert.Equal(1 + (10_000 / 4_000) + 1, commits.Total);
    }

    [Fact]
    public async Task A_state_that_was_changed_behind_the_store_is_refused_when_it_is_read()
    {
        var id = GrainId.Create("meter", "M1");
        await Port.WriteStateAsync("device", id, new GrainState<Plain>(new Plain { StartsAtFive = 7 }));
        await _store.WriteAsync(session => session.Run("UPDATE state SET json = replace(json, '7', '8')"), CancellationToken.None);

        var error = await Assert.ThrowsAsync<StoreDamagedException>(() => Port.ReadStateAsync("device", id, new GrainState<Plain>()));
        Assert.Contains("meter/device", error.Message);
        Assert.Contains("M1", error.Message);
    }
}
