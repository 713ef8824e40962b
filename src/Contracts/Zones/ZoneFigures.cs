using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Grid.Contracts.Zones;

/// <summary>A figure of a zone's balance that history keeps.</summary>
/// <param name="Name">Its name in the balance's JSON, which ends with its unit.</param>
/// <param name="Read">Its value; null on a day on which nobody knows it.</param>
public sealed record ZoneFigure(string Name, Func<WaterZoneBalance, double?> Read);

/// <summary>
/// The figures of a water zone that have a history. What is recorded on a local day is of the day before, which late readings amend until then: the newest value of a day is what became of the
/// day before it.
/// </summary>
public static class ZoneFigures
{
    private const double Thousandth = 1_000;

    /// <summary>The scope of a zone's figures begins so; the department's code and the zone's id follow.</summary>
    public const string ScopeKind = "waterZone";

    /// <summary>Recorded whenever any is: a figure that is older than it was not known.</summary>
    public const string Always = "meters";

    /// <summary>Every figure, in a fixed order.</summary>
    public static ImmutableArray<ZoneFigure> All { get; } =
    [
        new(Always, balance => balance.Meters),
        new("metersHeard", balance => balance.MetersHeard),
        new("metersExact", balance => balance.MetersExact),
        new("coveragePercent", balance => balance.Meters == 0 ? 100 : (long)balance.MetersHeard * 1_000 / balance.Meters / 10.0),
        new("inletLitres", balance => balance.Inlets.Millilitres / Thousandth),
        new("outletLitres", balance => balance.Outlets.Millilitres / Thousandth),
        new("deliveredLitres", balance => balance.Customers.Millilitres / Thousandth),
        new("lossLitres", balance => balance.LossMillilitres / Thousandth),
        new("estimatedDeliveredLitres", balance => balance.EstimatedDeliveredMillilitres / Thousandth),
        new("estimatedLossLitres", balance => balance.EstimatedLossMillilitres / Thousandth),
        new("nightMinimumLitresPerHour", balance => balance.NightMinimumMillilitresPerHour / Thousandth),
    ];

    /// <summary>By name.</summary>
    public static FrozenDictionary<string, ZoneFigure> ByName { get; } = All.ToFrozenDictionary(figure => figure.Name);

    /// <summary>The scope of a zone's figures, such as <c>waterZone:29:Z-1</c>.</summary>
    /// <param name="department">The department's code.</param>
    /// <param name="zone">The zone's id.</param>
    public static string ScopeOf(string department, string zone) => $"{ScopeKind}:{department}:{zone}";
}
