using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Commands;

/// <summary>An argument of a command.</summary>
/// <param name="Name">Its name; it ends with its unit.</param>
/// <param name="Minimum">Least value, inclusive.</param>
/// <param name="Maximum">Greatest value, inclusive.</param>
/// <param name="IsRequired">True when the command means nothing without it.</param>
public sealed record ArgumentDefinition(string Name, double Minimum, double Maximum, bool IsRequired);

/// <summary>A command that a kind of device understands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kind that understands it.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record CommandDefinition(string Name, DeviceKind Kind, ImmutableArray<ArgumentDefinition> Arguments);

/// <summary>The commands that devices understand.</summary>
public static class CommandCatalog
{
    /// <summary>Lamp to a dimming level, 0 to 100 %, for at most a day when a duration is given.</summary>
    public const string SetDimming = "setDimming";

    /// <summary>Every command.</summary>
    public static ImmutableArray<CommandDefinition> All { get; } =
    [
        new(SetDimming, DeviceKind.Streetlight, [new("percent", 0, 100, IsRequired: true), new("durationMinutes", 1, 1440, IsRequired: false)]),
    ];

    /// <summary>By kind and name.</summary>
    public static FrozenDictionary<(DeviceKind Kind, string Name), CommandDefinition> ByName { get; } =
        All.ToFrozenDictionary(command => (command.Kind, command.Name));
}
