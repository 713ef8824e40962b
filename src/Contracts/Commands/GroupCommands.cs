using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Grid.Contracts.Sectors;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Commands;

/// <summary>
/// One command to many devices: one intent. Its members are those that its selector finds when it is accepted; each sector follows its own part of them, and the
/// intent adds up what the parts say. Keyed by the group command's id.
/// </summary>
[Alias("grid.IGroupCommandGrain"), RequiresRight(Right.Internal)]
public interface IGroupCommandGrain : IGrainWithStringKey
{
    /// <summary>
    /// Accepts the command: its members are found and persisted with it before it is answered. The same request again gives the same answer; another request under
    /// the same id is <see cref="SubmitStatus.Conflict"/>.
    /// </summary>
    [Alias("Submit")]
    Task<GroupAnswer> Submit(GroupRequest request);

    /// <summary>The command with its counts as of now, null when there is none of that id.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<GroupView?> Get();

    /// <summary>Ends every member that is not final as superseded. What was transmitted is not taken back.</summary>
    [Alias("Cancel")]
    Task Cancel(string detail);
}

/// <summary>The members of a group command in one sector. Keyed by <see cref="GroupParts.KeyOf"/>.</summary>
[Alias("grid.IGroupPartGrain"), RequiresRight(Right.Internal)]
public interface IGroupPartGrain : IDownlinkOwner
{
    /// <summary>Takes the part: persisted, with what drives it to its end, when it completes. A second time changes nothing.</summary>
    [Alias("Begin")]
    Task Begin(GroupPart part);

    /// <summary>Notes progress of members: confirmed by their measurements, or superseded. What comes after a member's final state changes nothing.</summary>
    [Alias("Report")]
    Task Report(ImmutableArray<string> devices, CommandProgress progress);

    /// <summary>Members by state, in the order of <see cref="CommandState"/>.</summary>
    [Alias("GetCounts"), AlwaysInterleave]
    ValueTask<ImmutableArray<int>> GetCounts();

    /// <summary>Members in one state, by key, after a key, at most that many.</summary>
    [Alias("List"), AlwaysInterleave]
    ValueTask<ImmutableArray<GroupMember>> List(CommandState? state, string? after, int limit);

    /// <summary>Ends every member that is not final as superseded.</summary>
    [Alias("Cancel")]
    Task Cancel(string detail);
}

/// <summary>Keys of the parts of group commands.</summary>
public static class GroupParts
{
    private const char Separator = '/';

    /// <summary>The key of the part of a group command in a sector; also what its members' desired states name as their command.</summary>
    public static string KeyOf(string group, string sector) => $"{group}{Separator}{sector}";

    /// <summary>True when what asked for a desired state is a part of a group command, and not a command to one device.</summary>
    public static bool IsPart(string command) => command.Contains(Separator, StringComparison.Ordinal);

    /// <summary>The group command of a part.</summary>
    public static string GroupOf(string part) => part[..part.IndexOf(Separator, StringComparison.Ordinal)];
}

/// <summary>Which devices a group command is for: all that fit everything that is given.</summary>
[GenerateSerializer, Immutable, Alias("grid.GroupSelector")]
public sealed record GroupSelector
{
    /// <summary>INSEE code of a commune.</summary>
    [Id(0)] public string? Commune { get; init; }

    /// <summary>SIREN code of a body: the devices for which it is competent on the day.</summary>
    [Id(1)] public string? Syndicate { get; init; }

    /// <summary>Code of a department.</summary>
    [Id(2)] public string? Department { get; init; }

    /// <summary>Keys of devices.</summary>
    [Id(3)] public ImmutableArray<string> Ids { get; init; } = [];

    /// <summary>A trade; null for every one that understands the command.</summary>
    [Id(4)] public DeviceKind? Kind { get; init; }

    /// <summary>Devices with a position in a box.</summary>
    [Id(5)] public BoundingBox? Box { get; init; }
}

