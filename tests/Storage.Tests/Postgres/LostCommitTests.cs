using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.Postgres;
using Grid.Tests.Database;
using Orleans;
using Orleans.Runtime;

namespace Grid.Tests.Storage.Postgres;

/// <summary>Commits whose answer is lost, on a server that syncs, is killed and comes back.</summary>
public sealed class LostCommitTests : IAsyncLifetime
{
    private const string Sector = "29019.0";
    private static readonly int Partition = SectorMap.PartitionOf(Sector);
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly StorageMetrics _metrics = new();
    private PostgresServer _server = null!;
    private CommitProxy _proxy = null!;
    private PostgresStorage _storage = null!;

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        _server = await PostgresServer.StartAsync(syncs: true);
        _proxy = new CommitProxy(_server.Port);
        await new Grid.Storage.Postgres.Schema.SchemaMigrator(new PostgresOptions { Connection = _server.Connection() }).ApplyAsync(_ => { }, None);
        _storage = await SharedServer.OpenAsync($"{_server.Connection()};Port={_proxy.Port}", _metrics);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _storage.DisposeAsync();
            await _proxy.DisposeAsync();
            await _server.DisposeAsync();
        }

        _metrics.Dispose();
    }

    [Theory]
    [InlineData(CommitFate.RequestIsLost)]
    [InlineData(CommitFate.AnswerIsLost)]
    public async Task What_is_written_is_there_once_whichever_way_the_connection_was_lost(CommitFate fate)
    {
        var epoch = await _storage.Log.AcquireAsync(Partition, None);
        using var doubtful = new Counted("grid.postgres.commits.doubtful", _metrics);

        _proxy.Next(fate);
        var appended = await _storage.Log.AppendAsync([Samples.Batch(Sector, epoch, 1, 3)], None);
        _proxy.Next(fate);
        var put = await _storage.Devices.PutAsync([(Samples.Device("L1"), Sector)], None);
        _proxy.Next(fate);
        var state = new GrainState<GrainStorageConformance.Plain>(new GrainStorageConformance.Plain { StartsAtFive = 7 });
        await _storage.Grains.WriteStateAsync("device", GrainId.Create("meter", "M1"), state);
        _proxy.Next(fate);
        await _storage.Audit.AppendAsync(new AuditEntry(Samples.Morning, "admin", "device.put", "device:L1", ""), None);

        Assert.Equal(4, doubtful.Total);
        Assert.Equal(new AppendedBatch(Sector, 0, 1, 3), Assert.Single(appended));
        Assert.Equal([1, 2, 3], await Samples.NumbersOf(_storage.Log, Sector));
        Assert.Equal(1, Assert.Single(put).Revision);
        Assert.Equal(1, (await _storage.Devices.GetAsync("L1", None))!.Revision);
        Assert.Single(await _storage.Audit.ReadNewestAsync(10, None));
        state.State!.StartsAtFive = 8;
        await _storage.Grains.WriteStateAsync("device", GrainId.Create("meter", "M1"), state);
    }

    [Fact]
    public async Task A_server_that_dies_between_COPY_and_COMMIT_has_nothing_of_the_append_and_gets_it_once_when_it_is_back()
    {
        var epoch = await _storage.Log.AcquireAsync(Partition, None);
        var died = DieAtNextCommit(CommitFate.RequestIsLost);
        var append = _storage.Log.AppendAsync([Samples.Batch(Sector, epoch, 1, 3)], None).AsTask();
        await died;

        await _server.StartAsync();
        await using (var other = await SharedServer.OpenAsync(_server.Connection()))
        {
            Assert.Equal(new AppendedBatch(Sector, 0, 1, 3), Assert.Single(await append));
            Assert.Equal([1, 2, 3], await Samples.NumbersOf(other.Log, Sector));
        }
    }

    [Fact]
    public async Task A_server_that_dies_after_a_COMMIT_that_it_could_not_answer_has_it_once_when_it_is_back()
    {
        var epoch = await _storage.Log.AcquireAsync(Partition, None);
        var died = DieAtNextCommit(CommitFate.AnswerIsLost);
        var append = _storage.Log.AppendAsync([Samples.Batch(Sector, epoch, 1, 3)], None).AsTask();
        await died;
        Assert.False(append.IsCompleted);

        await _server.StartAsync();

        Assert.Equal(new AppendedBatch(Sector, 0, 1, 3), Assert.Single(await append));
        Assert.Equal([1, 2, 3], await Samples.NumbersOf(_storage.Log, Sector));
    }

    [Fact]
    public async Task Whoever_takes_a_partition_over_waits_for_a_commit_under_way_and_sees_it_and_the_former_owner_is_refused_from_then_on()
    {
        await using var other = await SharedServer.OpenAsync(_server.Connection());
        var epoch = await _storage.Log.AcquireAsync(Partition, None);
        var reached = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _proxy.OnCommit = async _ =>
        {
            reached.TrySetResult();
            await goOn.Task;
            return CommitFate.Passes;
        };

        var append = _storage.Log.AppendAsync([Samples.Batch(Sector, epoch, 1, 3)], None).AsTask();
        await reached.Task;
        var taking = other.Log.AcquireAsync(Partition, None).AsTask();
        await using var source = Npgsql.NpgsqlDataSource.Create(_server.Connection());
        await SharedServer.WaitForLockAsync(source, "log_partition");
        Assert.False(taking.IsCompleted);
        goOn.SetResult();

        await append;
        var taken = await taking;
        Assert.True(taken > epoch);
        Assert.Equal(3, await other.Log.GetHeadAsync(Sector, None));
        await Assert.ThrowsAsync<LogFencedException>(async () => await _storage.Log.AppendAsync([Samples.Batch(Sector, epoch, 4, 3)], None));
        await Assert.ThrowsAsync<LogFencedException>(async () => await _storage.Log.CheckpointAsync(Sector, epoch, 3, None));
        Assert.Equal(new AppendedBatch(Sector, 3, 4, 6), Assert.Single(await other.Log.AppendAsync([Samples.Batch(Sector, taken, 4, 3)], None)));
        Assert.Equal([1, 2, 3, 4, 5, 6], await Samples.NumbersOf(_storage.Log, Sector));
    }

    [Fact]
    public async Task A_database_that_stays_away_refuses_without_having_written_and_takes_again_when_it_is_back()
    {
        await using var hasty = await SharedServer.OpenAsync(_server.Connection(), with: options => options with { Retries = 0 });
        var epoch = await hasty.Log.AcquireAsync(Partition, None);
        await _server.StopAtOnceAsync();

        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await hasty.Log.AppendAsync([Samples.Batch(Sector, epoch, 1, 3)], None));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => hasty.Devices.CountAsync(None));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => hasty.Devices.PutAsync([(Samples.Device("L1"), Sector)], None));

        await _server.StartAsync();
        await hasty.Log.AppendAsync([Samples.Batch(Sector, epoch, 4, 3)], None);
        Assert.Equal([4, 5, 6], await Samples.NumbersOf(hasty.Log, Sector));
        Assert.Equal(0, await hasty.Devices.CountAsync(None));
    }

    /// <summary>Completes when the server has been killed at the next COMMIT: before it got it, or after it has done it.</summary>
    private Task DieAtNextCommit(CommitFate fate)
    {
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _proxy.OnCommit = async isAnswered =>
        {
            if (isAnswered == (fate == CommitFate.AnswerIsLost))
            {
                _proxy.Next(CommitFate.Passes);
                await _server.StopAtOnceAsync();
                died.TrySetResult();
            }

            return fate;
        };
        return died.Task;
    }
}
