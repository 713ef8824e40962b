using System.Globalization;
using System.Text.Json;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Communes;
using Grid.Simulation.Machine;
using Grid.Storage.Sqlite;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Simulation.Stores;

/// <summary>A stored state: its JSON, or a copy of the state from which to make it.</summary>
internal sealed class GrainRecord
{
    public byte[]? Json { get; set; }

    public object? Copy { get; set; }

    /// <summary>Its version over all states, as text.</summary>
    public required string ETag { get; set; }

    /// <summary>The form in which the real store keeps it.</summary>
    public byte[] ToJson() => Json ?? JsonSerializer.SerializeToUtf8Bytes(Copy!, Copy!.GetType(), StateJson.Options);
}

/// <summary>Grain state that outlives processes.</summary>
internal sealed class GrainRecords
{
    private readonly List<(string Commune, RuleTask Task)> _decided = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private long _version;

    public Dictionary<(string State, GrainId Grain), GrainRecord> Records { get; } = [];

    /// <summary>Every action that the rules for communes have decided, each once, in the order in which that became durable.</summary>
    public IReadOnlyList<(string Commune, RuleTask Task)> Decided => _decided;

    /// <summary>A state is durable.</summary>
    public void Note(GrainId grain, object? state)
    {
        foreach (var task in (state as StoredCommuneRules)?.Tasks ?? [])
        {
            if (_known.Add(task.Id))
            {
                _decided.Add((grain.Key.ToString()!, task));
            }
        }
    }

    /// <summary>A version that no record has had.</summary>
    public string NextETag() => (++_version).ToString(CultureInfo.InvariantCulture);
}

/// <summary>Grain storage of one process.</summary>
/// <param name="records">What outlives it.</param>
/// <param name="operations">The way to it.</param>
/// <param name="copiesStates">Keeps copies of device states and makes JSON of them when they are read, which is the same and costs much less.</param>
internal sealed class SimulatedGrainStorage(GrainRecords records, Operations operations, bool copiesStates) : IGrainStorage
{
    private const string Store = "grains";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (json, etag) = await operations.AskAsync(Store, "read", () =>
            records.Records.TryGetValue((stateName, grainId), out var record) ? (record.ToJson(), record.ETag) : (null, null));
        if (json is null)
        {
            Empty(grainState);
            return;
        }

        grainState.State = JsonSerializer.Deserialize<T>(json, StateJson.Options)!;
        grainState.ETag = etag;
        grainState.RecordExists = true;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var copy = copiesStates ? StateCopy<T>.Copy : null;
        if (copy is null || !operations.AnswersAtOnce)
        {
            // What is written is the state as it is now: the grain may change it while a slow store takes its time.
            return copy is null
                ? WriteAsync((stateName, grainId), grainState, JsonSerializer.SerializeToUtf8Bytes(grainState.State, StateJson.Options), null)
                : WriteAsync((stateName, grainId), grainState, null, copy(grainState.State!, default));
        }

        try
        {
            operations.Note(Store, "write");
            var record = Expect((stateName, grainId), grainState.ETag) ?? Add((stateName, grainId));
            (record.Json, record.Copy) = (null, copy(grainState.State!, (T?)record.Copy));
            grainState.ETag = record.ETag = records.NextETag();
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }
        catch (InconsistentStateException conflict)
        {
            return Task.FromException(conflict);
        }
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await operations.AskAsync(Store, "clear", () =>
        {
            Expect((stateName, grainId), grainState.ETag);
            return records.Records.Remove((stateName, grainId));
        });
        Empty(grainState);
    }

    private async Task WriteAsync<T>((string State, GrainId Grain) key, IGrainState<T> grainState, byte[]? json, object? copy)
    {
        var state = grainState.State;
        grainState.ETag = await operations.AskAsync(Store, "write", () =>
        {
            var record = Expect(key, grainState.ETag) ?? Add(key);
            (record.Json, record.Copy) = (json, copy);
            records.Note(key.Grain, state);
            return record.ETag = records.NextETag();
        });
        grainState.RecordExists = true;
    }

    /// <summary>The record, which must have the version that its reader knows; null when there is none and none was expected.</summary>
    private GrainRecord? Expect((string State, GrainId Grain) key, string? expected)
    {
        var record = records.Records.GetValueOrDefault(key);
        return record?.ETag == expected ? record : throw new InconsistentStateException(
            $"State {key.State} of {key.Grain} has version {record?.ETag ?? "none"}, not {expected ?? "none"}.", record?.ETag, expected);
    }

    private GrainRecord Add((string State, GrainId Grain) key)
    {
        var record = new GrainRecord { ETag = "" };
        records.Records.Add(key, record);
        return record;
    }

    private static void Empty<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }
}
