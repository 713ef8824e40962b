using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Grid.Storage.Codec;
using Grid.Storage.Sqlite;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Storage.GrainState;

/// <summary>What every store of grain state has in common: names, versions as ETags, and the checksum over a record.</summary>
internal static class GrainRecord
{
    /// <summary>No record has it.</summary>
    public const long NoVersion = -1;

    /// <summary>Under what a state is kept: grain type with state name, and key.</summary>
    public static (string Type, string Key) Names(string stateName, GrainId grainId) => ($"{grainId.Type}/{stateName}", grainId.Key.ToString()!);

    /// <summary>The version of an ETag; one that is not this store's matches no record.</summary>
    public static long Version(string? etag) =>
        etag is null ? NoVersion : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    public static byte[] Json<T>(IGrainState<T> grainState) => JsonSerializer.SerializeToUtf8Bytes(grainState.State, StateJson.Options);

    /// <summary>CRC-32C over everything in a record.</summary>
    public static uint ChecksumOf(string type, string key, long version, ReadOnlySpan<byte> json)
    {
        var checksum = Checksum.Of(MemoryMarshal.AsBytes(type.AsSpan()));
        checksum = Checksum.Of(MemoryMarshal.AsBytes(key.AsSpan()), checksum);
        checksum = Checksum.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in version)), checksum);
        return Checksum.Of(json, checksum);
    }

    /// <summary>The record was read.</summary>
    public static void Fill<T>(IGrainState<T> grainState, T? state, long version)
    {
        grainState.State = state ?? Activator.CreateInstance<T>();
        Written(grainState, version);
    }

    /// <summary>The record was written.</summary>
    public static void Written<T>(IGrainState<T> grainState, long version)
    {
        grainState.ETag = Text(version);
        grainState.RecordExists = true;
    }

    /// <summary>There is no record, or no more.</summary>
    public static void Empty<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    /// <summary>The record is not the one that the grain has read.</summary>
    public static InconsistentStateException Conflict(string stateName, GrainId grainId, long stored, string? read) => new(
        $"State {stateName} of {grainId} was written by another: the store has version {(stored == NoVersion ? "none" : Text(stored))}, this one was read as {read ?? "none"}.",
        stored == NoVersion ? null : Text(stored),
        read);

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);
}
