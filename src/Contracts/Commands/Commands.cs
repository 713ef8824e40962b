using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rights;
using Orleans;

namespace Grid.Contracts.Commands;

/// <summary>The life of a command. The last five are final, and exactly one of them is reached. The numbers are stored: never renumber.</summary>
public enum CommandState : byte
{
    /// <summary>Persisted; nothing was sent yet.</summary>
    Accepted = 0,

    /// <summary>Handed to the network.</summary>
    Transmitted = 1,

    /// <summary>The device, or its network, said that it has it.</summary>
    Acknowledged = 2,

    /// <summary>Final: seen in the measurements.</summary>
    Confirmed = 3,

    /// <summary>Final: the device or its network refused it.</summary>
    Rejected = 4,

    /// <summary>Final: not seen in the measurements before its end.</summary>
    Expired = 5,

    /// <summary>Final: a newer command took its place, or it was cancelled.</summary>
    Superseded = 6,

    /// <summary>Final: it could not be sent.</summary>
    Failed = 7,
}

/// <summary>One command to one device, from acceptance to its one final state. Keyed by the command's id.</summary>
[Alias("grid.ICommandGrain"), RequiresRight(Right.Internal)]
public interface ICommandGrain : IGrainWithStringKey
{
    /// <summary>
    /// Accepts the command: persisted, the device's desired state set and persisted, the downlink in the outbox, and only then answered.
    /// The same request again gives the same answer; another request under the same id is <see cref="SubmitStatus.Conflict"/>.
    /// </summary>
    [Alias("Submit")]
    Task<SubmitAnswer> Submit(CommandRequest request);

    /// <summary>The command, null when there is none of that id.</summary>
    [Alias("Get")]
    ValueTask<CommandView?> Get();

    /// <summary>Notes progress. What comes after the final state, or a second time, changes nothing.</summary>
    [Alias("Report")]
    Task Report(CommandProgress progress);
}

/// <summary>What is asked of a device.</summary>
[GenerateSerializer, Immutable, Alias("grid.CommandRequest")]
public sealed record CommandRequest
{
    /// <summary>The device's key.</summary>
    [Id(0)] public required string Device { get; init; }

    /// <summary>The device's trade.</summary>
    [Id(1)] public required DeviceKind Kind { get; init; }

    /// <summary>Name of the command, as in the command catalogue.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>Arguments by name; flags are 0 and 1.</summary>
    [Id(3)] public required ImmutableSortedDictionary<string, double> Arguments { get; init; }

    /// <summary>How long it may take until the measurements show it; 1 second to 7 days.</summary>
    [Id(4)] public required TimeSpan ExpiresIn { get; init; }

    /// <summary>Who asked, for the ledger.</summary>
    [Id(5)] public required string Actor { get; init; }

    /// <summary>Connector type of the device, which carries the downlink.</summary>
    [Id(6)] public required string Connector { get; init; }

    /// <summary>Network gateway of the device, through which the downlink goes; empty when it has none.</summary>
    [Id(7)] public string Gateway { get; init; } = string.Empty;

    /// <summary>The layer in which it holds; not <see cref="ControlLayer.Plan"/>.</summary>
    [Id(8)] public ControlLayer Layer { get; init; } = ControlLayer.Override;
}

/// <summary>How a submission ended.</summary>
public enum SubmitStatus : byte
{
    /// <summary>Accepted, now or before.</summary>
    Accepted = 0,

    /// <summary>The device refuses it; see <see cref="SubmitAnswer.Field"/> and <see cref="SubmitAnswer.Reason"/>.</summary>
    Refused = 1,

    /// <summary>The id stands for another request.</summary>
    Conflict = 2,
}