/// <summary>What is asked of many devices.</summary>
[GenerateSerializer, Immutable, Alias("grid.GroupRequest")]
public sealed record GroupRequest
{
    /// <summary>Which devices.</summary>
    [Id(0)] public required GroupSelector Selector { get; init; }

    /// <summary>Name of the command, as in the command catalogue.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Arguments by name; flags are 0 and 1.</summary>
    [Id(2)] public required ImmutableSortedDictionary<string, double> Arguments { get; init; }

    /// <summary>How long it may take until the measurements show it; 1 second to 7 days.</summary>
    [Id(3)] public required TimeSpan ExpiresIn { get; init; }

    /// <summary>Who asked.</summary>
    [Id(4)] public required string Actor { get; init; }

    /// <summary>The layer in which it holds.</summary>
    [Id(5)] public ControlLayer Layer { get; init; } = ControlLayer.Override;
}

/// <summary>Answer to the submission of a group command.</summary>
[GenerateSerializer, Immutable, Alias("grid.GroupAnswer")]
public sealed record GroupAnswer
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required SubmitStatus Status { get; init; }

    /// <summary>The field at fault, such as <c>selector.commune</c>.</summary>
    [Id(1)] public string? Field { get; init; }

    /// <summary>Why it was refused.</summary>
    [Id(2)] public string? Reason { get; init; }

    /// <summary>The command, when accepted.</summary>
    [Id(3)] public GroupView? Group { get; init; }
}

/// <summary>Where a group command is. The numbers are stored: never renumber.</summary>
public enum GroupState : byte
{
    /// <summary>Some member is not final.</summary>
    Running = 0,

    /// <summary>Every member is final.</summary>
    Done = 1,

    /// <summary>It was cancelled; every member is final.</summary>
    Cancelled = 2,
}

/// <summary>A group command as GET shows it.</summary>
[GenerateSerializer, Immutable, Alias("grid.GroupView")]
public sealed record GroupView
{
    /// <summary>Its id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What was asked.</summary>
    [Id(1)] public required GroupRequest Request { get; init; }

    /// <summary>When it was accepted.</summary>
    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When what the measurements have not shown ends as expired.</summary>
    [Id(3)] public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How many devices.</summary>
    [Id(4)] public required int Members { get; init; }

    /// <summary>Members by state, in the order of <see cref="CommandState"/>.</summary>
    [Id(5)] public required ImmutableArray<int> Counts { get; init; }

    /// <summary>Where it is.</summary>
    [Id(6)] public required GroupState State { get; init; }
}

/// <summary>The part of a group command in one sector.</summary>
[GenerateSerializer, Immutable, Alias("grid.GroupPart")]
public sealed record GroupPart
{
    /// <summary>What was asked.</summary>
    [Id(0)] public required GroupRequest Request { get; init; }

    /// <summary>When it was accepted.</summary>
    [Id(1)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its members, by connector type and network gateway.</summary>
    [Id(2)] public required ImmutableArray<GroupLane> Lanes { get; init; }
}

/// <summary>Members that are reached through one network gateway.</summary>
/// <param name="Kind">Their trade.</param>
/// <param name="Connector">Their connector type.</param>
/// <param name="Gateway">The gateway; empty for none.</param>
/// <param name="Devices">Their keys.</param>
[GenerateSerializer, Immutable, Alias("grid.GroupLane")]
public sealed record GroupLane(
    [property: Id(0)] DeviceKind Kind, [property: Id(1)] string Connector, [property: Id(2)] string Gateway, [property: Id(3)] ImmutableArray<string> Devices);

/// <summary>A member of a group command.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="State">Where it is.</param>
/// <param name="Detail">For people; empty when the state says all.</param>
[GenerateSerializer, Immutable, Alias("grid.GroupMember")]
public readonly record struct GroupMember([property: Id(0)] string Device, [property: Id(1)] CommandState State, [property: Id(2)] string Detail);
