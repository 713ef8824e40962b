using Grid.Contracts.Storage;
using Grid.Storage.Sqlite;

namespace Grid.Tests.Storage.Sqlite;

public sealed class SqliteDeviceRegistryTests : DeviceRegistryConformance
{
    protected override async Task<(IDeviceRegistry Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var store = await RegistryStore.OpenAsync(directory);
        return (new SqliteDeviceRegistry(store), store);
    }

    [Fact]
    public async Task A_registry_from_before_lists_by_cabinet_is_brought_up_with_the_cabinets_that_its_light_points_have()
    {
        using var directory = new TempDirectory();
        await using (var store = await RegistryStore.OpenAsync(directory))
        {
            await new SqliteDeviceRegistry(store).PutAsync(Samples.FedDevices, CancellationToken.None);
            await store.WriteAsync(
                session => session.Run("DROP TABLE notification") + session.Run("DROP INDEX device_by_cabinet") + session.Run("ALTER TABLE device DROP COLUMN cabinet") + session.Run("PRAGMA user_version = 1"),
                CancellationToken.None);
        }

        await using var opened = await RegistryStore.OpenAsync(directory);
        await Samples.AssertFedAsync(new SqliteDeviceRegistry(opened));
        Assert.Equal(RegistrySchema.Schema.Version, await opened.ReadAsync(session => session.Value("PRAGMA user_version"), CancellationToken.None));
    }
}

public sealed class SqliteBodyRegistryTests : BodyRegistryConformance
{
    protected override async Task<(IBodyRegistry Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var store = await RegistryStore.OpenAsync(directory);
        return (new SqliteBodyRegistry(store), store);
    }
}

public sealed class SqliteOutboxTests : OutboxConformance
{
    protected override async Task<(IOutbox Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var store = await RegistryStore.OpenAsync(directory);
        return (new SqliteOutbox(store), store);
    }

    [Fact]
    public async Task While_nothing_is_due_a_claim_writes_nothing()
    {
        using var directory = new TempDirectory();
        await using (var store = await RegistryStore.OpenAsync(directory))
        {
            var outbox = new SqliteOutbox(store);
            await outbox.AddAsync(Downlink("later"), Samples.Morning.AddTicks(1), CancellationToken.None);
            for (var look = 0; look < 100; look++)
            {
                Assert.Empty(await outbox.ClaimAsync("A", Samples.Morning, TimeSpan.FromMinutes(1), 10, CancellationToken.None));
            }

            Assert.Single(await outbox.ClaimAsync("A", Samples.Morning.AddTicks(1), TimeSpan.FromMinutes(1), 10, CancellationToken.None));
            Assert.Empty(await outbox.ClaimAsync("B", Samples.Morning.AddTicks(1), TimeSpan.FromMinutes(1), 10, CancellationToken.None));
        }

        await using var opened = await RegistryStore.OpenAsync(directory);
        Assert.Equal(2, opened.CommitsAtOpening);
    }
}

public sealed class SqliteNotificationOutboxTests : StoredNotificationOutboxConformance
{
    protected override async Task<(INotificationOutbox Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var store = await RegistryStore.OpenAsync(directory);
        return (new SqliteNotificationOutbox(store), store);
    }
}

public sealed class SqliteAuditLogTests : AuditLogConformance
{
    private SqliteStore _store = null!;

    protected override async Task<(IAuditLog Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        _store = await RegistryStore.OpenAsync(directory);
        return (new SqliteAuditLog(_store), _store);
    }

    [Fact]
    public async Task A_row_cannot_be_changed_or_deleted_and_where_it_was_forced_the_chain_shows_the_first_such_row()
    {
        for (var number = 1; number <= 5; number++)
        {
            await Port.AppendAsync(Entry(number), CancellationToken.None);
        }

        var audit = (SqliteAuditLog)Port;
        await Assert.ThrowsAsync<IOException>(() => _store.WriteAsync(session => session.Run("UPDATE audit SET record = x'00' WHERE number = 3"), CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => _store.WriteAsync(session => session.Run("DELETE FROM audit"), CancellationToken.None));
        Assert.Null(await audit.VerifyAsync(CancellationToken.None));

        await _store.WriteAsync(session => session.Run("DROP TRIGGER audit_is_never_deleted") + session.Run("DELETE FROM audit WHERE number = 3"), CancellationToken.None);
        Assert.Equal(3, await audit.VerifyAsync(CancellationToken.None));
    }
}

public sealed class SqliteStoreTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_waits_shares_a_commit_and_a_request_that_throws_undoes_itself_alone()
    {
        using var metrics = new Grid.Storage.StorageMetrics();
        await using var store = await RegistryStore.OpenAsync(_directory, metrics: metrics);
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var first = store.WriteAsync(
            session =>
            {
                started.Set();
                release.Wait();
                return session.Run("INSERT INTO counter VALUES('first', 1)");
            },
            CancellationToken.None);
        started.Wait();
        var good = Enumerable.Range(0, 500).Select(number => store.WriteAsync(session => session.Run($"INSERT INTO counter VALUES('good {number}', 1)"), CancellationToken.None)).ToArray();
        var bad = store.WriteAsync<int>(
            session =>
            {
                session.Run("INSERT INTO counter VALUES('bad', 1)");
                throw new InvalidOperationException("wrong");
            },
            CancellationToken.None);
        using var commits = new Counted("grid.sqlite.commits", metrics);
        release.Set();

