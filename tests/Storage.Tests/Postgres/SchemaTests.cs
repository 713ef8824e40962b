using Grid.Storage.Postgres;
using Grid.Storage.Postgres.Schema;

namespace Grid.Tests.Storage.Postgres;

public sealed class SchemaTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static SchemaMigrator Migrator(string connection) => new(new PostgresOptions { Connection = connection });

    private static async Task<string> RefusalAsync(string connection)
    {
        var error = await Assert.ThrowsAsync<DatabaseUnusableException>(() => Migrator(connection).RequireCurrentAsync(None));
        Assert.StartsWith("Grid:Storage:Connection: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }

    [Fact]
    public async Task An_empty_database_is_refused_until_it_is_migrated_and_then_lacks_nothing()
    {
        var connection = await SharedServer.EmptyAsync("schema_empty");
        Assert.Contains("command migrate", await RefusalAsync(connection), StringComparison.Ordinal);
        Assert.Equal(SchemaMigration.All, await Migrator(connection).PendingAsync(None));

        var applied = new List<SchemaMigration>();
        Assert.Equal(SchemaMigration.All.Count, await Migrator(connection).ApplyAsync(applied.Add, None));

        Assert.Equal(SchemaMigration.All, applied);
        await Migrator(connection).RequireCurrentAsync(None);
        Assert.Equal(0, await Migrator(connection).ApplyAsync(applied.Add, None));
    }

    [Fact]
    public async Task Processes_that_migrate_at_once_apply_each_step_once()
    {
        var connection = await SharedServer.EmptyAsync("schema_race");

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Migrator(connection).ApplyAsync(_ => { }, None))));

        Assert.Equal(SchemaMigration.All.Count, applied.Sum());
    }

    [Fact]
    public async Task A_schema_that_is_newer_than_the_program_is_refused_and_not_touched()
    {
        var connection = await SharedServer.EmptyAsync("schema_newer");
        await Migrator(connection).ApplyAsync(_ => { }, None);
        await SharedServer.RunAsync(connection, "INSERT INTO grid_schema(version, name, checksum) VALUES(999, 'later', '')");

        Assert.Contains("version 999", await RefusalAsync(connection), StringComparison.Ordinal);
        await Assert.ThrowsAsync<DatabaseUnusableException>(() => Migrator(connection).ApplyAsync(_ => { }, None));
    }

    [Fact]
    public async Task A_step_that_was_applied_with_another_text_is_refused()
    {
        var connection = await SharedServer.EmptyAsync("schema_other");
        await Migrator(connection).ApplyAsync(_ => { }, None);
        await SharedServer.RunAsync(connection, "UPDATE grid_schema SET checksum = 'other' WHERE version = 1");

        Assert.Contains("step 1", await RefusalAsync(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_step_that_brings_cabinets_finds_those_that_light_points_have()
    {
        var connection = await SharedServer.EmptyAsync("schema_cabinets");
        await Migrator(connection).ApplyAsync(_ => { }, None);
        await using var storage = await SharedServer.OpenAsync(connection);
        await storage.Devices.PutAsync(Samples.FedDevices, None);
        await SharedServer.RunAsync(connection, "ALTER TABLE device DROP COLUMN cabinet; DELETE FROM grid_schema WHERE version >= 4");
        Assert.Equal("cabinets", SchemaMigration.All[3].Name);

        await new SchemaMigrator(new PostgresOptions { Connection = connection }, [.. SchemaMigration.All.Take(4)]).ApplyAsync(_ => { }, None);

        await Samples.AssertFedAsync(storage.Devices);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_database_as_it_was_before_it()
    {
        var connection = await SharedServer.EmptyAsync("schema_fails");
        SchemaMigration[] steps = [.. SchemaMigration.All, new(SchemaMigration.All.Count + 1, "wrong", "CREATE TABLE half(); SELECT 1/0;")];
        var migrator = new SchemaMigrator(new PostgresOptions { Connection = connection }, steps);

        var error = await Assert.ThrowsAsync<DatabaseUnusableException>(() => migrator.ApplyAsync(_ => { }, None));

        Assert.Contains("division by zero", error.Message, StringComparison.Ordinal);
        Assert.Equal([steps[^1]], await migrator.PendingAsync(None));
        await SharedServer.RunAsync(connection, "CREATE TABLE half()");
    }

    [Fact]
    public async Task A_database_that_is_somebody_elses_is_refused_by_what_is_in_it_and_one_with_Orleans_tables_is_not()
    {
        var connection = await SharedServer.EmptyAsync("schema_else");
        await SharedServer.RunAsync(connection, "CREATE TABLE orleansquery(); CREATE TABLE thesis()");
        Assert.Contains("holds thesis", await RefusalAsync(connection), StringComparison.Ordinal);
        await Assert.ThrowsAsync<DatabaseUnusableException>(() => Migrator(connection).ApplyAsync(_ => { }, None));

        await SharedServer.RunAsync(connection, "DROP TABLE thesis");
        Assert.Contains("command migrate", await RefusalAsync(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_named_without_its_password()
    {
        var server = await SharedServer.EmptyAsync("schema_unreachable");

        foreach (var connection in (string[])["Host=127.0.0.1;Port=1;Database=grid;Username=u;Password=s3cret;Timeout=5", $"{server};Password=s3cret;Database=absent"])
        {
            var message = await RefusalAsync(connection);
            Assert.Contains("at 127.0.0.1:", message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=s3cret")]
    [InlineData("Host=127.0.0.1;Password=ab;s3cret=1")]
    [InlineData("s3cret")]
    public void A_text_that_is_no_connection_string_is_refused_without_repeating_it(string connection)
    {
        var error = Assert.Throws<DatabaseUnusableException>(() => new PostgresOptions { Connection = connection }.Complete());

        Assert.Contains("such as Host=", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_are_bounded_and_commit_durably_and_what_the_setting_says_stays()
    {
        var ours = new PostgresOptions { Connection = "Host=h" }.Complete();
        Assert.Equal((32, 10, 30), (ours.MaxPoolSize, ours.Timeout, ours.CommandTimeout));
        Assert.Contains("synchronous_commit=on", ours.Options, StringComparison.Ordinal);

        var given = new PostgresOptions { Connection = "Host=h;Maximum Pool Size=7;Timeout=3;Command Timeout=4;Options=-c work_mem=8MB" }.Complete();
        Assert.Equal((7, 3, 4), (given.MaxPoolSize, given.Timeout, given.CommandTimeout));
        Assert.Contains("work_mem=8MB", given.Options, StringComparison.Ordinal);
        Assert.Contains("statement_timeout=4000", given.Options, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_out_of_range_is_refused_with_its_name_value_and_range()
    {
        var error = Assert.Throws<ArgumentException>(() => new PostgresOptions { Connection = "Host=h", Readers = 0 }.Validated());

        Assert.Contains("Readers is 0; it must be from 1 to 64", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Host", new PostgresOptions { Connection = "Host=h" }.ToString(), StringComparison.Ordinal);
    }
}
