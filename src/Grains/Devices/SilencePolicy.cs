using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Grains.Parameters;

namespace Grid.Grains.Devices;

/// <summary>How long a device may be silent: three of its reporting intervals, and at least an hour.</summary>
public static class SilencePolicy
{
    private const int Intervals = 3;
    private const int LeastMinutes = 60;

    private static readonly FrozenDictionary<DeviceKind, AttributeDefinition> Interval =
        Enum.GetValues<DeviceKind>().ToFrozenDictionary(kind => kind, kind => DeviceAttributes.Of(kind).Single(attribute => attribute.Name == SharedAttributes.ReportingInterval));

    /// <summary>
    /// The silence after which a device counts as silent; null for a passive light point, whose silence is its cabinet's: it is handed its
    /// cabinet's <see cref="SilencedEntry"/> as it is handed its readings.
    /// </summary>
    /// <param name="descriptor">The device.</param>
    /// <param name="given">What its territories give to its kind.</param>
    public static TimeSpan? SilentAfter(DeviceDescriptor descriptor, ImmutableArray<ParameterValue> given = default) =>
        DescriptorRules.CabinetFollowed(descriptor) is not null ? null : SilentAfter(descriptor.Kind, new ParameterSource(ParameterTable.OwnOf(descriptor), given));

    /// <summary>How often a device of the kind reports when nobody says otherwise and nothing was learned.</summary>
    public static int AssumedMinutes(DeviceKind kind) => (int)Interval[kind].Default!.Value;

    /// <summary>The same for a device of which nobody says how often it reports, from how often it usually does.</summary>
    public static TimeSpan SilentAfter(int usualMinutes) => TimeSpan.FromMinutes(Math.Max(LeastMinutes, Intervals * usualMinutes));

    /// <summary>True where its territories say how often a device of the kind reports.</summary>
    public static bool IsGiven(DeviceKind kind, ImmutableArray<ParameterValue> given) => ParameterSource.Gives(given.AsSpan(), Interval[kind]);

    /// <summary>The same for a device that speaks for itself and does not say how often.</summary>
    public static TimeSpan SilentAfter(DeviceKind kind, in ParameterSource source) =>
        TimeSpan.FromMinutes(Math.Max(LeastMinutes, Intervals * Interval[kind].In(source)!.Value));

    /// <summary>True for a device that says itself how often it reports.</summary>
    public static bool HasOwnInterval(DeviceDescriptor descriptor) => ParameterSource.Gives(ParameterTable.OwnOf(descriptor), Interval[descriptor.Kind]);
}
