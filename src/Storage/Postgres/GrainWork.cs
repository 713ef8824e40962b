using System.Runtime.InteropServices;
using Grid.Storage.GrainState;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>
/// A transaction of grain states: lock what is there, decide each write against it in the order of the calls, and write what comes out in one
/// statement for all new states, one for all that were there, and one for all that go.
/// </summary>
internal sealed class GrainWork : IGroupWork<GrainWrite>
{
    public async Task<NpgsqlBatch> DoAsync(NpgsqlConnection connection, IReadOnlyList<GrainWrite> requests)
    {
        var states = await LockAsync(connection, requests);
        var next = await TakeVersionsAsync(connection, requests.Count);
        for (var index = 0; index < requests.Count; index++)
        {
            var request = requests[index];
            var state = states[request.Id];
            if (request.Decide(state.Version, next[index]))
            {
                state.Version = request.Json is null ? GrainRecord.NoVersion : next[index];
                state.Json = request.Json;
                state.Writers.Add(request);
            }
        }

        await InsertAsync(connection, states);
        var last = connection.CreateBatch();
        Update(last, states);
        Delete(last, states);
        return last;
    }

    private static async Task<SortedDictionary<(string Type, string Key), State>> LockAsync(NpgsqlConnection connection, IReadOnlyList<GrainWrite> requests)
    {
        var states = new SortedDictionary<(string Type, string Key), State>(Comparer<(string Type, string Key)>.Create(Compare));
        foreach (var request in requests)
        {
            states.TryAdd(request.Id, new State());
        }

        foreach (var (id, version) in await StoredAsync(connection, [.. states.Keys], "FOR UPDATE OF grain_state"))
        {
            states[id].Stored = states[id].Version = version;
        }

        return states;
    }

    /// <summary>New states. One that another process has inserted meanwhile is lost to it, with all that was to be written over it.</summary>
    private static async Task InsertAsync(NpgsqlConnection connection, SortedDictionary<(string Type, string Key), State> states)
    {
        var added = Changed(states, state => state.Stored == GrainRecord.NoVersion && state.Version != GrainRecord.NoVersion);
        if (added.Length == 0)
        {
            return;
        }

        var inserted = await connection.RowsAsync(
            CancellationToken.None,
            row => (row.GetString(0), row.GetString(1)),
            "INSERT INTO grain_state(type, key, version, checksum, json) SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT(type, key) DO NOTHING RETURNING type, key",
            Values(added));
        if (inserted.Count == added.Length)
        {
            return;
        }

        var missing = added.Select(state => state.Key).Except(inserted).ToArray();
        foreach (var (id, version) in await StoredAsync(connection, missing, ""))
        {
            foreach (var writer in states[id].Writers)
            {
                writer.Lose(version);
            }
        }
    }

    private static void Update(NpgsqlBatch batch, SortedDictionary<(string Type, string Key), State> states)
    {
        var changed = Changed(states, state => state.Stored != GrainRecord.NoVersion && state.Version != GrainRecord.NoVersion && state.Version != state.Stored);
        if (changed.Length > 0)
        {
            batch.Add(
                """
                UPDATE grain_state SET version = new.version, checksum = new.checksum, json = new.json
                FROM unnest($1, $2, $3, $4, $5) AS new(type, key, version, checksum, json) WHERE grain_state.type = new.type AND grain_state.key = new.key
                """,
                Values(changed));
        }
    }

    private static void Delete(NpgsqlBatch batch, SortedDictionary<(string Type, string Key), State> states)
    {
        var cleared = Changed(states, state => state.Stored != GrainRecord.NoVersion && state.Version == GrainRecord.NoVersion);
        if (cleared.Length > 0)
        {
            batch.Add(
                "DELETE FROM grain_state USING unnest($1, $2) AS old(type, key) WHERE grain_state.type = old.type AND grain_state.key = old.key",
                In(Array.ConvertAll(cleared, state => state.Key.Type)), In(Array.ConvertAll(cleared, state => state.Key.Key)));
        }
    }

    private static Task<List<((string Type, string Key) Id, long Version)>> StoredAsync(NpgsqlConnection connection, (string Type, string Key)[] ids, string locking) =>
        connection.RowsAsync(
            CancellationToken.None,
            row => ((row.GetString(0), row.GetString(1)), row.GetInt64(2)),
            $"""
            SELECT grain_state.type, grain_state.key, version FROM unnest($1, $2) AS wanted(type, key)
            JOIN grain_state ON grain_state.type = wanted.type AND grain_state.key = wanted.key ORDER BY 1, 2 {locking}
            """,
            In(Array.ConvertAll(ids, id => id.Type)), In(Array.ConvertAll(ids, id => id.Key)));

    private static Task<List<long>> TakeVersionsAsync(NpgsqlConnection connection, int count) =>
        connection.RowsAsync(CancellationToken.None, row => row.GetInt64(0), "SELECT nextval('grain_state_version') FROM generate_series(1, $1)", In(count));

    private static KeyValuePair<(string Type, string Key), State>[] Changed(SortedDictionary<(string Type, string Key), State> states, Predicate<State> isWanted) =>
        [.. states.Where(state => isWanted(state.Value))];

    private static NpgsqlParameter[] Values(KeyValuePair<(string Type, string Key), State>[] states) =>
    [
        In(Array.ConvertAll(states, state => state.Key.Type)),
        In(Array.ConvertAll(states, state => state.Key.Key)),
        In(Array.ConvertAll(states, state => state.Value.Version)),
        In(Array.ConvertAll(states, state => (long)GrainRecord.ChecksumOf(state.Key.Type, state.Key.Key, state.Value.Version, state.Value.Json!))),
        In(Array.ConvertAll(states, state => state.Value.Json!)),
    ];

    private static int Compare((string Type, string Key) left, (string Type, string Key) right) =>
        string.CompareOrdinal(left.Type, right.Type) is var order && order != 0 ? order : string.CompareOrdinal(left.Key, right.Key);

    /// <summary>A state as the database has it, and as it is to be.</summary>
    private sealed class State
    {
        public long Stored { get; set; } = GrainRecord.NoVersion;

        public long Version { get; set; } = GrainRecord.NoVersion;

        public byte[]? Json { get; set; }

        public List<GrainWrite> Writers { get; } = [];
    }
}
