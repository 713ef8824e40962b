using System.Collections.Immutable;
using Orleans;

namespace Grid.Contracts.Alarms;

/// <summary>
/// What a device that moves takes along of its alarms. Its former sector keeps it from the entry by which the device left until it is told that the new one has it, or for
/// 30 days; the entry that registers the device in its new sector holds it.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.MovingAlarms")]
public sealed record MovingAlarms
{
    /// <summary>Most alarms of one device that move with it: those that are not normal first, then the newest.</summary>
    public const int MaximumAlarms = 64;

    /// <summary>Key of the device.</summary>
    [Id(0)] public required string Device { get; init; }

    /// <summary>The registry's revision of the change by which it left.</summary>
    [Id(1)] public required long Revision { get; init; }

    /// <summary>When it left, in Unix milliseconds.</summary>
    [Id(2)] public required long LeftAt { get; init; }

    /// <summary>The conditions that its alarms followed from, one bit each.</summary>
    [Id(3)] public required int Holding { get; init; }

    /// <summary>The alarms as they were when it left; of what a territory gives to their definitions they have nothing.</summary>
    [Id(4)] public required ImmutableArray<Alarm> Alarms { get; init; }
}
