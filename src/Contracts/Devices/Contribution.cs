using Grid.Contracts.Zones;
using Orleans;

namespace Grid.Contracts.Devices;

/// <summary>What a light point does, seen from its territory.</summary>
public enum LightState : byte
{
    /// <summary>Not a light point, or never heard.</summary>
    None = 0,

    /// <summary>Lit.</summary>
    On = 1,

    /// <summary>Not lit.</summary>
    Off = 2,

    /// <summary>Failed: counted here and neither as on nor as off.</summary>
    Failed = 3,
}

/// <summary>Yes-or-no figures of a device.</summary>
[Flags]
public enum ContributionFlags : byte
{
    /// <summary>None holds.</summary>
    None = 0,

    /// <summary>Meter: flow that never ends at night.</summary>
    LeakSuspect = 1,

    /// <summary>Building: temperature or air quality outside comfort while occupied.</summary>
    ComfortBreach = 2,

    /// <summary>Bin: more than 80 % full.</summary>
    Over80Percent = 4,

    /// <summary>Bin: full.</summary>
    Overflowing = 8,

    /// <summary>Bin: burning.</summary>
    Fire = 16,
}

/// <summary>Which bounds of the local days of a contribution are known: an amount is what was truly consumed between bounds that are, and else may hold some of a neighbouring day.</summary>
[Flags]
public enum DayBounds : byte
{
    /// <summary>None is known, or the device has no amounts.</summary>
    None = 0,

    /// <summary>The device is one that has amounts by day, whether they are known or not.</summary>
    Counts = 1,

    /// <summary><see cref="Contribution.DayAmount"/> counts from an index that was read at the very midnight, through one register.</summary>
    Begins = 2,

    /// <summary>The newest index was read at the very midnight that ends <see cref="Contribution.Day"/>.</summary>
    Ends = 4,

    /// <summary><see cref="Contribution.PreviousDayAmount"/> is what one register counted from midnight to midnight.</summary>
    PreviousIsWhole = 8,
}

/// <summary>
/// What one device adds to the figures of its territory: integers only, so that sums are exact in any order. It replaces the device's
/// former contribution, versioned by log offset; it is never an increment.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.Contribution")]
public readonly record struct Contribution
{
    /// <summary>The device's trade.</summary>
    [Id(0)] public required DeviceKind Kind { get; init; }

    /// <summary>The device's status.</summary>
    [Id(1)] public required DeviceStatus Status { get; init; }

    /// <summary>Light points only.</summary>
    [Id(2)] public LightState Light { get; init; }

    /// <summary>Yes-or-no figures.</summary>
    [Id(3)] public ContributionFlags Flags { get; init; }

    /// <summary>Environment sensors: local level, 0 to 3.</summary>
    [Id(4)] public byte LocalLevel { get; init; }

    /// <summary>Power now, in milliwatts. Light points and buildings; a cabinet's own meter is not added to its lamps' power.</summary>
    [Id(5)] public long PowerMilliwatts { get; init; }

    /// <summary>Water flow now, in millilitres an hour.</summary>
    [Id(6)] public long FlowMillilitresPerHour { get; init; }

    /// <summary>
    /// The local day of <see cref="DayAmount"/>, in days since 1970-01-01; 0 when there is no amount. Midnight needs no message: a reader
    /// asks for the day that it wants.
    /// </summary>
    [Id(7)] public int Day { get; init; }

    /// <summary>
    /// Consumed on <see cref="Day"/>: milliwatt-hours for light points and buildings, millilitres for water meters.
    /// </summary>
    [Id(8)] public long DayAmount { get; init; }

    /// <summary>The same for the day before <see cref="Day"/>; late readings amend it.</summary>
    [Id(9)] public long PreviousDayAmount { get; init; }

    /// <summary>Light points: the local day of <see cref="DaySaved"/>, in days since 1970-01-01; 0 when nobody knows.</summary>
    [Id(10)] public int SavedDay { get; init; }

    /// <summary>Milliwatt-hours saved on <see cref="SavedDay"/> against a light that burns in full from sunset to sunrise; negative when more was used.</summary>
    [Id(11)] public long DaySaved { get; init; }

    /// <summary>The same for the day before it.</summary>
    [Id(12)] public long PreviousDaySaved { get; init; }

    /// <summary>Meters of a water zone: until when their amounts are known, and their nights; null for every other device.</summary>
    [Id(13)] public ZoneReadings? Zone { get; init; }

    /// <summary>Which bounds of <see cref="DayAmount"/> and <see cref="PreviousDayAmount"/> are known.</summary>
    [Id(14)] public DayBounds Bounds { get; init; }
}
