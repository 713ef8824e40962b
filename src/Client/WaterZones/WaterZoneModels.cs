using Grid.Client.Json;

namespace Grid.Client.WaterZones;

/// <summary>The balance of a water zone on a local day. Held as integers of thousandths and written as exact decimals.</summary>
public sealed record WaterZoneModel
{
    /// <summary>The zone's id.</summary>
    public required string Zone { get; init; }

    /// <summary>Code of its department.</summary>
    public required string Department { get; init; }

    /// <summary>INSEE codes of the communes in which it has meters.</summary>
    public required IReadOnlyList<string> Communes { get; init; }

    /// <summary>The local day, <c>yyyy-MM-dd</c>.</summary>
    public required string Date { get; init; }

    /// <summary>Reception time of the newest reading that may be in it; null before the first.</summary>
    public required DateTimeOffset? AsOf { get; init; }

    /// <summary>Meters of the zone.</summary>
    public required int Meters { get; init; }

    /// <summary>Meters of which the day is known.</summary>
    public required int MetersHeard { get; init; }

    /// <summary>Meters of which the day is known from midnight to midnight, by one register.</summary>
    public required int MetersExact { get; init; }

    /// <summary>True when every meter is known so: then all sums are what flowed on the day, to the litre. Never of today, which is not over.</summary>
    public required bool Exact { get; init; }

    /// <summary>Share of the meters of which the day is known, cut to one decimal: 100 only when none is missing.</summary>
    public required Percent CoveragePercent { get; init; }

    /// <summary>Meters by what they measure.</summary>
    public required WaterZoneCounts ByRole { get; init; }

    /// <summary>What the inlets that are known let in, litres.</summary>
    public required Thousandths InletLitres { get; init; }

    /// <summary>What the outlets that are known let out, litres.</summary>
    public required Thousandths OutletLitres { get; init; }

    /// <summary>What was measured at the customers that are known, litres.</summary>
    public required Thousandths DeliveredLitres { get; init; }

    /// <summary>Inlets less outlets less what was measured at customers, litres a day; null without an inlet, and unless every inlet and outlet is known.</summary>
    public required Thousandths? LossLitres { get; init; }

    /// <summary>The loss as a share of inlets less outlets; null where these are not known or not above 0. Not below -10,000.</summary>
    public required Percent? LossPercent { get; init; }

    /// <summary>What all customers took, if those that are not known took the mean of the others, litres: an estimate; null when none is known.</summary>
    public required Thousandths? EstimatedDeliveredLitres { get; init; }

    /// <summary>Inlets less outlets less <see cref="EstimatedDeliveredLitres"/>, litres a day: an estimate, and the loss itself when every meter is known.</summary>
    public required Thousandths? EstimatedLossLitres { get; init; }

    /// <summary>Least flow of the inlets between 02:00 and 04:00 local, litres an hour; null unless it is known of every inlet.</summary>
    public required Thousandths? NightMinimumLitresPerHour { get; init; }
}

/// <summary>Meters of a zone by what they measure.</summary>
public sealed record WaterZoneCounts(WaterZoneCount Inlets, WaterZoneCount Outlets, WaterZoneCount Customers);

/// <summary>Meters of one role.</summary>
/// <param name="Meters">How many there are.</param>
/// <param name="Heard">Of how many the day is known.</param>
/// <param name="Exact">Of how many it is known from midnight to midnight.</param>
public sealed record WaterZoneCount(int Meters, int Heard, int Exact);

/// <summary>A page of water zones, the greatest loss first.</summary>
public sealed record WaterZonePage(IReadOnlyList<WaterZoneModel> Items, string? NextCursor);
