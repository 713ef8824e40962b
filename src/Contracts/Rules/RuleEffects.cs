using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Rules;

/// <summary>The alarm of a rule begins or ends on the device.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleAlarm")]
public sealed record RuleAlarm : DeviceEffect
{
    /// <summary>The rule that says so.</summary>
    [Id(0)] public required string Rule { get; init; }

    /// <summary>The alarm's condition: <c>rule.ID</c>, of this rule or of the one whose alarm it clears.</summary>
    [Id(1)] public required string Condition { get; init; }

    /// <summary>True when it begins to hold.</summary>
    [Id(2)] public bool Active { get; init; }

    /// <summary>When, by the times of the reports (UTC, milliseconds).</summary>
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>For people.</summary>
    [Id(4)] public required string Message { get; init; }

    /// <summary>How fast somebody has to act.</summary>
    [Id(5)] public AlarmPriority Priority { get; init; }

    /// <summary>What it is about.</summary>
    [Id(6)] public AlarmClass Class { get; init; }
}

/// <summary>Something that a rule has done when it begins to hold. Carried out twice it is done once: by its id.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleAction")]
public abstract record RuleAction : DeviceEffect
{
    /// <summary>The same for the same rule, version, device, log offset and place among its actions, whoever replays it.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The rule.</summary>
    [Id(1)] public required string Rule { get; init; }

    /// <summary>When it began to hold, by the times of the reports (UTC, milliseconds).</summary>
    [Id(2)] public required DateTimeOffset At { get; init; }
}

/// <summary>A command to the device, or to a group of it.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleCommand")]
public sealed record RuleCommand : RuleAction
{
    /// <summary>Name of the command.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Arguments by name.</summary>
    [Id(1)] public required ImmutableSortedDictionary<string, double> Arguments { get; init; }

    /// <summary>Who is told.</summary>
    [Id(2)] public RuleReceivers Receivers { get; init; }

    /// <summary>It would close a loop of rules: it is not given, and remembered as refused.</summary>
    [Id(3)] public bool IsCut { get; init; }
}

/// <summary>Who is told a command of a rule. The numbers are stored: never renumber.</summary>
public enum RuleReceivers : byte
{
    /// <summary>The device for which the rule holds.</summary>
    Device = 0,

    /// <summary>The light points of its cabinet, itself included.</summary>
    Cabinet = 1,

    /// <summary>All devices of its commune that understand the command.</summary>
    Commune = 2,
}

/// <summary>A work order for the device.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleWorkOrder")]
public sealed record RuleWorkOrder : RuleAction
{
    /// <summary>What is to be done; null when the rule does not say.</summary>
    [Id(0)] public string? Note { get; init; }
}

/// <summary>A message to an endpoint of notifications.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleNotification")]
public sealed record RuleNotification : RuleAction
{
    /// <summary>The endpoint's name.</summary>
    [Id(0)] public required string Endpoint { get; init; }

    /// <summary>For people.</summary>
    [Id(1)] public required string Message { get; init; }
}

/// <summary>A flag on the summary of the commune is set by a device, or no more.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleFlag")]
public sealed record RuleFlag : RuleAction
{
    /// <summary>The flag's name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>False when the rule ceases to hold.</summary>
    [Id(1)] public bool IsSet { get; init; }
}
