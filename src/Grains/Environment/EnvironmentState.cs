using System.Text.Json.Serialization;
using Grid.Grains.Learning;
using Grid.Grains.Maintenance;
using Orleans;

namespace Grid.Grains.Environment;

/// <summary>What an environment sensor remembers: the local level of each of its metrics, 0 to 3, and the points from which a rise follows. Some 50 bytes, and at most
/// 170 more for each metric with a threshold of its rise.</summary>
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

    /// <summary>Points of the river level from which its rise follows, by time; null for a sensor without a threshold for it. Never changed.</summary>
    [Id(5)] public RisePoint[]? RiverPoints { get; init; }

    /// <summary>True while the river rises fast.</summary>
    [Id(6)] public bool IsRiverRising { get; init; }

    /// <summary>The same of fine particles.</summary>
    [Id(7)] public RisePoint[]? Pm25Points { get; init; }

    /// <summary>True while fine particles rise fast.</summary>
    [Id(8)] public bool IsPm25Rising { get; init; }

    /// <summary>When it last measured rain, in Unix milliseconds; 0 for never.</summary>
    [Id(9)] public long RainedAt { get; init; }

    /// <summary>When it last reported noise, in Unix milliseconds; 0 for never.</summary>
    [Id(10)] public long NoiseAt { get; init; }

    /// <summary>The noise of that report, in thousandths of a decibel.</summary>
    [Id(11)] public long NoiseMilliDecibels { get; init; }

    /// <summary>What is usual of its noise; takes 0.7 KB once it reports some.</summary>
    [Id(12)] public UsualLevel UsualNoise { get; init; }

    /// <summary>When it last reported fine particles, in Unix milliseconds; 0 for never.</summary>
    [Id(13)] public long Pm25At { get; init; }

    /// <summary>The concentration of that report, in thousandths of a microgram a cubic metre.</summary>
    [Id(14)] public long Pm25Thousandths { get; init; }

    /// <summary>What is usual of its fine particles; takes 0.7 KB once it reports some.</summary>
    [Id(15)] public UsualLevel UsualPm25 { get; init; }

    /// <summary>How its battery's charge has gone.</summary>
    [Id(20)] public BatteryCurve Battery { get; init; }

    /// <summary>The highest of them.</summary>
    [JsonIgnore] public byte LocalLevel => Math.Max(Math.Max(River, Rain), Math.Max(Pm25, Noise));
}
