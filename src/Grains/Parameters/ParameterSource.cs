using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Grains.Devices;

namespace Grid.Grains.Parameters;

/// <summary>
/// Where the parameters of a device come from: what it says itself, else what its territories give. What both leave out has the value that is built in. Pure.
/// </summary>
/// <param name="own">What the device says itself, as <see cref="ParameterTable.OwnOf"/> finds it; null for nothing.</param>
/// <param name="given">What its territories give to its kind.</param>
public readonly struct ParameterSource(ParameterValue[]? own, ImmutableArray<ParameterValue> given = default)
{
    /// <summary>What a device says itself, and nothing else.</summary>
    public static ParameterSource Of(DeviceDescriptor descriptor) => new(ParameterTable.OwnOf(descriptor));

    /// <summary>The value of a parameter; null when the built-in one holds.</summary>
    public AttributeValue? Find(AttributeDefinition parameter) =>
        Gives(own, parameter) ? Value(own, parameter.Name)
        : given.IsDefaultOrEmpty ? null
        : Value(given.AsSpan(), parameter.Name);

    /// <summary>True when some values decide a parameter: they have it, or one that it is bound to.</summary>
    public static bool Gives(ReadOnlySpan<ParameterValue> values, AttributeDefinition parameter)
    {
        foreach (var value in values)
        {
            if (parameter.Bound.IsEmpty ? value.Name == parameter.Name : parameter.Bound.Contains(value.Name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The value of that name; null when there is none.</summary>
    public static AttributeValue? Value(ReadOnlySpan<ParameterValue> values, string name)
    {
        foreach (var value in values)
        {
            if (value.Name == name)
            {
                return value.Value;
            }
        }

        return null;
    }
}
