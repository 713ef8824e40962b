using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Commands;

/// <summary>An argument of a command.</summary>
/// <param name="Name">Its name; it ends with its unit.</param>
/// <param name="Minimum">Least value, inclusive.</param>
/// <param name="Maximum">Greatest value, inclusive.</param>
/// <param name="IsRequired">True when the command means nothing without it.</param>
public sealed record ArgumentDefinition(string Name, double Minimum, double Maximum, bool IsRequired)
{
    /// <summary>True when only whole numbers mean something.</summary>
    public bool IsWhole { get; init; }

    /// <summary>What a value must be, for errors.</summary>
    public string Rule => string.Create(CultureInfo.InvariantCulture, $"{(IsWhole ? "whole number" : "number")} from {Minimum} to {Maximum}");

    /// <summary>The same in French.</summary>
    public string RuleFrench => string.Create(CultureInfo.InvariantCulture, $"{(IsWhole ? "nombre entier" : "nombre")} de {Minimum} à {Maximum}");

    /// <summary>True for a value that the argument may have.</summary>
    public bool Allows(double value) => value >= Minimum && value <= Maximum && (!IsWhole || value == Math.Floor(value));
}

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

    /// <summary>A segment of a cabinet on or off, for at most a day when a duration is given.</summary>
    public const string SetSegment = "setSegment";

    /// <summary>Back to the plan: what lower layers and this one ask for ends.</summary>
    public const string FollowPlan = "followPlan";

    /// <summary>The program of the plan that the controller is under, sent to it again.</summary>
    public const string LoadProgram = "loadProgram";

    private static readonly ArgumentDefinition Duration = new("durationMinutes", 1, 1440, IsRequired: false);

    /// <summary>Every command.</summary>
    public static ImmutableArray<CommandDefinition> All { get; } =
    [
        new(SetDimming, DeviceKind.Streetlight, [new("percent", 0, 100, IsRequired: true), Duration]),
        new(FollowPlan, DeviceKind.Streetlight, []),
        new(LoadProgram, DeviceKind.Streetlight, []),
        new(SetSegment, DeviceKind.Cabinet, [new("segment", 1, 8, IsRequired: true) { IsWhole = true }, new("on", 0, 1, IsRequired: true) { IsWhole = true }, Duration]),
        new(FollowPlan, DeviceKind.Cabinet, []),
        new(LoadProgram, DeviceKind.Cabinet, []),
    ];

    /// <summary>By kind and name.</summary>
    public static FrozenDictionary<(DeviceKind Kind, string Name), CommandDefinition> ByName { get; } =
        All.ToFrozenDictionary(command => (command.Kind, command.Name));
}
