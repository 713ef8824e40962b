using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Zones;

/// <summary>What a water meter measures of its zone. The numbers are stored: never renumber.</summary>
public enum ZoneRole : byte
{
    /// <summary>What a customer takes.</summary>
    Customer = 0,

    /// <summary>What comes into the zone.</summary>
    Inlet = 1,

    /// <summary>What leaves the zone for another one.</summary>
    Outlet = 2,
}

/// <summary>The water zone of a meter.</summary>
/// <param name="Zone">The zone's id: 1 to 64 of <c>A-Z a-z 0-9 . _ : -</c>.</param>
/// <param name="Role">What it measures there.</param>
public readonly record struct ZonePlace(string Zone, ZoneRole Role)
{
    /// <summary>Text attribute: the zone's id.</summary>
    public const string ZoneAttribute = "zone";

    /// <summary>Text attribute: <c>customer</c> (default), <c>inlet</c> or <c>outlet</c>.</summary>
    public const string RoleAttribute = "zoneRole";

    /// <summary>What <see cref="RoleAttribute"/> may be.</summary>
    public static ImmutableArray<string> Roles { get; } = ["customer", "inlet", "outlet"];

    /// <summary>Where a device belongs; null for what is no water meter of a zone.</summary>
    public static ZonePlace? Of(DeviceDescriptor device) =>
        device.Kind == DeviceKind.Meter && device.Text("fluid") is null or "water" && device.Text(ZoneAttribute) is { Length: > 0 } zone
            ? new ZonePlace(zone, device.Text(RoleAttribute) switch
            {
                "inlet" => ZoneRole.Inlet,
                "outlet" => ZoneRole.Outlet,
                _ => ZoneRole.Customer,
            })
            : null;
}

/// <summary>
/// What a meter of a water zone says beside its amounts of <see cref="Contribution.Day"/> and the day before: until when these are known, and what flowed by night. An
/// instant of 0 is none.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.ZoneReadings")]
public sealed record ZoneReadings
{
    /// <summary>When its newest reading of <see cref="Contribution.Day"/> was observed, in Unix milliseconds.</summary>
    [Id(0)] public long DayReadAt { get; init; }

    /// <summary>The same for the day before.</summary>
    [Id(1)] public long PreviousDayReadAt { get; init; }

    /// <summary>The newest reading before both days: the amount of the earlier one counts from it.</summary>
    [Id(2)] public long BaseReadAt { get; init; }

    /// <summary>The local day of <see cref="NightMinimumMillilitresPerHour"/>, in days since 1970-01-01; 0 when no night is known.</summary>
    [Id(3)] public int NightDay { get; init; }

    /// <summary>Inlets and outlets: least flow between 02:00 and 04:00 local of <see cref="NightDay"/>.</summary>
    [Id(4)] public long NightMinimumMillilitresPerHour { get; init; }

    /// <summary>The same for the night before it; null when it is not known.</summary>
    [Id(5)] public long? PreviousNightMinimumMillilitresPerHour { get; init; }

    /// <summary>The least flow of a night; null when it is not known.</summary>
    public long? NightOf(int day) => NightDay == 0 ? null
        : day == NightDay ? NightMinimumMillilitresPerHour
        : day == NightDay - 1 ? PreviousNightMinimumMillilitresPerHour : null;
}

/// <summary>Meters of one role, summed: integers only, so that the order does not matter.</summary>
/// <param name="Meters">How many there are.</param>
/// <param name="Heard">Of how many the day is known.</param>
/// <param name="Millilitres">What those have counted on the day.</param>
/// <param name="Exact">Of how many of those that is what flowed from midnight to midnight, to the litre.</param>
[GenerateSerializer, Immutable, Alias("grid.ZoneSide")]
public readonly record struct ZoneSide([property: Id(0)] int Meters, [property: Id(1)] int Heard, [property: Id(2)] long Millilitres, [property: Id(3)] int Exact = 0)
{
    /// <summary>Both together.</summary>
    public static ZoneSide operator +(ZoneSide one, ZoneSide other) =>
        new(one.Meters + other.Meters, one.Heard + other.Heard, one.Millilitres + other.Millilitres, one.Exact + other.Exact);
}

