using System.Globalization;
using System.Text.Json;
using Grid.Simulation.Machine;
using Grid.Storage.Sqlite;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Simulation.Stores;

/// <summary>Grain state that outlives processes, in the form in which the real store keeps it.</summary>
internal sealed class GrainRecords
{
    public Dictionary<(string State, GrainId Grain), (byte[] Json, long Version)> Records { get; } = [];

    /// <summary>The last version given.</summary>
    public long Version { get; set; }
}

/// <summary>Grain storage of one process.</summary>
internal sealed class SimulatedGrainStorage(GrainRecords records, Operations operations) : IGrainStorage
{
    private const string Store = "grains";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (json, version) = await operations.AskAsync(Store, "read", () => records.Records.GetValueOrDefault((stateName, grainId)));
        if (json is null)
        {
            Empty(grainState);
            return;
        }

        grainState.State = JsonSerializer.Deserialize<T>(json, StateJson.Options)!;
        grainState.ETag = Text(version);
        grainState.RecordExists = true;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(grainState.State, StateJson.Options);
        var version = await operations.AskAsync(Store, "write", () => Replace((stateName, grainId), grainState.ETag, json));
        grainState.ETag = Text(version);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await operations.AskAsync(Store, "clear", () => Replace((stateName, grainId), grainState.ETag, null));
        Empty(grainState);
    }

    private long Replace((string State, GrainId Grain) key, string? expected, byte[]? json)
    {
        var stored = records.Records.TryGetValue(key, out var record) ? Text(record.Version) : null;
        if (stored != expected)
        {
            throw new InconsistentStateException($"State {key.State} of {key.Grain} has version {stored ?? "none"}, not {expected ?? "none"}.", stored, expected);
        }

        records.Version++;
        if (json is null)
        {
            records.Records.Remove(key);
        }
        else
        {
            records.Records[key] = (json, records.Version);
        }

        return records.Version;
    }

    private static void Empty<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);
}
