using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Commands;

/// <summary>A command that many devices can be given at once.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kinds">The kinds that understand it.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record GroupCommandDefinition(string Name, DeviceKinds Kinds, ImmutableArray<ArgumentDefinition> Arguments);

/// <summary>The commands that many devices can be given at once.</summary>
public static class GroupCatalog
{
    /// <summary>
    /// Light, for at most a day when a duration is given: every controlled light point at 100 %, and every segment of every cabinet on, through which passive light
    /// points are lit. In <see cref="ControlLayer.Emergency"/> it is "everything on, now", and <see cref="CommandCatalog.FollowPlan"/> in that layer ends it.
    /// </summary>
    public const string AllOn = "allOn";

    /// <summary>The most members that a group command has.</summary>
    public const int MaximumMembers = 500_000;

    /// <summary>The most devices that a selector names by their keys.</summary>
    public const int MaximumIds = 10_000;

    /// <summary>Every command, by name.</summary>
    public static FrozenDictionary<string, GroupCommandDefinition> ByName { get; } = CommandCatalog.All
        .Where(command => command.Name is CommandCatalog.SetDimming or CommandCatalog.SetSegment or CommandCatalog.FollowPlan)
        .GroupBy(command => command.Name, StringComparer.Ordinal)
        .Select(same => new GroupCommandDefinition(
            same.Key, same.Aggregate(DeviceKinds.None, (kinds, command) => kinds | (DeviceKinds)(1 << (int)command.Kind)), same.First().Arguments))
        .Append(new GroupCommandDefinition(
            AllOn,
            DeviceKinds.Streetlight | DeviceKinds.Cabinet,
            [.. CommandCatalog.ByName[(DeviceKind.Streetlight, CommandCatalog.SetDimming)].Arguments.Where(argument => !argument.IsRequired)]))
        .ToFrozenDictionary(command => command.Name, StringComparer.Ordinal);
}
