using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Runtime;

/// <summary>
/// Grain state in memory, for tests and simulation. It keeps JSON, so that what was not written is lost when the grain is activated again.
/// Thread-safe. Its size is that of what was written: it is no cache and forgets nothing but what is cleared.
/// </summary>
public sealed class MemoryGrainStorage(JsonSerializerOptions? json = null) : IGrainStorage
{
    private static readonly JsonSerializerOptions Fields = new() { IncludeFields = true };

    private readonly JsonSerializerOptions _json = json ?? Fields;
    private readonly ConcurrentDictionary<(string State, GrainId Grain), Record> _records = new();
    private long _version;

    /// <summary>How many records it holds.</summary>
    public int Count => _records.Count;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        if (_records.TryGetValue((stateName, grainId), out var record))
        {
            grainState.State = JsonSerializer.Deserialize<T>(record.Json, _json);
            grainState.ETag = record.ETag;
            grainState.RecordExists = true;
        }
        else
        {
            Empty(grainState);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(grainState.State, _json);
        var next = new Record(bytes, Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture));
        var key = (stateName, grainId);
        var stored = _records.GetValueOrDefault(key);
        var isWritten = stored?.ETag == grainState.ETag
            && (stored is null ? _records.TryAdd(key, next) : _records.TryUpdate(key, next, stored));
        if (!isWritten)
            return Task.FromException(Conflict(stateName, grainId, _records.GetValueOrDefault(key)?.ETag, grainState.ETag));
        grainState.ETag = next.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var key = (stateName, grainId);
        var stored = _records.GetValueOrDefault(key);
        if (stored?.ETag != grainState.ETag || (stored is not null && !_records.TryRemove(KeyValuePair.Create(key, stored))))
            return Task.FromException(Conflict(stateName, grainId, _records.GetValueOrDefault(key)?.ETag, grainState.ETag));
        Empty(grainState);
        return Task.CompletedTask;
    }

    private static void Empty<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static InconsistentStateException Conflict(string state, GrainId grain, string? stored, string? current) => new(
        $"State '{state}' of {grain} was written by another: it has version {stored ?? "none"}, the writer read {current ?? "none"}.", stored, current);

    // Compared by reference: a record is replaced, never changed.
    private sealed class Record(byte[] json, string etag)
    {
        public byte[] Json { get; } = json;

        public string ETag { get; } = etag;
    }
}
