using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Territories;

/// <summary>Exact sums over the devices of a territory, kept by kind so that a body counts only what it is competent for.</summary>
[GenerateSerializer, Immutable, Alias("grid.TerritoryFigures")]
public sealed record TerritoryFigures
{
    /// <summary>No device.</summary>
    public static readonly TerritoryFigures Empty = new() { Kinds = [] };

    /// <summary>One item for each kind that is present, in the order of the kinds.</summary>
    [Id(0)] public required ImmutableArray<KindFigures> Kinds { get; init; }
}

/// <summary>Sums over the devices of one kind. Integers: mW, mWh, mL.</summary>
[GenerateSerializer, Immutable, Alias("grid.KindFigures")]
public sealed record KindFigures
{
    /// <summary>The kind.</summary>
    [Id(0)] public required DeviceKind Kind { get; init; }

    /// <summary>Devices registered.</summary>
    [Id(1)] public required long Total { get; init; }

    /// <summary>Devices by status, indexed by <see cref="DeviceStatus"/>.</summary>
    [Id(2)] public required ImmutableArray<long> ByStatus { get; init; }

    /// <summary>Light points lit.</summary>
    [Id(3)] public long LightsOn { get; init; }

    /// <summary>Light points not lit.</summary>
    [Id(4)] public long LightsOff { get; init; }

    /// <summary>Light points that failed.</summary>
    [Id(5)] public long LightsFailed { get; init; }

    /// <summary>Power now, in milliwatts.</summary>
    [Id(6)] public long PowerMilliwatts { get; init; }

    /// <summary>Water flow now, in millilitres an hour.</summary>
    [Id(7)] public long FlowMillilitresPerHour { get; init; }

    /// <summary>Meters suspected of a leak.</summary>
    [Id(8)] public long LeakSuspects { get; init; }

    /// <summary>Buildings outside comfort while occupied.</summary>
    [Id(9)] public long ComfortBreaches { get; init; }

    /// <summary>Bins more than 80 % full.</summary>
    [Id(10)] public long Over80Percent { get; init; }

    /// <summary>Bins that are full.</summary>
    [Id(11)] public long Overflowing { get; init; }

    /// <summary>Bins that burn.</summary>
    [Id(12)] public long Fires { get; init; }

    /// <summary>Environment sensors by local level, indexed 0 to 3; empty for other kinds.</summary>
    [Id(13)] public ImmutableArray<long> ByLocalLevel { get; init; } = [];

    /// <summary>Amounts by local day, newest first; at most <see cref="MaximumDays"/>.</summary>
    [Id(14)] public ImmutableArray<DayAmount> Days { get; init; } = [];

    /// <summary>Light points: saved by local day, in milliwatt-hours, newest first; at most <see cref="MaximumDays"/>.</summary>
    [Id(15)] public ImmutableArray<DayAmount> SavedDays { get; init; } = [];

    /// <summary>Alarms that stand for themselves and that nobody has acknowledged, whether their condition still holds or not.</summary>
    [Id(16)] public long AlarmsUnacknowledged { get; init; }

    /// <summary>Alarms that stand for themselves, hold and are acknowledged.</summary>
    [Id(17)] public long AlarmsAcknowledged { get; init; }

    /// <summary>Alarms that are shelved.</summary>
    [Id(18)] public long AlarmsShelved { get; init; }

    /// <summary>Alarms that were announced, by minute (minutes since 1970-01-01 UTC), newest first; at most <see cref="MaximumMinutes"/>.</summary>
    [Id(19)] public ImmutableArray<MinuteCount> AlarmStarts { get; init; } = [];

    /// <summary>Devices that have amounts by day, whether they are known or not.</summary>
    [Id(20)] public long Counting { get; init; }

    /// <summary>Minutes of which announced alarms are kept in a sum: what an alarm flood is found from.</summary>
    public const int MaximumMinutes = 12;

    /// <summary>Local days of which an amount is kept in a sum.</summary>
    public const int MaximumDays = 4;
}

/// <summary>Consumed on a local day: milliwatt-hours, or millilitres for meters.</summary>
/// <param name="Day">Days since 1970-01-01.</param>
/// <param name="Amount">The sum.</param>
/// <param name="FromMidnight">Devices whose part is known from the very midnight on: their newest index less that of midnight.</param>
[GenerateSerializer, Immutable, Alias("grid.DayAmount")]
public readonly record struct DayAmount([property: Id(0)] int Day, [property: Id(1)] long Amount, [property: Id(2)] long FromMidnight = 0);

/// <summary>Counted in a minute (minutes since 1970-01-01 UTC).</summary>
[GenerateSerializer, Immutable, Alias("grid.MinuteCount")]
public readonly record struct MinuteCount([property: Id(0)] int Minute, [property: Id(1)] long Count);
