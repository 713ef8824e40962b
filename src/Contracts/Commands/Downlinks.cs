using System.Collections.Immutable;
using Grid.Contracts.Lighting;
using Grid.Contracts.Rights;
using Orleans;

namespace Grid.Contracts.Commands;

/// <summary>Who follows a row of the outbox to its end. The numbers are stored: never renumber.</summary>
public enum DownlinkOwner : byte
{
    /// <summary>The command of the row's key: <see cref="ICommandGrain"/>. The row is what is sent.</summary>
    Command = 0,

    /// <summary>A sector's part of a group command: an <see cref="IDownlinkOwner"/>, which is asked what is to be sent.</summary>
    Group = 1,

    /// <summary>The controllers of a sector: an <see cref="IDownlinkOwner"/> too.</summary>
    Controllers = 2,
}

/// <summary>What a connector is asked to send.</summary>
/// <param name="Command">The command's id; of a row that another owner follows, the owner's key, <c>#</c> and a word of the owner's.</param>
/// <param name="Device">The device's key; empty in a row of an owner that is asked.</param>
/// <param name="Connector">Connector type that carries it.</param>
/// <param name="Name">Name of the command.</param>
/// <param name="Arguments">Arguments by name.</param>
/// <param name="Version">Version of the desired state: a device ignores an older one.</param>
/// <param name="ExpiresAt">Not to be sent after this instant.</param>
/// <param name="Gateway">Network gateway through which it goes, empty for none: what is slow there holds up nobody elsewhere.</param>
/// <param name="Owner">Who follows it.</param>
public sealed record Downlink(
    string Command,
    string Device,
    string Connector,
    string Name,
    ImmutableSortedDictionary<string, double> Arguments,
    long Version,
    DateTimeOffset ExpiresAt,
    string Gateway = "",
    DownlinkOwner Owner = DownlinkOwner.Command)
{
    /// <summary>To load a program: the program. Never in the outbox: its owner gives it when it is to be sent.</summary>
    public ControllerProgram? Program { get; init; }
}

/// <summary>
/// Follows rows of the outbox that are for many devices. What is sent is asked of it at the last moment, so that a row holds no state of its own and what was
/// superseded meanwhile is not sent.
/// </summary>
[Alias("grid.IDownlinkOwner"), RequiresRight(Right.Internal)]
public interface IDownlinkOwner : IGrainWithStringKey
{
    /// <summary>What is to be done about a row now; null when nothing ever again, so that it is removed.</summary>
    [Alias("Take")]
    Task<DownlinkWork?> Take(string row);

    /// <summary>What became of members of a row. What is said a second time changes nothing.</summary>
    [Alias("Tell")]
    Task Tell(string row, ImmutableArray<MemberResult> results);
}

/// <summary>The same message for many devices.</summary>
[GenerateSerializer, Immutable, Alias("grid.DownlinkWork")]
public sealed record DownlinkWork
{
    /// <summary>The devices that it is to be sent to now; empty when nothing is to be sent before <see cref="DueAt"/>.</summary>
    [Id(0)] public ImmutableArray<DownlinkMember> Members { get; init; } = [];

    /// <summary>Name of the command.</summary>
    [Id(1)] public string Name { get; init; } = string.Empty;

    /// <summary>Arguments by name.</summary>
    [Id(2)] public ImmutableSortedDictionary<string, double> Arguments { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>The program to load; null for anything else.</summary>
    [Id(3)] public ControllerProgram? Program { get; init; }

    /// <summary>When the row is to be looked at again, once this is sent: such as the end of what is asked for.</summary>
    [Id(4)] public required DateTimeOffset DueAt { get; init; }

    /// <summary>Not to be obeyed after this instant; null for what the row says.</summary>
    [Id(5)] public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A device that is told something together with others.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Version">Version of its desired state, or of the program.</param>
[GenerateSerializer, Immutable, Alias("grid.DownlinkMember")]
public readonly record struct DownlinkMember([property: Id(0)] string Device, [property: Id(1)] long Version);

/// <summary>What became of one member.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Detail">For people.</param>
[GenerateSerializer, Immutable, Alias("grid.MemberResult")]
public readonly record struct MemberResult([property: Id(0)] string Device, [property: Id(1)] DownlinkStatus Status, [property: Id(2)] string Detail);

/// <summary>What became of a downlink.</summary>
public enum DownlinkStatus : byte
{
    /// <summary>Handed to the network; the device has not answered yet.</summary>
    Transmitted = 0,

    /// <summary>The device, or its network, said that it has it.</summary>
    Acknowledged = 1,

    /// <summary>Refused for good.</summary>
    Rejected = 2,

    /// <summary>Not sent; worth another try.</summary>
    Retry = 3,

    /// <summary>Sent, and nothing answered: it may have arrived. Worth another try, since a device ignores a version that it has.</summary>
    Ambiguous = 4,

    /// <summary>The device has no way down: it reads its desired state itself.</summary>
    NotCarried = 5,
}

/// <summary>A connector's answer, with a detail for the ledger.</summary>
public readonly record struct DownlinkResult(DownlinkStatus Status, string Detail);

/// <summary>How much may be sent through a network gateway: a bucket that fills evenly.</summary>
/// <param name="PerHour">Messages in an hour, at least 1.</param>
/// <param name="Burst">Messages that may go at once after a pause, at least 1.</param>
public readonly record struct DownlinkBudget(int PerHour, int Burst);

/// <summary>Sends downlinks of one connector type.</summary>
public interface IDownlinkSender
{
    /// <summary>The connector type that it serves, such as <c>simulator</c>.</summary>
    string Connector { get; }

    /// <summary>How many downlinks it sends through one network gateway at the same time; 1 to 64.</summary>
    int ConcurrentPerGateway => 1;

    /// <summary>Sends one downlink. Never throws for what the network does; an exception counts as <see cref="DownlinkStatus.Retry"/>.</summary>
    ValueTask<DownlinkResult> SendAsync(Downlink downlink, CancellationToken cancellationToken);

    /// <summary>What may be sent through a gateway; null for as much as it takes. A multicast counts as <see cref="MulticastTimes"/> messages.</summary>
    DownlinkBudget? BudgetOf(string gateway) => null;

    /// <summary>True when one message through a gateway reaches many devices.</summary>
    bool CanMulticast(string gateway) => false;

    /// <summary>
    /// How often a message to many is on the air, 1 to 16: where nobody acknowledges it, repeating it is all that makes up for those that did not hear it. The sender repeats it
    /// itself, with what pauses its network wants.
    /// </summary>
    int MulticastTimes(string gateway) => 1;

    /// <summary>
    /// Sends one message to many devices of one gateway, <see cref="MulticastTimes"/> times. The downlink has no device and no version: each member has its own, by which it
    /// knows a message that it heard before, and one that a newer one has overtaken.
    /// </summary>
    ValueTask<DownlinkResult> MulticastAsync(Downlink downlink, ImmutableArray<DownlinkMember> members, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{Connector} has no multicast.");
}
