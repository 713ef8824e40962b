using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Grains.Alarms;

/// <summary>The alarms of a sector as they are persisted with its books.</summary>
[GenerateSerializer, Immutable, Alias("grid.StoredAlarms")]
public sealed record StoredAlarms
{
    /// <summary>The alarms.</summary>
    [Id(0)] public required ImmutableArray<Alarm> Alarms { get; init; }

    /// <summary>Alarms announced in the last minutes, by kind.</summary>
    [Id(1)] public required ImmutableArray<AlarmStarts> Starts { get; init; }

    /// <summary>What territories give to the definitions.</summary>
    [Id(2)] public ImmutableArray<AlarmSetting> Settings { get; init; } = [];

    /// <summary>Causes that are told as one over several sectors.</summary>
    [Id(3)] public ImmutableArray<FoldedCause> Folded { get; init; } = [];

    /// <summary>What devices that have left take along.</summary>
    [Id(4)] public ImmutableArray<MovingAlarms> Moving { get; init; } = [];
}

/// <summary>A cause that is told as one over several sectors.</summary>
/// <param name="Cause">Its key.</param>
/// <param name="Home">The sector with the alarm.</param>
[GenerateSerializer, Immutable, Alias("grid.FoldedCause")]
public readonly record struct FoldedCause([property: Id(0)] string Cause, [property: Id(1)] string Home);

/// <summary>Alarms of a kind that were announced in a minute.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Minute">Minutes since 1970-01-01 UTC.</param>
/// <param name="Count">How many.</param>
[GenerateSerializer, Immutable, Alias("grid.AlarmStarts")]
public readonly record struct AlarmStarts([property: Id(0)] DeviceKind Kind, [property: Id(1)] int Minute, [property: Id(2)] long Count);
