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
/// <param name="Moves">What may be otherwise once it was obeyed.</param>
public sealed record CommandDefinition(string Name, DeviceKind Kind, ImmutableArray<ArgumentDefinition> Arguments, CommandMoves Moves);

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

    // A lamp at another level, and the cabinet that draws more or less for it.
    private static readonly ImmutableArray<DeviceMoves> Lamp =
    [
        new(
            DeviceKind.Streetlight, MovedWhere.Itself,
            ["dimmingPercent", "powerWatts", "energyWattHours", "burningHours", "lampFailure"],
            ["lampFailure", "lampUnexpectedOn", "lampCycling", "powerDrift", "presenceBoostMissing", "discrepancy"]),
        new(DeviceKind.Cabinet, MovedWhere.Feeder, ["powerWatts", "energyWattHours"], ["consumptionUnexpected"]),
    ];

    // Segments on or off, and the lamps behind them with or without supply. Leakage is measured on what is fed; what is switched on may trip a breaker.
    private static readonly ImmutableArray<DeviceMoves> Segments =
    [
        new(
            DeviceKind.Cabinet, MovedWhere.Itself,
            [.. Enumerable.Range(1, 8).Select(segment => $"segment{segment}On"), "powerWatts", "energyWattHours", "leakageMilliamperes", "breakerTripped"],
            ["segmentUnexpectedOn", "segmentUnexpectedOff", "consumptionUnexpected", "leakage", "breakerTripped", "discrepancy"]),
        new(
            DeviceKind.Streetlight, MovedWhere.Fed,
            ["dimmingPercent", "powerWatts", "energyWattHours", "burningHours", "supplyVolts", "lampFailure"],
            ["lampFailure", "supplyLoss", "lampUnexpectedOn", "lampCycling", "powerDrift", "presenceBoostMissing", "communicationLoss", "discrepancy"]),
    ];

    private static readonly ArgumentDefinition Duration = new("durationMinutes", 1, 1440, IsRequired: false);

    /// <summary>Every command.</summary>
    public static ImmutableArray<CommandDefinition> All { get; } =
    [
        new(SetDimming, DeviceKind.Streetlight, [new("percent", 0, 100, IsRequired: true), Duration], new(new("dimmingPercent", "percent"), Lamp)),
        new(FollowPlan, DeviceKind.Streetlight, [], new(null, Lamp)),
        new(LoadProgram, DeviceKind.Streetlight, [], new(null, WithProgram(Lamp))),
        new(
            SetSegment, DeviceKind.Cabinet, [new("segment", 1, 8, IsRequired: true) { IsWhole = true }, new("on", 0, 1, IsRequired: true) { IsWhole = true }, Duration],
            new(new("segment{0}On", "on", "segment"), Segments)),
        new(FollowPlan, DeviceKind.Cabinet, [], new(null, Segments)),
        new(LoadProgram, DeviceKind.Cabinet, [], new(null, WithProgram(Segments))),
    ];

    /// <summary>By kind and name.</summary>
    public static FrozenDictionary<(DeviceKind Kind, string Name), CommandDefinition> ByName { get; } =
        All.ToFrozenDictionary(command => (command.Kind, command.Name));

    private static ImmutableArray<DeviceMoves> WithProgram(ImmutableArray<DeviceMoves> moves) =>
        [.. moves.Select(move => move.Where == MovedWhere.Itself ? move with { Metrics = move.Metrics.Add("programVersion") } : move)];
}
