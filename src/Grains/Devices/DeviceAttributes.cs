using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Bins;
using Grid.Grains.Buildings;
using Grid.Grains.Cabinets;
using Grid.Grains.Environment;
using Grid.Grains.Meters;
using Grid.Grains.Streetlights;

namespace Grid.Grains.Devices;

/// <summary>The attributes that move the rules of each kind.</summary>
public static class DeviceAttributes
{
    /// <summary>The attributes of a kind.</summary>
    public static ImmutableArray<AttributeDefinition> Of(DeviceKind kind) => kind switch
    {
        DeviceKind.Cabinet => CabinetSettings.Attributes,
        DeviceKind.Streetlight => StreetlightSettings.Attributes,
        DeviceKind.Meter => MeterSettings.Attributes,
        DeviceKind.Building => BuildingSettings.Attributes,
        DeviceKind.Bin => BinSettings.Attributes,
        DeviceKind.Environment => EnvironmentSettings.Attributes,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
    };
}
