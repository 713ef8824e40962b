using System.Collections.Frozen;
using Grid.Contracts.Devices;

namespace Grid.Grains.Devices;

/// <summary>How long a device may be silent: three of its reporting intervals, and at least an hour.</summary>
public static class SilencePolicy
{
    private const int Intervals = 3;
    private const int LeastMinutes = 60;

    private static readonly FrozenDictionary<DeviceKind, AttributeDefinition> Interval =
        Enum.GetValues<DeviceKind>().ToFrozenDictionary(kind => kind, kind => DeviceAttributes.Of(kind).Single(attribute => attribute.Name == "reportingIntervalMinutes"));

    /// <summary>
    /// The silence after which a device counts as silent; null for a passive light point, whose silence is its cabinet's: it is handed its
    /// cabinet's <see cref="SilencedEntry"/> as it is handed its readings.
    /// </summary>
    public static TimeSpan? SilentAfter(DeviceDescriptor descriptor) =>
        DescriptorRules.CabinetFollowed(descriptor) is not null
            ? null
            : TimeSpan.FromMinutes(Math.Max(LeastMinutes, Intervals * Interval[descriptor.Kind].In(descriptor)!.Value));
}
