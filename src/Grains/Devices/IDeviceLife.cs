using Grid.Contracts.Devices;
using Grid.Grains.Bins;
using Grid.Grains.Buildings;
using Grid.Grains.Cabinets;
using Grid.Grains.Environment;
using Grid.Grains.Meters;
using Grid.Grains.Streetlights;

namespace Grid.Grains.Devices;

/// <summary>A device's life whatever its trade: its rules over log entries, without grain, storage or clock. For who replays entries.</summary>
public interface IDeviceLife
{
    /// <summary>Takes one entry, as <see cref="IDeviceGrain.Apply"/> says.</summary>
    DeviceOutcome Apply(LogEntry entry, LogPosition at, long after, out Persistence persistence);

    /// <summary>The conditions that hold.</summary>
    Conditions Holding { get; }

    /// <summary>What it adds to its territory.</summary>
    Contribution Contribution { get; }

    /// <summary>What GET shows.</summary>
    DeviceView View(DateTimeOffset now);
}

/// <summary>Lives by kind.</summary>
public static class DeviceLives
{
    /// <summary>A device of a kind that nobody registered yet.</summary>
    public static IDeviceLife New(DeviceKind kind, string id, DeviceContext context) => kind switch
    {
        DeviceKind.Cabinet => new DeviceLife<CabinetRules, CabinetSettings, CabinetState>(id, context),
        DeviceKind.Streetlight => new DeviceLife<StreetlightRules, StreetlightSettings, StreetlightState>(id, context),
        DeviceKind.Meter => new DeviceLife<MeterRules, MeterSettings, MeterState>(id, context),
        DeviceKind.Building => new DeviceLife<BuildingRules, BuildingSettings, BuildingState>(id, context),
        DeviceKind.Bin => new DeviceLife<BinRules, BinSettings, BinState>(id, context),
        DeviceKind.Environment => new DeviceLife<EnvironmentRules, EnvironmentSettings, EnvironmentState>(id, context),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no kind of device"),
    };
}
