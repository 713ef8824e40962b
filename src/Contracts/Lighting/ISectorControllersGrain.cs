using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Lighting;

/// <summary>
/// The controllers of one sector: cabinets, and light points that are no passive ones. Which program each should run by the plan that it is under, and which it runs;
/// those that keep no program are switched live. Keyed by the sector's name.
/// </summary>
[Alias("grid.ISectorControllersGrain"), RequiresRight(Right.Internal)]
public interface ISectorControllersGrain : IDownlinkOwner
{
    /// <summary>Sees to it that the controllers are looked after. Told by the sector when it begins, and from time to time.</summary>
    [Alias("Wake"), OneWay]
    Task Wake();

    /// <summary>Plans, or the sector's cabinets and light points, have changed. A hint: what is lost is found within the hour.</summary>
    [Alias("Changed"), OneWay]
    Task Changed();

    /// <summary>Program versions that controllers report. A hint: what is lost is told again with a later report.</summary>
    [Alias("Shown"), OneWay]
    Task Shown(ImmutableArray<DownlinkMember> shown);

    /// <summary>Devices that do something else than they should, to be told again. A hint: what is lost comes again with a later report.</summary>
    [Alias("Remind"), OneWay]
    Task Remind(ImmutableArray<string> devices);

    /// <summary>What devices should do changes by itself at an instant: they are told then. Noted for good when answered.</summary>
    [Alias("Watch")]
    Task Watch(ImmutableArray<string> devices, DateTimeOffset at);

    /// <summary>Sends its program to a controller again, and tells a command how that goes. Noted for good when answered.</summary>
    [Alias("Reload")]
    Task<ProgramChoice> Reload(string device, string command);

    /// <summary>What the plan of a controller has it do from one instant to another, by time; empty when it is under none.</summary>
    [Alias("GetPlanned")]
    Task<ImmutableArray<PlannedLevel>> GetPlanned(string device, DateTimeOffset from, DateTimeOffset to);

    /// <summary>The controllers under a plan, by key, after a key, at most that many; only those in a state when one is given.</summary>
    [Alias("List"), AlwaysInterleave]
    ValueTask<ImmutableArray<ControllerView>> List(string plan, ControllerState? state, string? after, int limit);

    /// <summary>The controllers under a plan by state, in the order of <see cref="ControllerState"/>.</summary>
    [Alias("Count"), AlwaysInterleave]
    ValueTask<ImmutableArray<int>> Count(string plan);
}

/// <summary>The program that a controller is to load.</summary>
[GenerateSerializer, Immutable, Alias("grid.ProgramChoice")]
public sealed record ProgramChoice
{
    /// <summary>Its version; 0 when there is none.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>Why there is none, for people.</summary>
    [Id(1)] public string? Reason { get; init; }

    /// <summary>The same in French.</summary>
    [Id(2)] public string? ReasonFrench { get; init; }
}

/// <summary>How far a controller is with the program that it should run. The numbers are stored: never renumber.</summary>
public enum ControllerState : byte
{
    /// <summary>It keeps no program and is switched live.</summary>
    Live = 0,

    /// <summary>The program has not been sent yet.</summary>
    Pending = 1,

    /// <summary>Sent; the controller has not said that it has it.</summary>
    Transmitted = 2,

    /// <summary>The controller, or its network, said that it has it; no report shows it yet.</summary>
    Acknowledged = 3,

    /// <summary>Its reports show the version.</summary>
    Running = 4,

    /// <summary>It refuses the program.</summary>
    Rejected = 5,

    /// <summary>It was sent several times, and nothing shows that the controller has it.</summary>
    Unanswered = 6,
}

/// <summary>A controller under a plan.</summary>
[GenerateSerializer, Immutable, Alias("grid.ControllerView")]
public sealed record ControllerView
{
    /// <summary>The device's key.</summary>
    [Id(0)] public required string Device { get; init; }

    /// <summary>The plan that it is under.</summary>
    [Id(1)] public required string Plan { get; init; }

    /// <summary>By what it is under it, such as <c>commune:29019</c>.</summary>
    [Id(2)] public required string By { get; init; }

    /// <summary>Version of the plan that its program comes from; 0 for one that keeps no program.</summary>
    [Id(3)] public required long PlanVersion { get; init; }

    /// <summary>Version of the program that it should run; 0 for one that keeps no program.</summary>
    [Id(4)] public required long Version { get; init; }

    /// <summary>The version that it reported last; null when it never reported one.</summary>
    [Id(5)] public long? ReportedVersion { get; init; }

    /// <summary>How far it is.</summary>
    [Id(6)] public required ControllerState State { get; init; }

    /// <summary>Since when.</summary>
    [Id(7)] public required DateTimeOffset Since { get; init; }

    /// <summary>For people; empty when the state says all.</summary>
    [Id(8)] public required string Detail { get; init; }
}