        await first;
        await Task.WhenAll(good);
        Assert.Equal("wrong", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
        Assert.Equal(2, commits.Total);
        Assert.Equal(503, await store.ReadAsync(session => session.Value("SELECT count(*) FROM counter"), CancellationToken.None));
    }

    [Fact]
    public async Task A_full_queue_refuses_and_counts()
    {
        using var metrics = new Grid.Storage.StorageMetrics();
        using var refused = new Counted("grid.sqlite.refused", metrics);
        await using var store = await RegistryStore.OpenAsync(_directory, new SqliteOptions { MaximumQueued = 2 }, metrics);
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var admitted = new List<Task>
        {
            store.WriteAsync(
                _ =>
                {
                    started.Set();
                    release.Wait();
                    return 0;
                },
                CancellationToken.None),
        };
        started.Wait();
        using var cancellation = new CancellationTokenSource();
        admitted.Add(store.WriteAsync(session => session.Run("INSERT INTO counter VALUES('kept', 1)"), CancellationToken.None));
        var cancelled = store.WriteAsync(session => session.Run("INSERT INTO counter VALUES('cancelled', 1)"), cancellation.Token);

        var error = Assert.Throws<StorageOverloadedException>(() => { _ = store.WriteAsync(_ => 0, CancellationToken.None); });
        await cancellation.CancelAsync();
        release.Set();

        await Task.WhenAll(admitted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal("registry", error.Store);
        Assert.Equal(1, refused.Total);
        Assert.Equal(3, await store.ReadAsync(session => session.Value("SELECT count(*) FROM counter"), CancellationToken.None));
    }

    [Fact]
    public async Task A_file_of_another_version_is_refused_by_name_and_not_touched()
    {
        var store = await RegistryStore.OpenAsync(_directory);
        await store.WriteAsync(session => session.Run("PRAGMA user_version = 99"), CancellationToken.None);
        await store.DisposeAsync();
        var file = Path.Combine(_directory.Path, "registry.db");
        var before = await File.ReadAllBytesAsync(file);
        var error = await Assert.ThrowsAsync<Grid.Storage.DataDirectoryException>(() => RegistryStore.OpenAsync(_directory));
        Assert.Contains("registry.db of version 99", error.Message);
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task A_file_that_is_no_database_any_more_is_refused_as_damaged()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "registry.db"), new string('x', 8192));

        await Assert.ThrowsAsync<Grid.Storage.StoreDamagedException>(() => RegistryStore.OpenAsync(_directory));
    }

    [Fact]
    public async Task A_record_that_was_changed_behind_the_store_is_refused_when_it_is_read()
    {
        await using var store = await RegistryStore.OpenAsync(_directory);
        var registry = new SqliteDeviceRegistry(store);
        await registry.PutAsync([(Samples.Device("L1"), "29019.0")], CancellationToken.None);
        await store.WriteAsync(session => session.Run("UPDATE device SET record = CAST(replace(record, '29019', '29018') AS BLOB)"), CancellationToken.None);

        var error = await Assert.ThrowsAsync<Grid.Storage.StoreDamagedException>(() => registry.GetAsync("L1", CancellationToken.None));
        Assert.Contains("L1", error.Message);
        Assert.EndsWith("registry.db", error.File);
    }

    [Fact]
    public async Task A_closed_store_takes_nothing()
    {
        var store = await RegistryStore.OpenAsync(_directory);
        await store.DisposeAsync();

        Assert.Throws<IOException>(() => { _ = store.WriteAsync(_ => 0, CancellationToken.None); });
        Assert.Throws<IOException>(() => { _ = store.ReadAsync(_ => 0, CancellationToken.None); });
        Assert.Equal(0, new FileInfo(Path.Combine(_directory.Path, "registry.db-wal")).Length);
    }
}
