using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Rights;
using Grid.Contracts.Rules;
using Orleans;

namespace Grid.Contracts.Devices;

/// <summary>A device as a virtual actor. Only its sector hands it log entries, in log order.</summary>
[Alias("grid.IDeviceGrain"), RequiresRight(Right.Internal)]
public interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Applies one log entry. Entries at or before the device's own offset change nothing (<see cref="Disposition.Duplicate"/>).
    /// A passive light point is handed its cabinet's readings too.
    /// </summary>
    /// <param name="entry">The entry, of this device or of its cabinet.</param>
    /// <param name="at">The sector's log position of the entry.</param>
    /// <param name="after">
    /// The offset of the last entry that the sector handed to this device, 0 before the first. A device that is older than that has lost
    /// memory: it answers <see cref="Disposition.Behind"/> with its own offset, and the sector replays it from the log.
    /// </param>
    [Alias("Apply")]
    ValueTask<DeviceOutcome> Apply(LogEntry entry, LogPosition at, long after);

    /// <summary>Persists the state if it changed since it was last persisted, and answers as <see cref="GetPosition"/> does.</summary>
    [Alias("Save")]
    ValueTask<LogPosition> Save();

    /// <summary>Where the device is in the log: what it holds is the effect of all its entries up to there.</summary>
    [Alias("GetPosition")]
    ValueTask<LogPosition> GetPosition();

    /// <summary>What the device adds to its territory now: for comparing sums with what they are made of.</summary>
    [Alias("GetContribution")]
    ValueTask<Contribution> GetContribution();

    /// <summary>What GET shows, beyond the descriptor.</summary>
    [Alias("GetView")]
    ValueTask<DeviceView> GetView();

    /// <summary>The metrics that changed after an offset, all of them for 0.</summary>
    [Alias("GetMetrics")]
    ValueTask<ImmutableArray<MetricValue>> GetMetrics(long after);

    /// <summary>Checks and persists a desired state before it answers. The same command twice gives the same answer.</summary>
    [Alias("SetDesired")]
    Task<DesiredAnswer> SetDesired(DesiredChange change);

    /// <summary>What it is to be told so that it is in its desired state, once what has ended of that is forgotten. Persisted when answered.</summary>
    [Alias("Renew")]
    Task<DeviceOrders> Renew();

    /// <summary>The rules that the device has followed so far, for a process that has not seen them. They change nothing.</summary>
    [Alias("LearnRules")]
    Task LearnRules(RuleSet rules);
}

/// <summary>A lighting cabinet.</summary>
[Alias("grid.ICabinetGrain"), RequiresRight(Right.Internal)]
public interface ICabinetGrain : IDeviceGrain;

/// <summary>A light point.</summary>
[Alias("grid.IStreetlightGrain"), RequiresRight(Right.Internal)]
public interface IStreetlightGrain : IDeviceGrain;

/// <summary>A meter.</summary>
[Alias("grid.IMeterGrain"), RequiresRight(Right.Internal)]
public interface IMeterGrain : IDeviceGrain;

/// <summary>A public building.</summary>
[Alias("grid.IBuildingGrain"), RequiresRight(Right.Internal)]
public interface IBuildingGrain : IDeviceGrain;

/// <summary>A bin.</summary>
[Alias("grid.IBinGrain"), RequiresRight(Right.Internal)]
public interface IBinGrain : IDeviceGrain;

/// <summary>An environment sensor.</summary>
[Alias("grid.IEnvironmentGrain"), RequiresRight(Right.Internal)]
public interface IEnvironmentGrain : IDeviceGrain;

/// <summary>An offset within the log of a sector. Offsets of different sectors do not compare.</summary>
[GenerateSerializer, Immutable, Alias("grid.LogPosition")]
public readonly record struct LogPosition([property: Id(0)] string Sector, [property: Id(1)] long Offset);

/// <summary>What became of an entry.</summary>
public enum Disposition : byte
{
    /// <summary>The state moved to the entry's offset.</summary>
    Applied = 0,

    /// <summary>The device had it already; nothing changed.</summary>
    Duplicate = 1,

    /// <summary>The device misses earlier entries; nothing changed.</summary>
    Behind = 2,

    /// <summary>The device belongs to another sector now; nothing changed.</summary>
    Elsewhere = 3,

    /// <summary>The device has rules that its process has not seen: they must be given first, by <see cref="IDeviceGrain.LearnRules"/>; nothing changed.</summary>
    LacksRules = 4,
}

