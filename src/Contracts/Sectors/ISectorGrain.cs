using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rights;
using Grid.Contracts.Rules;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Sectors;

/// <summary>
/// The unit of order, of durability and of summing: hands log entries to its devices in log order and holds each one's contribution.
/// Keyed by the sector's name, such as <c>29019.3</c>.
/// </summary>
[Alias("grid.ISectorGrain"), RequiresRight(Right.Internal)]
public interface ISectorGrain : IGrainWithStringKey
{
    /// <summary>
    /// Applies entries that are durable in the log; answers once they are applied. A delivery is a hint: where one was missed, the sector reads
    /// the log; what it has already is skipped.
    /// </summary>
    [Alias("Deliver")]
    Task Deliver(SectorDelivery delivery);

    /// <summary>The same for several deliveries, in log order: what has gathered behind a sector costs it one call.</summary>
    [Alias("DeliverAll")]
    Task DeliverAll(ImmutableArray<SectorDelivery> deliveries);

    /// <summary>Applies what the log holds beyond what was delivered.</summary>
    [Alias("CatchUp")]
    Task CatchUp();

    /// <summary>Persists what changed and lets go of the log before it.</summary>
    [Alias("Checkpoint"), AlwaysInterleave]
    Task Checkpoint();

    /// <summary>The sector's partial sum.</summary>
    [Alias("GetPartial")]
    ValueTask<SectorPartial> GetPartial();

    /// <summary>
    /// The devices that changed after a version, in the order of their change, about <paramref name="limit"/> of them (ask again from the
    /// answer's version for the rest); or all devices at once, for null and for a version from which changes are not known any more.
    /// <see cref="SectorChanges.IsSnapshot"/> says which.
    /// </summary>
    [Alias("GetChanges")]
    Task<SectorChanges> GetChanges(SectorVersion? since, DeviceFilter filter, int limit);

    /// <summary>Status and last reception of devices, in the order asked; null for one that is not here.</summary>
    [Alias("GetGlances"), AlwaysInterleave]
    ValueTask<ImmutableArray<DeviceGlance?>> GetGlances(ImmutableArray<string> devices);

    /// <summary>What the sector holds of water zones on a local day, by zone.</summary>
    /// <param name="day">The local day, in days since 1970-01-01.</param>
    [Alias("GetWaterZones")]
    ValueTask<ImmutableArray<ZonePartial>> GetWaterZones(int day);

    /// <summary>Tells the observer when the sector advances, until <see cref="Unwatch"/> or 2 minutes without a renewal.</summary>
    [Alias("Watch")]
    Task Watch(ISectorObserver observer);

    /// <summary>Ends <see cref="Watch"/>.</summary>
    [Alias("Unwatch")]
    Task Unwatch(ISectorObserver observer);

    /// <summary>A command of a device here has changed, and is persisted so: tells the observers at once, past everything that waits.</summary>
    [Alias("Announce"), OneWay, AlwaysInterleave]
    Task Announce(CommandView command);

    /// <summary>
    /// What its territories give to the parameters of its devices may have changed: it looks, and its devices follow through its log. A hint: it looks by itself
    /// every hour, when a local day begins, and soon after its start.
    /// </summary>
    [Alias("RenewParameters"), OneWay, AlwaysInterleave]
    Task RenewParameters();

    /// <summary>
    /// Which rules are published for its devices may have changed: it looks, and its devices follow through its log. A hint: it looks by itself every hour, when a local
    /// day begins, and soon after its start.
    /// </summary>
    [Alias("RenewRules"), OneWay, AlwaysInterleave]
    Task RenewRules();

    /// <summary>The rules that its devices follow, as far as that is applied.</summary>
    [Alias("GetRules"), AlwaysInterleave]
    ValueTask<RuleSet> GetRules();

    /// <summary>The version of a rule that its devices follow; null for none.</summary>
    [Alias("VersionOfRule"), AlwaysInterleave]
    ValueTask<long?> VersionOfRule(string rule);

    /// <summary>What its devices counted, by what was accepted before a look of its commune, for the groups of its rules: of each of those that it follows. None for a look before its last, nor while it has not read its log since its start.</summary>
    [Alias("CountForRules"), AlwaysInterleave]
    ValueTask<ImmutableArray<RuleGroupCounts>> CountForRules(DateTimeOffset look);

    /// <summary>What the commune says of itself to the rules of devices that ask for it. A hint: it says so once a minute.</summary>
    [Alias("TakeCommune"), OneWay, AlwaysInterleave]
    Task TakeCommune(CommuneRuleInputs inputs);

