using System.Text.Json;
using Grid.Simulation.Stores;
using Grid.Storage.Sqlite;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Simulation.Plants;

/// <summary>Grain storage that answers at once and writes later: a checkpoint that believes it comes before its snapshot.</summary>
internal sealed class WriteBehindStorage(GrainRecords records, TimeProvider clock) : IGrainStorage
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(60);

    private readonly Dictionary<(string, GrainId), GrainRecord?> _written = [];

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var record = _written.TryGetValue(key, out var written) ? written : records.Records.TryGetValue(key, out var stored) ? stored : null;
        grainState.State = record is { } found ? JsonSerializer.Deserialize<T>(found.ToJson(), StateJson.Options)! : Activator.CreateInstance<T>();
        grainState.ETag = record?.ETag;
        grainState.RecordExists = record is not null;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = new GrainRecord { Json = JsonSerializer.SerializeToUtf8Bytes(grainState.State, StateJson.Options), ETag = records.NextETag() };
        _written[(stateName, grainId)] = record;
        grainState.ETag = record.ETag;
        grainState.RecordExists = true;
        clock.CreateTimer(_ => records.Records[(stateName, grainId)] = record, null, Later, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _written[(stateName, grainId)] = null;
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        clock.CreateTimer(_ => records.Records.Remove((stateName, grainId)), null, Later, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }
}
