using System.Text.Json;
using Grid.Client.Json;
using Grid.Contracts.Commands;

namespace Grid.Client.Commands;

/// <summary>A command to many devices as GET shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Selector">Which devices, as it was asked.</param>
/// <param name="Name">Name of the command.</param>
/// <param name="Args">Arguments by name.</param>
/// <param name="Layer">The layer in which it holds.</param>
/// <param name="State"><c>running</c>; <c>done</c> or <c>cancelled</c> once every member is final.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="ExpiresAt">When what the measurements have not shown ends as expired.</param>
/// <param name="Members">How many members: devices, and for <c>allOn</c> each segment of a cabinet.</param>
/// <param name="Counts">Members by state; they add up to <paramref name="Members"/>.</param>
public sealed record GroupCommandModel(
    string Id,
    GroupSelectorModel Selector,
    string Name,
    IReadOnlyDictionary<string, double> Args,
    ControlLayer Layer,
    GroupState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    int Members,
    IReadOnlyDictionary<string, int> Counts)
{
    internal static GroupCommandModel Of(GroupView view) => new(
        view.Id,
        GroupSelectorModel.Of(view.Request.Selector),
        view.Request.Name,
        view.Request.Arguments,
        view.Request.Layer,
        view.State,
        view.CreatedAt,
        view.ExpiresAt,
        view.Members,
        Enum.GetValues<CommandState>().ToDictionary(Words<CommandState>.Of, state => view.Counts[(int)state]));
}

/// <summary>Which devices: all that fit everything that is given. One of commune, syndicate, department, ids and bbox is needed.</summary>
/// <param name="Commune">INSEE code of a commune.</param>
/// <param name="Syndicate">SIREN code of a body: what it is competent for on the day.</param>
/// <param name="Department">Code of a department.</param>
/// <param name="Ids">Keys of devices, at most 10,000.</param>
/// <param name="Kind">A kind of device.</param>
/// <param name="Bbox">West, south, east, north in degrees.</param>
public sealed record GroupSelectorModel(
    string? Commune = null, string? Syndicate = null, string? Department = null, IReadOnlyList<string>? Ids = null, string? Kind = null, IReadOnlyList<double>? Bbox = null)
{
    internal static GroupSelectorModel Of(GroupSelector selector) => new(
        selector.Commune,
        selector.Syndicate,
        selector.Department,
        selector.Ids.IsDefaultOrEmpty ? null : selector.Ids,
        selector.Kind is { } kind ? Words<Grid.Contracts.Devices.DeviceKind>.Of(kind) : null,
        selector.Box is { } box ? [box.West, box.South, box.East, box.North] : null);
}

/// <summary>A command to many devices as POST takes it.</summary>
/// <param name="Selector">Which devices.</param>
/// <param name="Name">Name of the command: <c>allOn</c>, <c>followPlan</c>, <c>setDimming</c>, <c>setSegment</c>.</param>
/// <param name="Args">Arguments by name: numbers, or flags.</param>
/// <param name="ExpiresIn">ISO 8601 duration, 1 second to 7 days; <c>PT1H</c> when left out.</param>
/// <param name="Layer"><c>override</c>, or <c>emergency</c>, which lies above it; <c>override</c> when left out.</param>
public sealed record GroupCommandInput(
    GroupSelectorModel? Selector, string? Name, Dictionary<string, JsonElement>? Args = null, string? ExpiresIn = null, string? Layer = null);

/// <summary>A member of a command to many devices.</summary>
/// <param name="Device">The device.</param>
/// <param name="Name">Name of what it is told.</param>
/// <param name="Args">Arguments by name.</param>
/// <param name="State">Where it is.</param>
/// <param name="Detail">For people; empty when the state says all.</param>
public sealed record GroupMemberModel(string Device, string Name, IReadOnlyDictionary<string, double> Args, CommandState State, string Detail);

/// <summary>A page of members.</summary>
/// <param name="Items">The members.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
public sealed record GroupMemberPageModel(IReadOnlyList<GroupMemberModel> Items, string? NextCursor);
