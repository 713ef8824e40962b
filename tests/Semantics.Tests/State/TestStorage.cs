using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Tests.Semantics.State;

/// <summary>Grain storage with ETags that a test can change behind a grain's back, and make fail.</summary>
public sealed class TestStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (string Json, int Version)> _records = new();

    /// <summary>Reads and writes then fail with this.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Someone else writes the state of a grain.</summary>
    public void Overwrite(string key, object state)
    {
        var id = _records.Keys.Single(k => k.Contains($"/{key}|", StringComparison.Ordinal));
        _records[id] = (JsonSerializer.Serialize(state), _records[id].Version + 1);
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowWhenFailing();
        if (_records.TryGetValue(Id(stateName, grainId), out var record))
        {
            grainState.State = JsonSerializer.Deserialize<T>(record.Json)!;
            grainState.ETag = Etag(record.Version);
            grainState.RecordExists = true;
        }
        else
        {
            grainState.State = Activator.CreateInstance<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowWhenFailing();
        var id = Id(stateName, grainId);
        var version = Check(id, grainState.ETag) + 1;
        _records[id] = (JsonSerializer.Serialize(grainState.State), version);
        grainState.ETag = Etag(version);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowWhenFailing();
        var id = Id(stateName, grainId);
        Check(id, grainState.ETag);
        _records.TryRemove(id, out _);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private int Check(string id, string? etag)
    {
        var version = _records.TryGetValue(id, out var record) ? record.Version : 0;
        var stored = version == 0 ? null : Etag(version);
        return stored == etag ? version : throw new InconsistentStateException("Someone else wrote this state.", stored, etag);
    }

    private void ThrowWhenFailing()
    {
        if (Failure is { } failure)
            throw failure;
    }

    private static string Id(string stateName, GrainId grainId) => $"{grainId}|{stateName}";

    private static string Etag(int version) => version.ToString(CultureInfo.InvariantCulture);
}
