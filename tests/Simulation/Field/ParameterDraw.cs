using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Field;

/// <summary>Parameters of rules that somebody may ask for: names and values that are allowed, near what is built in, so that devices go on saying something.</summary>
internal static class ParameterDraw
{
    private const int MostNames = 4;

    /// <summary>What follows from these also depends on what is asked of a cabinet, which is in no log: no shadow of it could know.</summary>
    private const string IsJudgedByWhatIsAsked = "NightOnly";

    /// <summary>Defaults for some kinds; sometimes none.</summary>
    public static ImmutableArray<ParameterSet> Sets(Chance chance)
    {
        var sets = ImmutableArray.CreateBuilder<ParameterSet>();
        foreach (var kind in Enum.GetValues<DeviceKind>())
        {
            if (chance.Happens(0.6) && Values(kind, chance) is { IsEmpty: false } values)
            {
                sets.Add(new ParameterSet { Kind = kind, Values = values });
            }
        }

        return sets.DrainToImmutable();
    }

    /// <summary>Some parameters of a kind, which do not contradict each other.</summary>
    public static ImmutableArray<ParameterValue> Values(DeviceKind kind, Chance chance)
    {
        var values = new SortedDictionary<string, ParameterValue>(StringComparer.Ordinal);
        var parameters = ParameterTable.Of(kind).Where(parameter => !parameter.Name.EndsWith(IsJudgedByWhatIsAsked, StringComparison.Ordinal)).ToArray();
        for (var left = 1 + chance.Below(MostNames); left > 0; left--)
        {
            var parameter = chance.OneOf(parameters);
            var value = new ParameterValue(parameter.Name, ValueOf(parameter, chance));
            ImmutableArray<ParameterValue> all = [.. values.Values.Where(other => other.Name != value.Name), value];
            if (!ParameterTable.Contradictions(kind, new ParameterSource(null, all)).Any())
            {
                values[value.Name] = value;
            }
        }

        return [.. values.Values];
    }

    private static AttributeValue ValueOf(AttributeDefinition parameter, Chance chance)
    {
        if (parameter.Type == AttributeType.Flag)
        {
            return AttributeValue.Of(chance.Happens(0.5));
        }

        var about = parameter.Default ?? parameter.Minimum + 10;
        var drawn = Math.Clamp(Math.Round(chance.Between(about / 2, (about * 2) + 1), 1), parameter.Minimum, parameter.Maximum);
        return AttributeValue.Of(parameter.IsWhole ? Math.Round(drawn) : drawn);
    }
}
