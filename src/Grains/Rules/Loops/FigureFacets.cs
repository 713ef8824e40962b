using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Grains.Rules.Loops;

/// <summary>
/// What each figure of a commune is summed from, as far as rules may move it. Silence is no entry: no command makes a device speak or be silent. A test asks for an entry for each
/// figure of <see cref="FigureCatalog"/>.
/// </summary>
internal static class FigureFacets
{
    private static readonly ImmutableArray<Facet> Statuses = [.. Enum.GetValues<DeviceKind>().Select(Facet.Status)];
    private static readonly ImmutableArray<Facet> LampPower = [Facet.Metric(DeviceKind.Streetlight, "powerWatts"), Facet.Metric(DeviceKind.Streetlight, "dimmingPercent")];
    private static readonly ImmutableArray<Facet> LampEnergy = [Facet.Metric(DeviceKind.Streetlight, "energyWattHours"), .. LampPower];

    private static readonly FrozenDictionary<string, ImmutableArray<Facet>> ByFigure = new Dictionary<string, ImmutableArray<Facet>>(StringComparer.Ordinal)
    {
        ["coveragePercent"] = [],
        ["devices.total"] = [],
        ["devices.byKind.cabinet"] = [],
        ["devices.byKind.streetlight"] = [],
        ["devices.byKind.meter"] = [],
        ["devices.byKind.building"] = [],
        ["devices.byKind.bin"] = [],
        ["devices.byKind.environment"] = [],
        ["devices.byStatus.unknown"] = [],
        ["devices.byStatus.silent"] = [],
        ["devices.byStatus.ok"] = Statuses,
        ["devices.byStatus.warning"] = Statuses,
        ["devices.byStatus.fault"] = Statuses,
        ["lighting.on"] = LampPower,
        ["lighting.off"] = LampPower,
        ["lighting.failed"] = [Facet.Condition(DeviceKind.Streetlight, "lampFailure")],
        ["lighting.powerWatts"] = LampPower,
        ["lighting.energyTodayWattHours"] = LampEnergy,
        ["lighting.energyTodayExactPercent"] = [],
        ["lighting.savedTodayWattHours"] = LampEnergy,
        ["water.flowLitresPerHour"] = [Facet.Metric(DeviceKind.Meter, "flowLitresPerHour")],
        ["water.consumedTodayLitres"] = [Facet.Metric(DeviceKind.Meter, "indexLitres"), Facet.Metric(DeviceKind.Meter, "flowLitresPerHour")],
        ["water.consumedTodayExactPercent"] = [],
        ["water.leakSuspects"] = [Facet.Condition(DeviceKind.Meter, "leak")],
        ["buildings.powerWatts"] = [Facet.Metric(DeviceKind.Building, "powerWatts")],
        ["buildings.energyTodayWattHours"] = [Facet.Metric(DeviceKind.Building, "powerWatts"), Facet.Metric(DeviceKind.Building, "energyWattHours")],
        ["buildings.energyTodayExactPercent"] = [],
        ["buildings.comfortBreaches"] = [Facet.Condition(DeviceKind.Building, "comfortBreach")],
        ["bins.total"] = [],
        ["bins.over80Percent"] = [Facet.Metric(DeviceKind.Bin, "fillPercent")],
        ["bins.overflowing"] = [Facet.Condition(DeviceKind.Bin, "overflow")],
        ["bins.fires"] = [Facet.Condition(DeviceKind.Bin, "fire")],
        ["environment.localLevel"] = [Facet.Condition(DeviceKind.Environment, "localLevel")],
        ["alarms.unacknowledged"] = [Facet.Alarms],
        ["alarms.acknowledged"] = [Facet.Alarms],
        ["alarms.shelved"] = [Facet.Alarms],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a figure is summed from.</summary>
    public static ImmutableArray<Facet> Of(string figure) => ByFigure[figure];
}
