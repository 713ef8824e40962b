using System.Collections.Concurrent;
using Grid.Storage;
using Grid.Storage.Postgres;
using Grid.Storage.Postgres.Schema;
using Grid.Storage.ReadingLog;
using Grid.Tests.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(Grid.Tests.Storage.Postgres.SharedServer))]

namespace Grid.Tests.Storage.Postgres;

/// <summary>The server of this assembly's tests, started by the first that needs it; each test has a schema of its own in it.</summary>
public sealed class SharedServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartAsync(syncs: false));
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Connections = new(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated)
        {
            await (await Server.Value).DisposeAsync();
        }
    }

    /// <summary>The connection of a test, to a schema that is empty at first.</summary>
    public static async Task<string> EmptyAsync(string name)
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        var server = await Server.Value;
        var schema = name.Replace('-', '_').ToLowerInvariant();
        await RunAsync(server.Connection(), $"CREATE SCHEMA \"{schema}\"");
        return $"{server.Connection()};Search Path={schema}";
    }

    /// <summary>The connection of the test that has the directory, to a schema that is Grid's.</summary>
    public static Task<string> ForAsync(TempDirectory directory) => Connections.GetOrAdd(directory.Path, path => new(async () =>
    {
        var connection = await EmptyAsync(Path.GetFileName(path));
        await new SchemaMigrator(new PostgresOptions { Connection = connection }).ApplyAsync(_ => { }, CancellationToken.None);
        return connection;
    })).Value;

    public static async Task<PostgresStorage> OpenAsync(
        string connection, StorageMetrics? metrics = null, Func<PostgresOptions, PostgresOptions>? with = null, ReadingLogOptions? log = null)
    {
        var options = new PostgresOptions { Connection = connection };
        var storage = new PostgresStorage(with?.Invoke(options) ?? options, log ?? new ReadingLogOptions(), TimeProvider.System, metrics ?? new StorageMetrics(), NullLoggerFactory.Instance);
        await storage.OpenAsync();
        return storage;
    }

    /// <summary>Until a session waits for a lock in a statement on a table.</summary>
    public static async Task WaitForLockAsync(NpgsqlDataSource source, string table)
    {
        await using var waiting = source.CreateCommand($"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{table}%'");
        while ((long)(await waiting.ExecuteScalarAsync())! == 0)
        {
            await Task.Yield();
        }
    }

    /// <summary>Runs a statement behind the storage's back.</summary>
    public static async Task RunAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create($"{connection};Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
