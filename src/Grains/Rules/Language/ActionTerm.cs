using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;

namespace Grid.Grains.Rules.Language;

/// <summary>What follows when a rule begins to hold.</summary>
internal abstract record ActionTerm
{
    public Origin At { get; init; }
}

/// <summary>The rule's alarm is active while the rule holds.</summary>
internal sealed record RaiseAlarm(string Message, AlarmPriority Priority, AlarmClass Class) : ActionTerm;

/// <summary>The alarm of another rule on the same device is cleared.</summary>
internal sealed record ClearAlarm(string Rule) : ActionTerm;

/// <summary>A command to the device, or to a group of it.</summary>
internal sealed record SendCommand(string Name, Sequence<CommandArgument> Arguments, CommandTarget Target) : ActionTerm;

/// <summary>A work order for the device.</summary>
internal sealed record OpenWorkOrder(string? Note) : ActionTerm;

/// <summary>A message to an endpoint of notifications.</summary>
internal sealed record Notify(string Endpoint, string Message) : ActionTerm;

/// <summary>A flag on the summary of the commune while the rule holds.</summary>
internal sealed record SetFlag(string Name) : ActionTerm;

/// <summary>An argument of a command.</summary>
/// <param name="Name">Its name, as <see cref="CommandCatalog"/> has it.</param>
/// <param name="Value">Its value; flags are 0 and 1.</param>
internal readonly record struct CommandArgument(string Name, double Value);

/// <summary>Who is told.</summary>
internal enum CommandTarget
{
    /// <summary>The device that the rule holds for.</summary>
    ThisDevice,

    /// <summary>The light points of its cabinet.</summary>
    GroupCabinet,

    /// <summary>All devices of the commune that understand the command.</summary>
    GroupCommune,
}
