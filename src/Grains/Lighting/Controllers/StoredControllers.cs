using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Orleans;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>What a sector's controllers grain persists.</summary>
[GenerateSerializer, Alias("grid.StoredControllers")]
public sealed class StoredControllers
{
    /// <summary>Revision of the directory of plans that the controllers are up to date with; 0 before the first plan of all.</summary>
    [Id(0)] public long Revision { get; set; }

    /// <summary>When they were last brought up to date.</summary>
    [Id(2)] public DateTimeOffset RefreshedAt { get; set; }

    /// <summary>The last number given to a row.</summary>
    [Id(3)] public long LastNumber { get; set; }

    /// <summary>The last version given to a program.</summary>
    [Id(1)] public long LastVersion { get; set; }

    /// <summary>The programs that controllers should run, by version.</summary>
    [Id(4)] public ImmutableArray<ControllerProgram> Programs { get; set; } = [];

    /// <summary>The controllers under a plan, by key (ordinal).</summary>
    [Id(5)] public ImmutableArray<Controller> Controllers { get; set; } = [];

    /// <summary>Devices that are to be told something at an instant.</summary>
    [Id(6)] public ImmutableArray<WatchedDevice> Watched { get; set; } = [];

    /// <summary>Devices that are told the same together and have not all been.</summary>
    [Id(7)] public ImmutableArray<Reminder> Reminders { get; set; } = [];

    /// <summary>The cabinets under no plan, by key (ordinal).</summary>
    [Id(8)] public ImmutableArray<UnplannedCabinet> Unplanned { get; set; } = [];
}

/// <summary>A device whose desired state changes by itself.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("grid.WatchedDevice")]
public readonly record struct WatchedDevice([property: Id(0)] string Device, [property: Id(1)] DateTimeOffset At);

/// <summary>A cabinet that is under no plan: it is judged by what hangs on its segments alone.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Loads">What hangs on its segments; empty when nobody knows.</param>
/// <param name="Told">What it was told of that.</param>
[GenerateSerializer, Immutable, Alias("grid.UnplannedCabinet")]
public sealed record UnplannedCabinet(
    [property: Id(0)] string Device, [property: Id(1)] ImmutableArray<SegmentLoad> Loads, [property: Id(2)] ImmutableArray<SegmentLoad> Told);

/// <summary>A controller under a plan.</summary>
[GenerateSerializer, Immutable, Alias("grid.Controller")]
public sealed record Controller
{
    /// <summary>The device's key.</summary>
    [Id(0)] public string Device { get; init; } = string.Empty;

    /// <summary>Its trade.</summary>
    [Id(1)] public DeviceKind Kind { get; init; }

    /// <summary>Through what it is reached.</summary>
    [Id(2)] public DownlinkRoute Lane { get; init; }

    /// <summary>The plan that it is under.</summary>
    [Id(3)] public string Plan { get; init; } = string.Empty;

    /// <summary>By what it is under it.</summary>
    [Id(4)] public string By { get; init; } = string.Empty;

    /// <summary>Its least level from sunset to sunrise.</summary>
    [Id(5)] public double MinimumPercent { get; init; }

    /// <summary>How far it is with its program.</summary>
    [Id(6)] public ControllerState State { get; init; }

    /// <summary>Since when.</summary>
    [Id(7)] public DateTimeOffset Since { get; init; }

    /// <summary>For people.</summary>
    [Id(8)] public string Detail { get; init; } = string.Empty;

    /// <summary>The program that it should run; 0 for none.</summary>
    [Id(9)] public long Version { get; init; }

    /// <summary>The program that it reported last; -1 before the first report.</summary>
    [Id(10)] public long Reported { get; init; } = -1;

    /// <summary>How often the program was sent.</summary>
    [Id(11)] public int Sent { get; init; }

    /// <summary>When it was sent last.</summary>
    [Id(12)] public DateTimeOffset SentAt { get; init; }

    /// <summary>The command that asked to load it again, null when none did.</summary>
    [Id(13)] public string? Command { get; init; }

    /// <summary>Switched live: the level of its plan that its desired state has, for a cabinet 0 or 100; -1 before the first.</summary>
    [Id(14)] public double Level { get; init; } = -1;

    /// <summary>Switched live: the version of its desired state that is to be sent; 0 when nothing is.</summary>
    [Id(15)] public long ToSend { get; init; }

    /// <summary>Of a cabinet: the segments that its plan switches, bit 0 for segment 1.</summary>
    [Id(16)] public byte Segments { get; init; }

    /// <summary>Of a cabinet that is switched live: the segments for which <see cref="ToSend"/> is to be sent.</summary>
    [Id(17)] public byte SegmentsToSend { get; init; }

    /// <summary>Of a cabinet: what it is judged by; null for nothing.</summary>
    [Id(18)] public JudgedBy? Judged { get; init; }

    /// <summary>Of a cabinet: what hangs on its segments.</summary>
    [Id(19)] public ImmutableArray<SegmentLoad> Loads { get; init; } = [];
}

/// <summary>What a cabinet is judged by.</summary>
/// <param name="Version">Version of its program; 0 for one that is switched live.</param>
/// <param name="Segments">The segments that its plan switches, bit 0 for segment 1.</param>
/// <param name="Until">Until when that reaches.</param>
/// <param name="Loads">What hangs on its segments.</param>
[GenerateSerializer, Immutable, Alias("grid.JudgedBy")]
public sealed record JudgedBy(
    [property: Id(0)] long Version, [property: Id(1)] byte Segments, [property: Id(2)] DateTimeOffset Until, [property: Id(3)] ImmutableArray<SegmentLoad> Loads);
