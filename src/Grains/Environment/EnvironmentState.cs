using System.Text.Json.Serialization;
using Grid.Grains.Maintenance;
using Orleans;

namespace Grid.Grains.Environment;

/// <summary>What an environment sensor remembers: the local level of each of its metrics, 0 to 3.</summary>
[GenerateSerializer, Alias("grid.EnvironmentState")]
public readonly record struct EnvironmentState
{
    /// <summary>Of the river level.</summary>
    [Id(0)] public byte River { get; init; }

    /// <summary>Of rain.</summary>
    [Id(1)] public byte Rain { get; init; }

    /// <summary>Of fine particles.</summary>
    [Id(2)] public byte Pm25 { get; init; }

    /// <summary>Of noise.</summary>
    [Id(3)] public byte Noise { get; init; }

    /// <summary>True while its battery wants changing.</summary>
    [Id(4)] public bool IsBatteryLow { get; init; }

    /// <summary>How its battery's charge has gone.</summary>
    [Id(20)] public BatteryCurve Battery { get; init; }

    /// <summary>The highest of them.</summary>
    [JsonIgnore] public byte LocalLevel => Math.Max(Math.Max(River, Rain), Math.Max(Pm25, Noise));
}