/// <summary>A device's answer to an entry.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceOutcome")]
public readonly record struct DeviceOutcome
{
    /// <summary>What became of the entry.</summary>
    [Id(0)] public required Disposition Disposition { get; init; }

    /// <summary>The device's own offset after the entry.</summary>
    [Id(1)] public required long Offset { get; init; }

    /// <summary>What the device adds to its territory as of that offset. Replaces the former one.</summary>
    [Id(2)] public required Contribution Contribution { get; init; }

    /// <summary>When the device was last heard (reception time), null before the first.</summary>
    [Id(3)] public DateTimeOffset? LastHeardAt { get; init; }

    /// <summary>True when something that a live client shows has changed: a metric or the status.</summary>
    [Id(4)] public bool Visible { get; init; }

    /// <summary>What the sector must carry out before it saves the device; default when nothing.</summary>
    [Id(5)] public ImmutableArray<DeviceEffect> Effects { get; init; }

    /// <summary>
    /// Since when the device's silence counts (reception time): when it was last heard, or could speak again. Null before it was heard, and while it cannot speak by design.
    /// </summary>
    [Id(6)] public DateTimeOffset? ExpectedSince { get; init; }

    /// <summary>How often it usually reports, in minutes; null while too little was heard of it.</summary>
    [Id(7)] public int? UsualIntervalMinutes { get; init; }

    /// <summary>The conditions that hold as of its offset, one bit each as its trade numbers them: what its alarms follow from.</summary>
    [Id(8)] public int Holding { get; init; }

    /// <summary>The next instant at which the rules that operators wrote may be otherwise though nothing is heard of the device; null for never.</summary>
    [Id(9)] public DateTimeOffset? RulesDueAt { get; init; }

    /// <summary>The chance that a report of it that is expected does not come, in billionths, as learned from its reports.</summary>
    [Id(10)] public int LostPerBillion { get; init; }

    /// <summary>How much later than usual its reports may come, in seconds, as learned from them.</summary>
    [Id(11)] public int LateSeconds { get; init; }
}

/// <summary>Something that follows from an entry, as data.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceEffect")]
public abstract record DeviceEffect;

/// <summary>The measurements show that a command was obeyed.</summary>
[GenerateSerializer, Immutable, Alias("grid.CommandConfirmed")]
public sealed record CommandConfirmed : DeviceEffect
{
    /// <summary>The command.</summary>
    [Id(0)] public required string Command { get; init; }

    /// <summary>When the measurement was observed.</summary>
    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>What was measured, for the ledger.</summary>
    [Id(2)] public required string Detail { get; init; }
}

/// <summary>The device does something else than it should: it is to be told again. A hint, which a replay leaves out.</summary>
[GenerateSerializer, Immutable, Alias("grid.DesiredStateDue")]
public sealed record DesiredStateDue : DeviceEffect;

/// <summary>What a device shows of itself.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceView")]
public sealed record DeviceView
{
    /// <summary>At a glance.</summary>
    [Id(0)] public required DeviceStatus Status { get; init; }

    /// <summary>Reception time of the last report, null before the first.</summary>
    [Id(1)] public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Newest value by metric, in the order of their names.</summary>
    [Id(2)] public required ImmutableArray<ReportedMetric> Reported { get; init; }

    /// <summary>What it should do, in metrics; empty when nothing is desired.</summary>
    [Id(3)] public required ImmutableArray<MetricValue> Desired { get; init; }

    /// <summary>The conditions that hold now.</summary>
    [Id(4)] public required ImmutableArray<ActiveCondition> Conditions { get; init; }

    /// <summary>What follows from its reports and explains its conditions, in the order of their names; default when nothing does.</summary>
    [Id(5)] public ImmutableArray<DerivedFigure> Derived { get; init; }
}

/// <summary>A figure that follows from a device's reports: an estimate, or what is usual of it beside what it measures now.</summary>
[GenerateSerializer, Immutable, Alias("grid.DerivedFigure")]
public sealed record DerivedFigure
{
    /// <summary>Its name, which ends with its unit, such as <c>nightMinimumLitresPerHour</c>.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Its value; null when it is only an instant.</summary>
    [Id(1)] public double? Value { get; init; }

    /// <summary>The least that would be as expected, in the unit of the value; null when nothing is expected.</summary>
    [Id(2)] public double? Low { get; init; }

    /// <summary>The most that would be as expected.</summary>
    [Id(3)] public double? High { get; init; }

    /// <summary>The instant that it is about, such as when a bin will be full; null for none.</summary>
    [Id(4)] public DateTimeOffset? At { get; init; }

    /// <summary>What it follows from, one word of those in docs/rules.md, such as <c>usual</c> or <c>regression</c>.</summary>
    [Id(5)] public required string Basis { get; init; }
}

/// <summary>Newest value of a metric and when it was observed.</summary>
[GenerateSerializer, Immutable, Alias("grid.ReportedMetric")]
public readonly record struct ReportedMetric([property: Id(0)] string Name, [property: Id(1)] double Value, [property: Id(2)] DateTimeOffset ObservedAt);

/// <summary>A condition that holds: what an alarm will be raised from.</summary>
[GenerateSerializer, Immutable, Alias("grid.ActiveCondition")]
public readonly record struct ActiveCondition([property: Id(0)] string Condition, [property: Id(1)] DeviceStatus Severity, [property: Id(2)] DateTimeOffset Since);
