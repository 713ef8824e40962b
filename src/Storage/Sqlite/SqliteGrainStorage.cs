using System.Text.Json;
using Grid.Storage.GrainState;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Storage.Sqlite;

/// <summary>
/// Grain state in <c>grains.db</c>, keyed by grain type with state name, and key. The ETag is a version that grows over the whole store, so that a
/// state that was cleared and written again never has a version that it had before. Whatever waits shares a commit.
/// </summary>
internal sealed class SqliteGrainStorage(SqliteStore store) : IGrainStorage
{
    public static readonly SqliteSchema Schema = new("grains", 1, """
        CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO counter(name, value) VALUES('version', 0);

        -- type: grain type / state name; checksum: CRC-32C over type, key, version and json
        CREATE TABLE state(
            id INTEGER PRIMARY KEY,
            type TEXT NOT NULL,
            key TEXT NOT NULL,
            version INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            json TEXT NOT NULL,
            UNIQUE(type, key)) STRICT;
        """);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (type, key) = GrainRecord.Names(stateName, grainId);
        var (version, state) = await store.ReadAsync(session => Read<T>(session, type, key), cancellationToken);
        if (version == GrainRecord.NoVersion)
        {
            GrainRecord.Empty(grainState);
            return;
        }

        GrainRecord.Fill(grainState, state, version);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (type, key) = GrainRecord.Names(stateName, grainId);
        var json = GrainRecord.Json(grainState); // now: the grain may change it while this waits
        var expected = GrainRecord.Version(grainState.ETag);
        var (isWritten, version) = await store.WriteAsync(session => Write(session, type, key, expected, json), cancellationToken);
        if (!isWritten)
        {
            throw GrainRecord.Conflict(stateName, grainId, version, grainState.ETag);
        }

        GrainRecord.Written(grainState, version);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (type, key) = GrainRecord.Names(stateName, grainId);
        var expected = GrainRecord.Version(grainState.ETag);
        var stored = await store.WriteAsync(session => Clear(session, type, key, expected), cancellationToken);
        if (stored != expected)
        {
            throw GrainRecord.Conflict(stateName, grainId, stored, grainState.ETag);
        }

        GrainRecord.Empty(grainState);
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    private static (long Version, T? State) Read<T>(SqliteSession session, string type, string key)
    {
        using var rows = session.Query("SELECT version, checksum, json FROM state WHERE type = ?1 AND key = ?2").Bind(1, type).Bind(2, key);
        if (!rows.Step())
        {
            return (GrainRecord.NoVersion, default);
        }

        var version = rows.Long(0);
        var json = rows.Blob(2);
        return GrainRecord.ChecksumOf(type, key, version, json) == rows.Long(1)
            ? (version, JsonSerializer.Deserialize<T>(json, StateJson.Options))
            : throw new StoreDamagedException(session.File, $"the checksum of state {type} of grain {key} does not match");
    }

    /// <summary>The new version, or when it was not written the stored one.</summary>
    private static (bool IsWritten, long Version) Write(SqliteSession session, string type, string key, long expected, byte[] json)
    {
        long version;
        using (var rows = session.Query("UPDATE counter SET value = value + 1 WHERE name = 'version' RETURNING value"))
        {
            rows.Step();
            version = rows.Long(0);
        }

        var write = expected == GrainRecord.NoVersion
            ? session.Query("INSERT INTO state(type, key, version, checksum, json) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(type, key) DO NOTHING")
            : session.Query("UPDATE state SET version = ?3, checksum = ?4, json = ?5 WHERE type = ?1 AND key = ?2 AND version = ?6").Bind(6, expected);
        var count = write.Bind(1, type).Bind(2, key).Bind(3, version).Bind(4, GrainRecord.ChecksumOf(type, key, version, json)).BindText(5, json).Run();
        return count == 1 ? (true, version) : (false, StoredVersion(session, type, key));
    }

    /// <summary>The version that was stored: cleared when it is the expected one.</summary>
    private static long Clear(SqliteSession session, string type, string key, long expected)
    {
        var stored = StoredVersion(session, type, key);
        if (stored == expected && stored != GrainRecord.NoVersion)
        {
            session.Query("DELETE FROM state WHERE type = ?1 AND key = ?2").Bind(1, type).Bind(2, key).Run();
        }

        return stored;
    }

    private static long StoredVersion(SqliteSession session, string type, string key)
    {
        using var rows = session.Query("SELECT version FROM state WHERE type = ?1 AND key = ?2").Bind(1, type).Bind(2, key);
        return rows.Step() ? rows.Long(0) : GrainRecord.NoVersion;
    }
}