    /// <summary>What its territories give to its devices, as far as that is applied.</summary>
    [Alias("GetParameters"), AlwaysInterleave]
    ValueTask<ImmutableArray<ParameterSet>> GetParameters();

    /// <summary>Does the same to several alarms of the sector, by id. Durable when answered; the answers are in the order of the ids.</summary>
    [Alias("OrderAlarms")]
    Task<ImmutableArray<AlarmAnswer>> OrderAlarms(ImmutableArray<string> alarms, AlarmOrder order);

    /// <summary>Raises and ends alarms that no device says of itself. Durable when answered, and applied soon after; told again it changes nothing.</summary>
    [Alias("SignalAlarms"), AlwaysInterleave]
    Task SignalAlarms(ImmutableArray<AlarmSignal> signals);

    /// <summary>What the sector has of a cause that may serve several, such as <c>gateway:G7</c>, as far as it is applied.</summary>
    [Alias("GetAlarmCause"), AlwaysInterleave]
    ValueTask<AlarmCauseGlance> GetAlarmCause(string cause);

    /// <summary>From now on the alarm of one sector explains what the cause brings about in all; or each explains its own again. Durable when answered, and applied soon after.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="home">The sector with the alarm; null for each by itself.</param>
    [Alias("FoldAlarmCause"), AlwaysInterleave]
    Task FoldAlarmCause(string cause, string? home);

    /// <summary>Alarms of the sector, the newest first, without their history.</summary>
    [Alias("GetAlarms"), AlwaysInterleave]
    ValueTask<ImmutableArray<AlarmView>> GetAlarms(AlarmFilter filter);

    /// <summary>One alarm with its history; null when there is none of that id.</summary>
    [Alias("GetAlarm"), AlwaysInterleave]
    ValueTask<AlarmView?> GetAlarm(string alarm);

    /// <summary>What devices that have left for another sector take along of their alarms, of those that had any.</summary>
    [Alias("GetMovingAlarms"), AlwaysInterleave]
    ValueTask<ImmutableArray<MovingAlarms>> GetMovingAlarms(ImmutableArray<string> devices);

    /// <summary>The new sectors of devices that left by a revision of the registry, or before, have their alarms. A hint: what nobody takes is forgotten after 30 days.</summary>
    [Alias("ForgetMovingAlarms"), OneWay, AlwaysInterleave]
    Task ForgetMovingAlarms(ImmutableArray<string> devices, long revision);
}

/// <summary>One a gateway process: is told that a sector has something new.</summary>
[Alias("grid.ISectorObserver"), RequiresRight(Right.Internal)]
public interface ISectorObserver : IGrainObserver
{
    /// <summary>The sector advanced; ask for its changes.</summary>
    [Alias("OnAdvanced"), OneWay]
    Task OnAdvanced(SectorVersion version);

    /// <summary>A command of a device in the sector has changed. A hint, told at once; the truth is <see cref="ICommandGrain.Get"/>.</summary>
    [Alias("OnCommand"), OneWay]
    Task OnCommand(CommandView command);

    /// <summary>Alarms of the sector have changed, told at once. A hint; the truth is <see cref="ISectorGrain.GetAlarms"/>.</summary>
    [Alias("OnAlarms"), OneWay]
    Task OnAlarms(ImmutableArray<AlarmView> alarms);
}

/// <summary>Entries of one append, with consecutive offsets.</summary>
[GenerateSerializer, Immutable, Alias("grid.SectorDelivery")]
public sealed record SectorDelivery
{
    /// <summary>The log owner's epoch under which they were appended.</summary>
    [Id(0)] public required long Epoch { get; init; }

    /// <summary>Offset of the sector's last entry before these; 0 when these are its first.</summary>
    [Id(1)] public required long PreviousOffset { get; init; }

    /// <summary>Offset of the first entry; the others follow without a gap.</summary>
    [Id(2)] public required long FirstOffset { get; init; }

    /// <summary>The entries.</summary>
    [Id(3)] public required ImmutableArray<LogEntry> Entries { get; init; }
}

/// <summary>How far a sector is: (epoch, offset), compared in that order.</summary>
[GenerateSerializer, Immutable, Alias("grid.SectorVersion")]
public readonly record struct SectorVersion([property: Id(0)] string Sector, [property: Id(1)] long Epoch, [property: Id(2)] long Offset)
{
    /// <summary>True when this version is later than another of the same sector.</summary>
    public bool IsAfter(SectorVersion other) => Epoch > other.Epoch || (Epoch == other.Epoch && Offset > other.Offset);
}

