using System.Text.Json;
using Grid.Contracts.Storage;
using Grid.Storage.GrainState;
using Grid.Storage.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>
/// Grain state in PostgreSQL, keyed by grain type with state name, and key. The ETag is a version from one sequence, so that a state that was cleared
/// and written again never has a version that it had before. Whatever waits is written in one transaction of a few statements.
/// </summary>
internal sealed class PostgresGrainStorage : IGrainStorage, IAsyncDisposable
{
    private const string Name = "grains";
    private readonly PostgresDatabase _database;
    private readonly RequestQueue<GrainWrite> _queue = new($"The store {Name} is closed.");
    private readonly GroupWriter<GrainWrite> _writer;
    private readonly PostgresReaders _readers;
    private bool _isOpen;

    public PostgresGrainStorage(PostgresDatabase database, ILogger logger)
    {
        _database = database;
        _writer = new GroupWriter<GrainWrite>(Name, _queue, database, new GrainWork(), (database.Options.MaximumPerCommit, database.Options.CommitBytes), logger);
        _readers = new PostgresReaders(Name, database);
    }

    public async Task OpenAsync()
    {
        await _writer.StartAsync();
        Volatile.Write(ref _isOpen, true);
    }

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        RequireOpen();
        var (type, key) = GrainRecord.Names(stateName, grainId);
        var found = await _readers.ReadAsync(
            (connection, token) => connection.RowsAsync(
                token,
                row => (Version: row.GetInt64(0), Checksum: row.GetInt64(1), Json: row.Bytes(2)),
                "SELECT version, checksum, json FROM grain_state WHERE type = $1 AND key = $2",
                In(type), In(key)),
            cancellationToken);
        if (found.Count == 0)
        {
            GrainRecord.Empty(grainState);
            return;
        }

        var (version, checksum, json) = found[0];
        if (GrainRecord.ChecksumOf(type, key, version, json) != checksum)
        {
            throw new StoreDamagedException($"{Name} in {_database.Name}", $"the checksum of state {type} of grain {key} does not match");
        }

        GrainRecord.Fill(grainState, JsonSerializer.Deserialize<T>(json, StateJson.Options), version);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var json = GrainRecord.Json(grainState); // now: the grain may change it while this waits
        var (isDone, version) = await SubmitAsync(stateName, grainId, grainState, json, cancellationToken);
        if (!isDone)
        {
            throw GrainRecord.Conflict(stateName, grainId, version, grainState.ETag);
        }

        GrainRecord.Written(grainState, version);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (isDone, version) = await SubmitAsync(stateName, grainId, grainState, null, cancellationToken);
        if (!isDone)
        {
            throw GrainRecord.Conflict(stateName, grainId, version, grainState.ETag);
        }

        GrainRecord.Empty(grainState);
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <summary>Finishes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _readers.Dispose();
        await _writer.CloseAsync();
    }

    private Task<(bool IsDone, long Version)> SubmitAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, byte[]? json, CancellationToken cancellationToken)
    {
        RequireOpen();
        if (_queue.Count >= _database.Options.MaximumQueued)
        {
            _database.Metrics.Refused(Name, "write");
            throw new StorageOverloadedException(Name, _database.Options.RetryAfter);
        }

        var (type, key) = GrainRecord.Names(stateName, grainId);
        var request = new GrainWrite(type, key, GrainRecord.Version(grainState.ETag), json);
        _queue.Add(request, cancellationToken);
        return request.Task;
    }

    private void RequireOpen()
    {
        if (!Volatile.Read(ref _isOpen))
        {
            throw new InvalidOperationException($"The store {Name} is not open.");
        }
    }
}

/// <summary>A state to write, or to clear when there is no JSON, over the version that its grain has read.</summary>
internal sealed class GrainWrite(string type, string key, long expected, byte[]? json) : PostgresRequest<(bool IsDone, long Version)>
{
    public (string Type, string Key) Id => (type, key);

    public byte[]? Json => json;

    public override int Bytes => json?.Length ?? 0;

    /// <summary>Decides against the stored version: the version that the state has then, <see cref="GrainRecord.NoVersion"/> for none.</summary>
    public bool Decide(long stored, long next)
    {
        var isDone = stored == expected;
        Result = (isDone, isDone && json is not null ? next : stored);
        return isDone;
    }

    /// <summary>Another process has written it first.</summary>
    public void Lose(long stored) => Result = (false, stored);
}