/// <summary>Answer to a submission.</summary>
[GenerateSerializer, Immutable, Alias("grid.SubmitAnswer")]
public sealed record SubmitAnswer
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required SubmitStatus Status { get; init; }

    /// <summary>The field at fault, such as <c>args.percent</c>.</summary>
    [Id(1)] public string? Field { get; init; }

    /// <summary>Why it was refused.</summary>
    [Id(2)] public string? Reason { get; init; }

    /// <summary>The command, when accepted.</summary>
    [Id(3)] public CommandView? Command { get; init; }

    /// <summary>Why it was refused, in French.</summary>
    [Id(4)] public string? ReasonFrench { get; init; }
}

/// <summary>A step in the life of a command.</summary>
[GenerateSerializer, Immutable, Alias("grid.CommandProgress")]
public sealed record CommandProgress
{
    /// <summary>The state that was reached.</summary>
    [Id(0)] public required CommandState State { get; init; }

    /// <summary>When (UTC).</summary>
    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>For people: by whom, how, or why.</summary>
    [Id(2)] public required string Detail { get; init; }
}

/// <summary>A command as GET shows it.</summary>
[GenerateSerializer, Immutable, Alias("grid.CommandView")]
public sealed record CommandView
{
    /// <summary>The command's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The device.</summary>
    [Id(1)] public required string Device { get; init; }

    /// <summary>Name of the command.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>Arguments by name.</summary>
    [Id(3)] public required ImmutableSortedDictionary<string, double> Arguments { get; init; }

    /// <summary>Where it is now.</summary>
    [Id(4)] public required CommandState State { get; init; }

    /// <summary>When it was accepted.</summary>
    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends if the measurements do not show it.</summary>
    [Id(6)] public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Every step, oldest first.</summary>
    [Id(7)] public required ImmutableArray<CommandProgress> Ledger { get; init; }

    /// <summary>The layer in which it holds.</summary>
    [Id(8)] public ControlLayer Layer { get; init; } = ControlLayer.Override;
}

/// <summary>A change of what a device should do. Absolute, never relative.</summary>
[GenerateSerializer, Immutable, Alias("grid.DesiredChange")]
public sealed record DesiredChange
{
    /// <summary>The command that asks.</summary>
    [Id(0)] public required string Command { get; init; }

    /// <summary>Name of the command.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Arguments by name.</summary>
    [Id(2)] public required ImmutableSortedDictionary<string, double> Arguments { get; init; }

    /// <summary>When it was accepted.</summary>
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>The layer that it changes.</summary>
    [Id(4)] public ControlLayer Layer { get; init; } = ControlLayer.Override;

    /// <summary>To follow the plan again: what the plan has the device do from <see cref="At"/> on, by time; empty when nobody knows.</summary>
    [Id(5)] public ImmutableArray<PlannedLevel> Planned { get; init; } = [];

    /// <summary>To load a program: the version that the device's reports will show.</summary>
    [Id(6)] public long ProgramVersion { get; init; }

    /// <summary>
    /// In the layer <see cref="ControlLayer.Plan"/>, to a cabinet under a plan: what its program has its segments do, and what hangs on them. The cabinet in the field is told
    /// nothing of it: it is judged by it, and nothing else changes. Without levels and loads, it is to be judged by that no more. Null for any other change.
    /// </summary>
    [Id(7)] public ExpectedSegments? Expected { get; init; }
}

/// <summary>What a cabinet is judged by: what its program has its segments do, for the nights to come, and what hangs on them.</summary>
[GenerateSerializer, Immutable, Alias("grid.ExpectedSegments")]
public sealed record ExpectedSegments
{
    /// <summary>Version of the program: what the cabinet reports as <c>programVersion</c> while it runs it; 0 for none.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>The segments that it switches, bit 0 for segment 1.</summary>
    [Id(1)] public byte Segments { get; init; }

    /// <summary>Levels by time: fed while above 0. Nobody knows what was before the first. Empty for one that runs no program.</summary>
    [Id(2)] public ImmutableArray<PlannedLevel> Levels { get; init; } = [];

    /// <summary>Until when the levels go, in Unix milliseconds, exclusive.</summary>
    [Id(3)] public long Until { get; init; }

