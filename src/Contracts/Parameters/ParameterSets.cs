using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Parameters;

/// <summary>A parameter of a rule with its value: a number or a flag, in the unit that ends the name.</summary>
/// <param name="Name">Its name, such as <c>powerDriftPercent</c>.</param>
/// <param name="Value">The value.</param>
[GenerateSerializer, Immutable, Alias("grid.ParameterValue")]
public readonly record struct ParameterValue([property: Id(0)] string Name, [property: Id(1)] AttributeValue Value);

/// <summary>Parameters of the rules of one kind of device.</summary>
[GenerateSerializer, Immutable, Alias("grid.ParameterSet")]
public sealed record ParameterSet
{
    /// <summary>The kind.</summary>
    [Id(0)] public required DeviceKind Kind { get; init; }

    /// <summary>The values by name (ordinal), each name once; at least one.</summary>
    [Id(1)] public required ImmutableArray<ParameterValue> Values { get; init; }
}

/// <summary>Parameters of several kinds: by kind, each kind once.</summary>
public static class ParameterSets
{
    /// <summary>The values of a kind; empty for none.</summary>
    public static ImmutableArray<ParameterValue> Of(this ImmutableArray<ParameterSet> sets, DeviceKind kind)
    {
        foreach (var set in sets.IsDefault ? [] : sets)
        {
            if (set.Kind == kind)
            {
                return set.Values;
            }
        }

        return [];
    }

    /// <summary>True when both give the same values.</summary>
    public static bool AreEqual(ImmutableArray<ParameterSet> one, ImmutableArray<ParameterSet> other) =>
        one.Length == other.Length && one.Zip(other).All(pair => pair.First.Kind == pair.Second.Kind && pair.First.Values.SequenceEqual(pair.Second.Values));
}
