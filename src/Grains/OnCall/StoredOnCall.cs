using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Orleans;

namespace Grid.Grains.OnCall;

/// <summary>What the grain of a calendar persists.</summary>
[GenerateSerializer, Alias("grid.StoredOnCall")]
public sealed class StoredOnCall
{
    /// <summary>The calendar; null when there is none.</summary>
    [Id(0)] public OnCallCalendar? Calendar { get; set; }

    /// <summary>Grows by one with each change of the calendar; 0 before the first.</summary>
    [Id(1)] public long Version { get; set; }

    /// <summary>When the calendar was changed last.</summary>
    [Id(2)] public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Alarms that nobody answered, the newest first.</summary>
    [Id(3)] public ImmutableArray<UnansweredPage> Unanswered { get; set; } = [];
}