/// <summary>What one sector holds of a water zone on a local day. Those of all sectors together are the zone.</summary>
[GenerateSerializer, Immutable, Alias("grid.ZonePartial")]
public sealed record ZonePartial
{
    /// <summary>The zone's id.</summary>
    [Id(0)] public required string Zone { get; init; }

    /// <summary>What came in.</summary>
    [Id(1)] public required ZoneSide Inlets { get; init; }

    /// <summary>What left for other zones.</summary>
    [Id(2)] public required ZoneSide Outlets { get; init; }

    /// <summary>What customers took.</summary>
    [Id(3)] public required ZoneSide Customers { get; init; }

    /// <summary>Least flows of the inlets in the night of the day, summed, in millilitres an hour.</summary>
    [Id(4)] public required long NightMinimumMillilitresPerHour { get; init; }

    /// <summary>Inlets whose least flow is known.</summary>
    [Id(5)] public required int InletsWithNight { get; init; }

    /// <summary>Reception time of the newest entry that the sector has applied.</summary>
    [Id(6)] public required DateTimeOffset AsOf { get; init; }
}

/// <summary>
/// The balance of a water zone on a local day, in millilitres: what came in, less what left and what was delivered. Measured figures are sums of what was measured and of nothing
/// else; estimates are named so.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.WaterZoneBalance")]
public sealed record WaterZoneBalance
{
    /// <summary>The zone's id.</summary>
    [Id(0)] public required string Zone { get; init; }

    /// <summary>The local day, in days since 1970-01-01.</summary>
    [Id(1)] public required int Day { get; init; }

    /// <summary>INSEE codes of the communes in which it has meters, in order.</summary>
    [Id(2)] public required ImmutableArray<string> Communes { get; init; }

    /// <summary>What came in.</summary>
    [Id(3)] public required ZoneSide Inlets { get; init; }

    /// <summary>What left for other zones.</summary>
    [Id(4)] public required ZoneSide Outlets { get; init; }

    /// <summary>What customers took.</summary>
    [Id(5)] public required ZoneSide Customers { get; init; }

    /// <summary>Least flow of the inlets between 02:00 and 04:00 local, in millilitres an hour; null unless it is known of every inlet.</summary>
    [Id(6)] public required long? NightMinimumMillilitresPerHour { get; init; }

    /// <summary>What came in, less what left, less what was measured at customers; null without an inlet, and unless every inlet and outlet is known.</summary>
    [Id(7)] public required long? LossMillilitres { get; init; }

    /// <summary>What all customers took, if those that are not known took the mean of the others; null when none of them is known.</summary>
    [Id(8)] public required long? EstimatedDeliveredMillilitres { get; init; }

    /// <summary>The loss with <see cref="EstimatedDeliveredMillilitres"/> in place of what was measured; equal to the loss when every meter is known.</summary>
    [Id(9)] public required long? EstimatedLossMillilitres { get; init; }

    /// <summary>Reception time of the newest reading that may be in it.</summary>
    [Id(10)] public required DateTimeOffset AsOf { get; init; }

    /// <summary>Meters of the zone.</summary>
    public int Meters => Inlets.Meters + Outlets.Meters + Customers.Meters;

    /// <summary>Meters of which the day is known.</summary>
    public int MetersHeard => Inlets.Heard + Outlets.Heard + Customers.Heard;

    /// <summary>Meters of which the day is known from midnight to midnight.</summary>
    public int MetersExact => Inlets.Exact + Outlets.Exact + Customers.Exact;

    /// <summary>True when every meter was read at both midnights: then the sums are what flowed on the day, to the litre.</summary>
    public bool IsExact => Meters > 0 && MetersExact == Meters;
}
