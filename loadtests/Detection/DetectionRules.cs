using Grid.Connectors.Simulator.Models;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;

namespace Grid.LoadTests.Detection;

/// <summary>The rules that are judged, and what was promised of them.</summary>
internal static class DetectionRules
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>By the law a month is compared with the same month of years before.</summary>
    public static DetectionRule Abnormal { get; } = new()
    {
        Name = "abnormalConsumption",
        Device = DeviceKind.Meter,
        Condition = "abnormalConsumption",
        Fault = PlantedFaultKind.AbnormalUse,
        AlsoExplains = [PlantedFaultKind.Leak, PlantedFaultKind.Burst],
        Within = 28 * Day,
        Outlasts = 31 * Day,
    };

    public static DetectionRule[] All { get; } =
    [
        // Before a year has passed, with that of comparable dwellings.
        Abnormal with { Name = "abnormalConsumptionFirstYear", LeastSize = 3 },

        // Within three nights: that of its beginning may be over when it begins.
        new()
        {
            Name = "leak", Device = DeviceKind.Meter, Condition = "leak", Fault = PlantedFaultKind.Leak, LeastSize = 5,
            Within = (3 * Day) + TimeSpan.FromHours(6), LeastRecall = 0.95, MostFalseAlarms = 1,
        },
        new() { Name = "burst", Device = DeviceKind.Meter, Condition = "burst", Fault = PlantedFaultKind.Burst, Within = TimeSpan.FromHours(4) },
        new() { Name = "backflow", Device = DeviceKind.Meter, Condition = "backflow", Fault = PlantedFaultKind.Backflow, Within = Day },
        new() { Name = "tamper", Device = DeviceKind.Meter, Condition = "tamper", Fault = PlantedFaultKind.Tamper, Within = Day },
        new() { Name = "silence", Device = DeviceKind.Meter, Condition = DetectedDevice.Silent, Fault = PlantedFaultKind.Silence, AlsoExplains = [PlantedFaultKind.BatteryEmpty], Within = TimeSpan.FromHours(12) },
        new()
        {
            Name = "heatingUnoccupied", Device = DeviceKind.Building, Condition = "heatingUnoccupied", Fault = PlantedFaultKind.HeatedWhileClosed, Within = TimeSpan.FromHours(10),
        },
        new()
        {
            Name = "frostRisk", Device = DeviceKind.Building, Condition = "frostRisk", Fault = PlantedFaultKind.Frost, Within = TimeSpan.FromHours(1), Outlasts = TimeSpan.FromHours(6),
        },
        new()
        {
            Name = "comfortBreach", Device = DeviceKind.Building, Condition = "comfortBreach", Fault = PlantedFaultKind.BadVentilation, AlsoExplains = [PlantedFaultKind.HeatingFailure],
            Within = 10 * Day,
        },
        new() { Name = "baseLoadHigh", Device = DeviceKind.Building, Condition = "baseLoadHigh", Fault = PlantedFaultKind.BaseLoad, Within = 4 * Day, Outlasts = 2 * Day },
        new()
        {
            Name = "energyDrift", Device = DeviceKind.Building, Condition = "energyDrift", Fault = PlantedFaultKind.EfficiencyDrift, AlsoExplains = [PlantedFaultKind.HeatedWhileClosed],
            Within = 10 * Day, Outlasts = 10 * Day,
        },
        new()
        {
            Name = "unusualPower", Device = DeviceKind.Building, Condition = "abnormalConsumption", Fault = PlantedFaultKind.BaseLoad, Within = Day,
        },
        new() { Name = "lampFailure", Device = DeviceKind.Streetlight, Condition = "lampFailure", Fault = PlantedFaultKind.LampFailure, AlsoExplains = [PlantedFaultKind.LampEndOfLife], Within = Day },
        new() { Name = "fire", Device = DeviceKind.Bin, Condition = "fire", Fault = PlantedFaultKind.Fire, Within = TimeSpan.FromHours(1) },
        new() { Name = "tipped", Device = DeviceKind.Bin, Condition = "tipped", Fault = PlantedFaultKind.Tipped, Within = TimeSpan.FromHours(3) },
        new()
        {
            Name = "rapidRise", Device = DeviceKind.Environment, Condition = "rapidRise", Fault = PlantedFaultKind.Flood, Within = TimeSpan.FromMinutes(90), Outlasts = TimeSpan.FromHours(2),
        },
        new()
        {
            Name = "supplyOutage", Device = null, Condition = CrossTradeFinding.SupplyOutage, Fault = PlantedFaultKind.SupplyOutage, Within = TimeSpan.FromHours(1),
            Outlasts = TimeSpan.FromMinutes(30),
        },
        new()
        {
            Name = "floodExposure", Device = null, Condition = CrossTradeFinding.FloodExposure, Fault = PlantedFaultKind.Flood, Within = TimeSpan.FromHours(2), Outlasts = 2 * Day,
            OnlyOf = run => [.. run.Devices.Select(device => DeviceLinks.Of(device).ExposedTo).OfType<string>()],
        },
        new()
        {
            Name = "usedWhileClosed", Device = null, Condition = CrossTradeFinding.UsedWhileClosed, Fault = PlantedFaultKind.HeatedWhileClosed, Within = TimeSpan.FromHours(12),
            AlsoExplains = [PlantedFaultKind.BaseLoad], Outlasts = 2 * Day,
            OnlyOf = run => [.. run.Devices.Select(device => DeviceLinks.Of(device).Building).OfType<string>()],

            // Water that leaks in it is its own, too.
            ExplainedThrough = device => DeviceLinks.Of(device).Building,
        },
    ];
}
