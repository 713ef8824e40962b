using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.Postgres;
using Grid.Tests.Storage.ReadingLog;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Tests.Storage.Postgres;

public sealed class PostgresReadingLogTests : ReadingLogConformance
{
    protected override async Task<(IReadingLog Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var storage = await SharedServer.OpenAsync(await SharedServer.ForAsync(directory));
        return (storage.Log, storage);
    }
}

public sealed class PostgresDeviceRegistryTests : DeviceRegistryConformance
{
    private string _connection = "";

    protected override async Task<(IDeviceRegistry Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var storage = await SharedServer.OpenAsync(_connection = await SharedServer.ForAsync(directory));
        return (storage.Devices, storage);
    }

    [Fact]
    public async Task A_device_that_is_put_twice_in_one_call_has_two_revisions_and_is_the_second()
    {
        var changes = await Port.PutAsync([(Samples.Device("L1"), "29019.0"), (Samples.Device("L1", "29232"), "29232.0")], CancellationToken.None);

        Assert.Equal([1, 2], changes.Select(change => change.Revision));
        Assert.Equal("29232", (await Port.GetAsync("L1", CancellationToken.None))!.Descriptor.Commune);
        var pending = Assert.Single(await Port.GetPendingAsync(10, CancellationToken.None));
        Assert.Equal(2, pending.Revision);
        Assert.Null(pending.Former);
    }

    [Fact]
    public async Task A_name_with_a_zero_character_is_kept_as_it_is()
    {
        await Port.PutAsync([(Samples.Device("L1") with { Name = "a\0b" }, "29019.0")], CancellationToken.None);

        Assert.Equal("a\0b", (await Port.GetAsync("L1", CancellationToken.None))!.Descriptor.Name);
        Assert.Single(await Port.ListAsync(new DeviceQuery { Text = "a\0b" }, CancellationToken.None));
    }

    [Fact]
    public async Task A_record_that_was_changed_behind_the_store_is_refused_when_it_is_read()
    {
        await Port.PutAsync([(Samples.Device("L1"), "29019.0")], CancellationToken.None);
        await SharedServer.RunAsync(_connection, "UPDATE device SET record = set_byte(record, 12, get_byte(record, 12) # 1)");

        var error = await Assert.ThrowsAsync<StoreDamagedException>(() => Port.GetAsync("L1", CancellationToken.None));
        Assert.Contains("L1", error.Message, StringComparison.Ordinal);
    }
}

public sealed class PostgresBodyRegistryTests : BodyRegistryConformance
{
    protected override async Task<(IBodyRegistry Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var storage = await SharedServer.OpenAsync(await SharedServer.ForAsync(directory));
        return (storage.Bodies, storage);
    }
}

public sealed class PostgresOutboxTests : OutboxConformance
{
    private string _connection = "";

    protected override async Task<(IOutbox Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var storage = await SharedServer.OpenAsync(_connection = await SharedServer.ForAsync(directory));
        return (storage.Outbox, storage);
    }

    [Fact]
    public async Task Two_processes_never_claim_the_same_row()
    {
        await using var other = await SharedServer.OpenAsync(_connection);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Port.AddAsync(Downlink($"c{number}"), Samples.Morning, CancellationToken.None)));

        var claims = await Task.WhenAll(Enumerable.Range(0, 60).Select(sender => Task.Run(
            () => (sender % 2 == 0 ? Port : other.Outbox).ClaimAsync($"S{sender}", Samples.Morning, TimeSpan.FromSeconds(30), 5, CancellationToken.None))));

        var commands = claims.SelectMany(rows => rows).Select(row => row.Downlink.Command).ToArray();
        Assert.Equal(200, commands.Length);
        Assert.Equal(200, commands.Distinct().Count());
    }
}

public sealed class PostgresNotificationOutboxTests : StoredNotificationOutboxConformance
{
    private string _connection = "";

    protected override async Task<(INotificationOutbox Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var storage = await SharedServer.OpenAsync(_connection = await SharedServer.ForAsync(directory));
        return (storage.Notifications, storage);
    }

    [Fact]
    public async Task Two_processes_never_have_rows_of_the_same_endpoint_at_the_same_time()
    {
        await using var other = await SharedServer.OpenAsync(_connection);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(number => Port.AddAsync(Message($"n{number}", $"E{number % 20}"), 100, CancellationToken.None)));

        var claims = await Task.WhenAll(Enumerable.Range(0, 40).Select(sender => Task.Run(
            () => (sender % 2 == 0 ? Port : other.Notifications).ClaimAsync(ClaimBy($"S{sender}", endpoints: 2, perEndpoint: 2), CancellationToken.None))));

        var endpoints = claims.SelectMany(rows => rows.Select(row => row.Notification.Endpoint).Distinct()).ToArray();
        Assert.Equal(20, endpoints.Length);
        Assert.Equal(20, endpoints.Distinct().Count());
        Assert.Equal(40, claims.Sum(rows => rows.Length));
    }
}

public sealed class PostgresAuditLogTests : AuditLogConformance
{
    private string _connection = "";

    protected override async Task<(IAuditLog Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var storage = await SharedServer.OpenAsync(_connection = await SharedServer.ForAsync(directory));
        return (storage.Audit, storage);
    }

