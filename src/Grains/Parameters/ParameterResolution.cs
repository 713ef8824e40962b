using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;

namespace Grid.Grains.Parameters;

/// <summary>A territory that may give defaults to devices of a commune.</summary>
/// <param name="Scope">Whose, such as <c>commune:29019</c>.</param>
/// <param name="Kinds">The kinds for which it may.</param>
/// <param name="Parameters">What it gives.</param>
/// <param name="ChangedAt">When that was changed last; null for never.</param>
public sealed record ParameterGiver(string Scope, DeviceKinds Kinds, ImmutableArray<ParameterSet> Parameters, DateTimeOffset? ChangedAt = null)
{
    /// <summary>What it gives to a kind.</summary>
    public ImmutableArray<ParameterValue> To(DeviceKind kind) => (Kinds & (DeviceKinds)(1 << (int)kind)) != 0 ? Parameters.Of(kind) : [];
}

/// <summary>
/// What holds for a device: its own attribute, else the default of its commune, else that of a body that is competent for its kind there, else what is built in. Among
/// bodies the nearest counts: an EPCI before a syndicate before a department, and of one kind the one with the lowest SIREN code. Pure.
/// </summary>
public static class ParameterResolution
{
    private const string Device = "device";
    private const string BuiltIn = "builtIn";

    /// <summary>The bodies of a commune on a day in the order that counts, each with the kinds that it is competent for.</summary>
    /// <param name="memberships">The memberships of the commune.</param>
    /// <param name="bodies">The bodies that are known.</param>
    /// <param name="day">A local day.</param>
    public static IEnumerable<(Body Body, DeviceKinds Kinds)> Order(IEnumerable<Membership> memberships, IReadOnlyCollection<Body> bodies, DateOnly day) => memberships
        .Where(member => member.HoldsOn(day))
        .GroupBy(member => member.Body, StringComparer.Ordinal)
        .Join(
            bodies,
            group => group.Key,
            body => body.Siren,
            (group, body) => (Body: body, Kinds: group.Aggregate(DeviceKinds.None, (kinds, member) => kinds | member.Kinds)),
            StringComparer.Ordinal)
        .OrderBy(item => item.Body.Kind)
        .ThenBy(item => item.Body.Siren, StringComparer.Ordinal);

    /// <summary>What territories give to all kinds, the nearest first.</summary>
    public static ImmutableArray<ParameterSet> Given(IReadOnlyList<ParameterGiver> givers)
    {
        var sets = ImmutableArray.CreateBuilder<ParameterSet>();
        foreach (var kind in Enum.GetValues<DeviceKind>())
        {
            var values = ParameterTable.Of(kind)
                .Select(parameter => (parameter.Name, Value: GiverOf(givers, kind, parameter) is { } giver ? ParameterSource.Value(giver.To(kind).AsSpan(), parameter.Name) : null))
                .Where(item => item.Value is not null)
                .Select(item => new ParameterValue(item.Name, item.Value!.Value))
                .OrderBy(value => value.Name, StringComparer.Ordinal)
                .ToImmutableArray();
            if (!values.IsEmpty)
            {
                sets.Add(new ParameterSet { Kind = kind, Values = values });
            }
        }

        return sets.DrainToImmutable();
    }

    /// <summary>What holds for a device, and where each value comes from.</summary>
    public static ImmutableArray<EffectiveParameter> Explain(DeviceDescriptor device, IReadOnlyList<ParameterGiver> givers)
    {
        var own = ParameterTable.OwnOf(device);
        return [.. ParameterTable.Of(device.Kind).Select(parameter => Explain(parameter, own, device.Kind, givers))];
    }

    private static EffectiveParameter Explain(AttributeDefinition parameter, ParameterValue[]? own, DeviceKind kind, IReadOnlyList<ParameterGiver> givers)
    {
        var (from, value) = ParameterSource.Gives(own, parameter) ? (Device, ParameterSource.Value(own, parameter.Name))
            : GiverOf(givers, kind, parameter) is { } giver ? (giver.Scope, ParameterSource.Value(giver.To(kind).AsSpan(), parameter.Name))
            : (BuiltIn, null);
        return value is null ? new EffectiveParameter(parameter.Name, BuiltInOf(parameter), BuiltIn) : new EffectiveParameter(parameter.Name, value, from);
    }

    private static AttributeValue? BuiltInOf(AttributeDefinition parameter) => parameter.Type == AttributeType.Flag ? AttributeValue.Of(false)
        : parameter.Default is { } number ? AttributeValue.Of(number)
        : null;

    private static ParameterGiver? GiverOf(IReadOnlyList<ParameterGiver> givers, DeviceKind kind, AttributeDefinition parameter)
    {
        foreach (var giver in givers)
        {
            if (ParameterSource.Gives(giver.To(kind).AsSpan(), parameter))
            {
                return giver;
            }
        }

        return null;
    }
}
