using System.Collections.Immutable;
using Grid.Contracts.Parameters;
using Grid.Grains.Devices;

namespace Grid.Grains.Parameters;

/// <summary>What the defaults of a territory must satisfy: what an attribute of a device must, by the same table. Pure.</summary>
public static class ParameterRules
{
    private const int MostUnknown = 64;

    /// <summary>Everything that is wrong; empty when the defaults can be taken.</summary>
    public static ImmutableArray<ParameterFault> Check(ImmutableArray<ParameterSet> sets)
    {
        var faults = ImmutableArray.CreateBuilder<ParameterFault>();
        foreach (var set in sets)
        {
            var word = WordOf(set);
            var count = faults.Count;
            foreach (var (name, value) in set.Values)
            {
                if (faults.Count - count >= MostUnknown)
                {
                    break;
                }

                if (ParameterTable.Find(set.Kind, name) is not { } parameter)
                {
                    faults.Add(new($"{word}.{name}", Unknown(set, name)));
                }
                else if (parameter.Refuse(value) is { } reason)
                {
                    faults.Add(new($"{word}.{name}", reason));
                }
            }

            // What is out of range cannot be compared either.
            if (faults.Count == count)
            {
                faults.AddRange(ParameterTable.Contradictions(set.Kind, new ParameterSource(null, set.Values)).Select(item => new ParameterFault($"{word}.{item.Name}", item.Reason)));
            }
        }

        return faults.DrainToImmutable();
    }

    /// <summary>The same defaults in the one form in which they are kept: by kind and name, with the names of the table, and no kind without values.</summary>
    public static ImmutableArray<ParameterSet> Normalize(ImmutableArray<ParameterSet> sets) =>
    [
        .. sets.Where(set => !set.Values.IsEmpty).OrderBy(set => set.Kind).Select(set => set with
        {
            Values = [.. set.Values.Select(value => value with { Name = ParameterTable.Find(set.Kind, value.Name)?.Name ?? value.Name }).OrderBy(value => value.Name, StringComparer.Ordinal)],
        }),
    ];

    private static string Unknown(ParameterSet set, string name) =>
        (DeviceAttributes.Of(set.Kind).Any(attribute => attribute.Name == name) ? "is for each device to say and has no default" : "is unknown")
        + $"; the parameters of a {WordOf(set)} are {string.Join(", ", ParameterTable.Of(set.Kind).Select(parameter => parameter.Name))}";

    private static string WordOf(ParameterSet set) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(set.Kind.ToString());
}
