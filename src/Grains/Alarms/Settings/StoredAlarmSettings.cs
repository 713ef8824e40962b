using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Orleans;

namespace Grid.Grains.Alarms.Settings;

/// <summary>What the grain of a territory's settings of alarms persists.</summary>
[GenerateSerializer, Alias("grid.StoredAlarmSettings")]
public sealed class StoredAlarmSettings
{
    /// <summary>In their one form.</summary>
    [Id(0)] public ImmutableArray<AlarmSetting> Settings { get; set; } = [];

    /// <summary>Grows by one with each change; 0 before the first.</summary>
    [Id(1)] public long Version { get; set; }

    /// <summary>When they were changed last.</summary>
    [Id(2)] public DateTimeOffset ChangedAt { get; set; }
}
