using System.Collections.Immutable;
using System.Globalization;
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
    /// Accepts the command: its members are found and persisted before it is answered. The same request again gives the same answer; another request under the same
    /// id is <see cref="SubmitStatus.Conflict"/>.
    /// </summary>
    [Alias("Submit")]
    Task<GroupAnswer> Submit(GroupRequest request);

    /// <summary>The command with its counts as of now, null when there is none of that id.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<GroupView?> Get();

    /// <summary>
    /// Members, by sector and then as its part has them, from a place in that order on (null for the first), at most
    /// that many (1 to 1,000); in one state only when one is given. Null when there is no command of that id.
    /// </summary>
    [Alias("List"), AlwaysInterleave]
    Task<GroupMemberPage?> List(CommandState? state, GroupPlace? from, int limit);

    /// <summary>Ends every member that is not final as superseded. What was transmitted is not taken back.</summary>
    [Alias("Cancel")]
    Task Cancel(string detail);

    /// <summary>What a part that was begun at an instant may do: nothing before the command is persisted.</summary>
    [Alias("GetStanding"), AlwaysInterleave]
    ValueTask<GroupStanding> GetStanding(DateTimeOffset createdAt);
}

/// <summary>Whether a group command stands.</summary>
public enum GroupStanding : byte
{
    /// <summary>There is none: nobody was told that it is accepted.</summary>
    Unknown = 0,

    /// <summary>It is being accepted.</summary>
    Pending = 1,

    /// <summary>It is accepted.</summary>
    Accepted = 2,

    /// <summary>It was cancelled.</summary>
    Cancelled = 3,
}

/// <summary>The members of a group command in one sector. Keyed by <see cref="GroupParts.KeyOf"/>.</summary>
[Alias("grid.IGroupPartGrain"), RequiresRight(Right.Internal)]
public interface IGroupPartGrain : IDownlinkOwner
{
    /// <summary>
    /// Takes the part: persisted, with what drives it to its end, when it completes. It does nothing before its group command is accepted, and takes the place of one
    /// that never was.
    /// </summary>
    [Alias("Begin")]
    Task Begin(GroupPart part);

    /// <summary>
    /// Notes progress of members that were commanded under a <see cref="GroupParts.CommandOf"/>: confirmed by their measurements, or superseded. What comes after a
    /// member's final state changes nothing. Persisted when it completes.
    /// </summary>
    [Alias("Report")]
    Task Report(string command, ImmutableArray<string> devices, CommandProgress progress);

    /// <summary>Members by state, in the order of <see cref="CommandState"/>; empty when there is no such part.</summary>
    [Alias("GetCounts")]
    ValueTask<ImmutableArray<int>> GetCounts();

    /// <summary>Members from a position on, at most that many; in one state only when one is given.</summary>
    [Alias("List")]
    ValueTask<GroupMembers> List(CommandState? state, int from, int limit);

    /// <summary>Ends every member that is not final as superseded.</summary>
    [Alias("Cancel")]
    Task Cancel(string detail);
}

/// <summary>Keys of the parts of group commands.</summary>
public static class GroupParts
{
    private const char Separator = '/';

    /// <summary>The key of the part of a group command in a sector.</summary>
    public static string KeyOf(string group, string sector) => $"{group}{Separator}{sector}";

    /// <summary>What the desired states of the members of a lane name as their command.</summary>
    public static string CommandOf(string part, int lane) => string.Create(CultureInfo.InvariantCulture, $"{part}{Separator}{lane}");

    /// <summary>True when what asked for a desired state is a part of a group command, and not a command to one device.</summary>
    public static bool IsPart(string command) => command.Contains(Separator, StringComparison.Ordinal);

    /// <summary>The part that a <see cref="CommandOf"/> is of.</summary>
    public static string PartOf(string command) => command[..command.LastIndexOf(Separator)];

    /// <summary>The lane that a <see cref="CommandOf"/> is of.</summary>
    public static int LaneOf(string command) => int.Parse(command.AsSpan(command.LastIndexOf(Separator) + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The group command of a part.</summary>
    public static string GroupOf(string part) => part[..part.IndexOf(Separator, StringComparison.Ordinal)];

    /// <summary>The sector of a part.</summary>
    public static string SectorOf(string part) => part[(part.IndexOf(Separator, StringComparison.Ordinal) + 1)..];
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

    /// <summary>Name of the command, as in <see cref="GroupCatalog"/>.</summary>
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

    /// <summary>Why it was refused, in French.</summary>
    [Id(4)] public string? ReasonFrench { get; init; }
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

    /// <summary>How many members: devices, and for what is commanded of each segment of a cabinet, segments.</summary>
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
    /// <summary>When the command was accepted; another submission of it has another.</summary>
    [Id(0)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When what the measurements have not shown ends as expired.</summary>
    [Id(1)] public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The layer in which it holds.</summary>
    [Id(2)] public required ControlLayer Layer { get; init; }

    /// <summary>Its members, by what they are asked and by the way down to them.</summary>
    [Id(3)] public required ImmutableArray<GroupLane> Lanes { get; init; }
}

/// <summary>Members that are asked the same and are reached through one network gateway.</summary>
/// <param name="Kind">Their trade.</param>
/// <param name="Route">The way down to them.</param>
/// <param name="Order">What they are asked.</param>
/// <param name="Devices">Their keys, in order (ordinal).</param>
[GenerateSerializer, Immutable, Alias("grid.GroupLane")]
public sealed record GroupLane(
    [property: Id(0)] DeviceKind Kind, [property: Id(1)] DownlinkRoute Route, [property: Id(2)] DeviceOrder Order, [property: Id(3)] ImmutableArray<string> Devices);

/// <summary>A member of a group command.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Order">What it is asked.</param>
/// <param name="State">Where it is.</param>
/// <param name="Detail">For people; empty when the state says all.</param>
[GenerateSerializer, Immutable, Alias("grid.GroupMember")]
public sealed record GroupMember(
    [property: Id(0)] string Device, [property: Id(1)] DeviceOrder Order, [property: Id(2)] CommandState State, [property: Id(3)] string Detail);

/// <summary>Members of a part.</summary>
/// <param name="Items">The members.</param>
/// <param name="Next">The position at which the next ones begin; null when there are none.</param>
[GenerateSerializer, Immutable, Alias("grid.GroupMembers")]
public sealed record GroupMembers([property: Id(0)] ImmutableArray<GroupMember> Items, [property: Id(1)] int? Next);

/// <summary>A place in the members of a group command.</summary>
/// <param name="Sector">The sector.</param>
/// <param name="Position">The position in its part.</param>
[GenerateSerializer, Immutable, Alias("grid.GroupPlace")]
public sealed record GroupPlace([property: Id(0)] string Sector, [property: Id(1)] int Position);

/// <summary>Members of a group command.</summary>
/// <param name="Items">The members.</param>
/// <param name="Next">The place at which the next ones begin; null when there are none.</param>
[GenerateSerializer, Immutable, Alias("grid.GroupMemberPage")]
public sealed record GroupMemberPage([property: Id(0)] ImmutableArray<GroupMember> Items, [property: Id(1)] GroupPlace? Next);