    /// <summary>The sector whose controllers said so: another one's is not taken back by it.</summary>
    [Id(4)] public string Sector { get; init; } = string.Empty;

    /// <summary>What hangs on each segment, by its number; empty when nobody knows.</summary>
    [Id(5)] public ImmutableArray<SegmentLoad> Loads { get; init; } = [];

    /// <summary>The level at an instant in Unix milliseconds; null when nobody knows.</summary>
    public double? LevelAt(long at)
    {
        var level = default(double?);
        if (at < Until)
        {
            foreach (var planned in Levels)
            {
                if (planned.From > at)
                {
                    break;
                }

                level = planned.Percent;
            }
        }

        return level;
    }
}

/// <summary>The light points on a segment of a cabinet.</summary>
/// <param name="Segment">Its number, 1 to 8.</param>
/// <param name="PassiveMilliwatts">What passive ones draw together, while it is fed.</param>
/// <param name="ControlledMilliwatts">What those with controllers of their own draw together at full light: anything up to that, while it is fed.</param>
[GenerateSerializer, Immutable, Alias("grid.SegmentLoad")]
public readonly record struct SegmentLoad([property: Id(0)] byte Segment, [property: Id(1)] long PassiveMilliwatts, [property: Id(2)] long ControlledMilliwatts);

/// <summary>From when on a plan has a light at which level; a level lasts until the next.</summary>
/// <param name="From">From when on, in Unix milliseconds.</param>
/// <param name="Percent">Dimming, 0 to 100.</param>
[GenerateSerializer, Immutable, Alias("grid.PlannedLevel")]
public readonly record struct PlannedLevel([property: Id(0)] long From, [property: Id(1)] double Percent);

/// <summary>A device's answer to a desired state.</summary>
[GenerateSerializer, Immutable, Alias("grid.DesiredAnswer")]
public sealed record DesiredAnswer
{
    /// <summary>The field at fault, null when it was taken.</summary>
    [Id(0)] public string? Field { get; init; }

    /// <summary>Why it was refused, null when it was taken.</summary>
    [Id(1)] public string? Reason { get; init; }

    /// <summary>Version of the desired state, growing by one with each change; 0 when refused.</summary>
    [Id(2)] public long Version { get; init; }

    /// <summary>The commands whose place this one took while they were pending.</summary>
    [Id(3)] public ImmutableArray<string> Superseded { get; init; } = [];

    /// <summary>The layer under which it lies, so that it changes nothing for now; null when it counts.</summary>
    [Id(4)] public ControlLayer? HeldBy { get; init; }

    /// <summary>What the device is to be told; null when nothing is.</summary>
    [Id(5)] public DeviceOrder? Order { get; init; }

    /// <summary>When something ends by itself, so that what lies below it counts again and the device is to be told; null for never.</summary>
    [Id(6)] public DateTimeOffset? Resumes { get; init; }

    /// <summary>Why it was refused, in French.</summary>
    [Id(7)] public string? ReasonFrench { get; init; }

    /// <summary>The change is refused.</summary>
    public static DesiredAnswer Refused(string field, BilingualText reason) => new() { Field = field, Reason = reason.En, ReasonFrench = reason.Fr };
}

/// <summary>What a device is told: the state that it should be in, as a command.</summary>
/// <param name="Name">Name of the command.</param>
/// <param name="Arguments">Arguments by name.</param>
[GenerateSerializer, Immutable, Alias("grid.DeviceOrder")]
public sealed record DeviceOrder([property: Id(0)] string Name, [property: Id(1)] ImmutableSortedDictionary<string, double> Arguments);

/// <summary>What a device is to be told, as of now.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceOrders")]
public sealed record DeviceOrders
{
    /// <summary>Version of the desired state.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>One for each metric that something is asked for; empty when the device follows its plan.</summary>
    [Id(1)] public required ImmutableArray<DeviceOrder> Orders { get; init; }

    /// <summary>When the next of them ends; null when none does by itself.</summary>
    [Id(2)] public DateTimeOffset? NextEnd { get; init; }
}