    [Fact]
    public async Task A_row_cannot_be_changed_or_deleted_and_where_it_was_forced_the_chain_shows_the_first_such_row()
    {
        for (var number = 1; number <= 5; number++)
        {
            await Port.AppendAsync(Entry(number), CancellationToken.None);
        }

        var audit = (PostgresAuditLog)Port;
        foreach (var forbidden in (string[])["UPDATE audit SET record = '' WHERE number = 3", "DELETE FROM audit", "TRUNCATE audit"])
        {
            var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => SharedServer.RunAsync(_connection, forbidden));
            Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
        }

        Assert.Null(await audit.VerifyAsync(CancellationToken.None));
        await SharedServer.RunAsync(_connection, "ALTER TABLE audit DISABLE TRIGGER ALL; DELETE FROM audit WHERE number = 5");
        Assert.Equal(5, await audit.VerifyAsync(CancellationToken.None));
        await SharedServer.RunAsync(_connection, "DELETE FROM audit WHERE number = 3");
        Assert.Equal(3, await audit.VerifyAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Two_processes_append_to_one_chain()
    {
        await using var other = await SharedServer.OpenAsync(_connection);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(number => (number % 2 == 0 ? Port : other.Audit).AppendAsync(Entry(number), CancellationToken.None)));

        Assert.Null(await ((PostgresAuditLog)Port).VerifyAsync(CancellationToken.None));
        Assert.Equal(100, (await other.Audit.ReadNewestAsync(1000, CancellationToken.None)).Length);
    }
}

public sealed class PostgresGrainStorageTests : GrainStorageConformance
{
    private readonly StorageMetrics _metrics = new();
    private string _connection = "";

    protected override async Task<(IGrainStorage Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var storage = await SharedServer.OpenAsync(_connection = await SharedServer.ForAsync(directory), _metrics);
        return (storage.Grains, storage);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Ten_thousand_grains_that_write_while_the_store_is_busy_cost_three_commits()
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(_connection);
        var known = GrainId.Create("meter", "busy");
        var state = new GrainState<Plain>(new Plain());
        await Port.WriteStateAsync("device", known, state);
        await using var connection = await source.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await using var hold = new Npgsql.NpgsqlCommand("SELECT FROM grain_state FOR UPDATE", connection);
        await hold.ExecuteNonQueryAsync();
        using var commits = new Counted("grid.postgres.commits", _metrics);
        using var requests = new Counted("grid.postgres.requests", _metrics);

        var busy = Port.WriteStateAsync("device", known, state);
        await SharedServer.WaitForLockAsync(source, "grain_state");
        var writes = Enumerable.Range(0, 10_000).Select(number => Port.WriteStateAsync("device", GrainId.Create("meter", $"M{number}"), new GrainState<Plain>(new Plain()))).ToArray();
        await holding.RollbackAsync();
        await busy;
        await Task.WhenAll(writes);

        Assert.Equal(10_001, requests.Total);
        Assert.Equal(1 + (10_000 / 4_000) + 1, commits.Total);
    }

    [Fact]
    public async Task Of_two_processes_that_write_the_same_state_first_one_wins_and_the_other_is_told()
    {
        await using var other = await SharedServer.OpenAsync(_connection);
        for (var number = 0; number < 20; number++)
        {
            var id = GrainId.Create("meter", $"M{number}");
            var outcomes = await Task.WhenAll(new[] { Port, other.Grains }.Select((port, index) => Task.Run(async () =>
            {
                var state = new GrainState<Plain>(new Plain { StartsAtFive = index });
                var refusal = await Record.ExceptionAsync(() => port.WriteStateAsync("device", id, state));
                return (Refusal: refusal as InconsistentStateException, state.ETag, Value: index);
            })));

            var (won, lost) = (Assert.Single(outcomes, outcome => outcome.ETag is not null), Assert.Single(outcomes, outcome => outcome.Refusal is not null));
            Assert.Equal((won.ETag, null), (lost.Refusal!.StoredEtag, lost.Refusal.CurrentEtag));
            var read = new GrainState<Plain>();
            await Port.ReadStateAsync("device", id, read);
            Assert.Equal((won.Value, won.ETag), (read.State!.StartsAtFive, read.ETag));
        }
    }

    [Fact]
    public async Task Writes_of_one_grain_that_wait_together_are_decided_in_their_order()
    {
        var id = GrainId.Create("meter", "M1");
        var first = new GrainState<Plain>(new Plain { StartsAtFive = 1 });
        var second = new GrainState<Plain>(new Plain { StartsAtFive = 2 });

        var writes = new[] { Port.WriteStateAsync("device", id, first), Port.WriteStateAsync("device", id, second) };

        await writes[0];
        var refusal = await Assert.ThrowsAsync<InconsistentStateException>(() => writes[1]);
        Assert.Equal(first.ETag, refusal.StoredEtag);
    }

    [Fact]
    public async Task A_state_that_was_changed_behind_the_store_is_refused_when_it_is_read()
    {
        var id = GrainId.Create("meter", "M1");
        await Port.WriteStateAsync("device", id, new GrainState<Plain>(new Plain { StartsAtFive = 7 }));
        await SharedServer.RunAsync(_connection, "UPDATE grain_state SET json = convert_to(replace(convert_from(json, 'UTF8'), '7', '8'), 'UTF8')");

        var error = await Assert.ThrowsAsync<StoreDamagedException>(() => Port.ReadStateAsync("device", id, new GrainState<Plain>()));
        Assert.Contains("meter/device", error.Message, StringComparison.Ordinal);
        Assert.Contains("M1", error.Message, StringComparison.Ordinal);
    }
}