/// <summary>A sector's sum, as of a version of it.</summary>
[GenerateSerializer, Immutable, Alias("grid.SectorPartial")]
public sealed record SectorPartial
{
    /// <summary>The version of the sector: replaces any earlier one.</summary>
    [Id(0)] public required SectorVersion Version { get; init; }

    /// <summary>Reception time of the newest entry in it.</summary>
    [Id(1)] public required DateTimeOffset AsOf { get; init; }

    /// <summary>The sum of its devices' contributions.</summary>
    [Id(2)] public required TerritoryFigures Figures { get; init; }

    /// <summary>True when the sector has not come yet to where its log ended when it started.</summary>
    [Id(3)] public bool IsBehind { get; init; }
}

/// <summary>Which devices a reader wants.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceFilter")]
public sealed record DeviceFilter
{
    /// <summary>The kinds wanted.</summary>
    [Id(0)] public DeviceKinds Kinds { get; init; } = DeviceKinds.All;

    /// <summary>Only devices with a position in the box; null for no box.</summary>
    [Id(1)] public BoundingBox? Box { get; init; }

    /// <summary>
    /// True to get positions and metrics of persons' devices too. False leaves both out, and no box has such a device in it. Only a caller with the right to
    /// personal data may set it.
    /// </summary>
    [Id(2)] public bool IncludesPersonal { get; init; }

    /// <summary>True to get the alarms alone.</summary>
    [Id(3)] public bool OnlyAlarms { get; init; }
}

/// <summary>A box in degrees, WGS 84; west may be greater than east across the antimeridian.</summary>
[GenerateSerializer, Immutable, Alias("grid.BoundingBox")]
public readonly record struct BoundingBox(
    [property: Id(0)] double West,
    [property: Id(1)] double South,
    [property: Id(2)] double East,
    [property: Id(3)] double North)
{
    /// <summary>True when the box holds the point, borders included.</summary>
    public bool Contains(GeoPoint point) =>
        point.Latitude >= South && point.Latitude <= North
        && (West <= East ? point.Longitude >= West && point.Longitude <= East : point.Longitude >= West || point.Longitude <= East);
}

/// <summary>What changed in a sector.</summary>
[GenerateSerializer, Immutable, Alias("grid.SectorChanges")]
public sealed record SectorChanges
{
    /// <summary>The version that a reader has reached with these changes.</summary>
    [Id(0)] public required SectorVersion Version { get; init; }

    /// <summary>True when these are all devices and not the changes: the reader forgets what it had of this sector.</summary>
    [Id(1)] public required bool IsSnapshot { get; init; }

    /// <summary>False when there is more: ask again from <see cref="Version"/>.</summary>
    [Id(2)] public required bool IsComplete { get; init; }

    /// <summary>Devices, with the metrics that changed (all of them in a snapshot).</summary>
    [Id(3)] public required ImmutableArray<DeviceChange> Devices { get; init; }

    /// <summary>Devices that are no longer here.</summary>
    [Id(4)] public required ImmutableArray<string> Removed { get; init; }

    /// <summary>Alarms that changed, those that stand for themselves and those that did; in a snapshot, those that stand for themselves and are not normal.</summary>
    [Id(5)] public ImmutableArray<AlarmView> Alarms { get; init; } = [];
}

/// <summary>A device as a live client sees it.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceChange")]
public sealed record DeviceChange
{
    /// <summary>The device's key.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The device's trade.</summary>
    [Id(1)] public required DeviceKind Kind { get; init; }

    /// <summary>Where it stands, null when unknown.</summary>
    [Id(2)] public GeoPoint? Position { get; init; }

    /// <summary>At a glance.</summary>
    [Id(3)] public required DeviceStatus Status { get; init; }

    /// <summary>The metrics that changed.</summary>
    [Id(4)] public required ImmutableArray<MetricValue> Metrics { get; init; }
}

/// <summary>Status and last reception of a device.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceGlance")]
public readonly record struct DeviceGlance([property: Id(0)] DeviceStatus Status, [property: Id(1)] DateTimeOffset? LastSeen)
{
    /// <summary>Since when its silence counts; null before it was heard, and while it cannot speak by design.</summary>
    [Id(2)] public DateTimeOffset? ExpectedSince { get; init; }

    /// <summary>How long it may be silent; null for a device that is never expected to speak for itself.</summary>
    [Id(3)] public TimeSpan? SilentAfter { get; init; }

    /// <summary>How often it is expected to report.</summary>
    [Id(4)] public TimeSpan Interval { get; init; }
}
