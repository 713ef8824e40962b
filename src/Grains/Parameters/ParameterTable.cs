using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Grains.Bins;
using Grid.Grains.Buildings;
using Grid.Grains.Devices;
using Grid.Grains.Environment;

namespace Grid.Grains.Parameters;

/// <summary>
/// The parameters of the rules of each kind: those of its attributes (<see cref="DeviceAttributes"/>) for which a territory may give a default. The one table by which
/// attributes and defaults are checked and resolved.
/// </summary>
public static class ParameterTable
{
    private static readonly FrozenDictionary<DeviceKind, ImmutableArray<AttributeDefinition>> ByKind = Enum.GetValues<DeviceKind>().ToFrozenDictionary(
        kind => kind, kind => DeviceAttributes.Of(kind).Where(attribute => !attribute.IsOnlyOfDevice).ToImmutableArray());

    private static readonly FrozenDictionary<DeviceKind, FrozenDictionary<string, AttributeDefinition>> ByName = ByKind.ToFrozenDictionary(
        pair => pair.Key, pair => pair.Value.ToFrozenDictionary(parameter => parameter.Name, StringComparer.Ordinal));

    /// <summary>The parameters of a kind.</summary>
    public static ImmutableArray<AttributeDefinition> Of(DeviceKind kind) => ByKind[kind];

    /// <summary>The parameter of that name; null when the kind has none.</summary>
    public static AttributeDefinition? Find(DeviceKind kind, string name) => ByName[kind].GetValueOrDefault(name);

    /// <summary>What a device says itself; a value of another type or out of range counts as not said. Null for nothing.</summary>
    public static ParameterValue[]? OwnOf(DeviceDescriptor descriptor)
    {
        List<ParameterValue>? own = null;
        if (!descriptor.Attributes.IsEmpty)
        {
            var parameters = ByName[descriptor.Kind];
            foreach (var (name, value) in descriptor.Attributes)
            {
                if (parameters.TryGetValue(name, out var parameter) && parameter.Refuse(value) is null)
                {
                    (own ??= []).Add(new ParameterValue(parameter.Name, value));
                }
            }
        }

        // The order of attributes depends on how they were read.
        own?.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return own?.ToArray();
    }

    /// <summary>Values with the names of the table: devices share them.</summary>
    public static void ShareNames(DeviceKind kind, ParameterValue[]? values)
    {
        foreach (ref var value in values.AsSpan())
        {
            value = value with { Name = Find(kind, value.Name)?.Name ?? value.Name };
        }
    }

    /// <summary>Values that contradict each other, each parameter with the reason.</summary>
    public static IEnumerable<(string Name, string Reason)> Contradictions(DeviceKind kind, ParameterSource source) => kind switch
    {
        DeviceKind.Bin => BinSettings.Contradictions(source),
        DeviceKind.Building => BuildingSettings.Contradictions(source),
        DeviceKind.Environment => EnvironmentSettings.Contradictions(source),
        _ => [],
    };
}
