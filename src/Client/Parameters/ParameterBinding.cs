using System.Collections.Immutable;
using System.Text.Json;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;

namespace Grid.Client.Parameters;

/// <summary>Between what PUT sends, what grains keep and what GET shows. Form only: which parameters there are, and their ranges, is the grain's to judge.</summary>
internal static class ParameterBinding
{
    private const int MaximumParameters = 64;

    /// <summary>Defaults by kind.</summary>
    public static ImmutableArray<ParameterSet> Bind(Dictionary<string, Dictionary<string, JsonElement>?> input, List<FieldError> errors)
    {
        var sets = ImmutableArray.CreateBuilder<ParameterSet>();
        foreach (var (word, values) in input)
        {
            if (!Words<DeviceKind>.TryParse(word, out var kind))
            {
                errors.Add(new(word, $"is no kind of device; one of {Words<DeviceKind>.All}"));
            }
            else if (values is null)
            {
                errors.Add(new(word, "is null; leave it out to give no defaults"));
            }
            else if (values.Count > MaximumParameters)
            {
                errors.Add(new(word, $"has more than {MaximumParameters} entries"));
            }
            else
            {
                sets.Add(new ParameterSet { Kind = kind, Values = [.. values.Select(pair => new ParameterValue(pair.Key, Bind($"{word}.{pair.Key}", pair.Value, errors)))] });
            }
        }

        return sets.DrainToImmutable();
    }

    /// <summary>What GET shows.</summary>
    public static ParametersModel Present(ParametersView view) => new(
        view.Scope,
        view.Version,
        view.ChangedAt,
        view.Parameters.ToDictionary(
            set => Words<DeviceKind>.Of(set.Kind), IReadOnlyDictionary<string, JsonElement> (set) => set.Values.ToDictionary(value => value.Name, value => Present(value.Value))));

    /// <summary>A value as JSON.</summary>
    public static JsonElement Present(AttributeValue value) => value.Flag is { } flag
        ? JsonSerializer.SerializeToElement(flag, GridJson.Default.Boolean)
        : JsonSerializer.SerializeToElement(value.Number ?? 0, GridJson.Default.Double);

    /// <summary>What changed from one version to another, a line each, with the old value and the new one.</summary>
    public static IEnumerable<string> Changes(ParametersView former, ParametersView now)
    {
        foreach (var kind in Enum.GetValues<DeviceKind>())
        {
            var (before, after) = (ByName(former, kind), ByName(now, kind));
            foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                var (old, next) = (Text(before, name), Text(after, name));
                if (old != next)
                {
                    yield return $"{Words<DeviceKind>.Of(kind)}.{name} {old} -> {next}";
                }
            }
        }
    }

    private static AttributeValue Bind(string field, JsonElement value, List<FieldError> errors)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return AttributeValue.Of(value.GetBoolean());
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return AttributeValue.Of(number);
        }

        errors.Add(new(field, "is no finite number or flag"));
        return default;
    }

    private static Dictionary<string, AttributeValue> ByName(ParametersView view, DeviceKind kind) =>
        view.Parameters.Of(kind).ToDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal);

    private static string Text(Dictionary<string, AttributeValue> values, string name) => values.TryGetValue(name, out var value) ? Present(value).GetRawText() : "none";
}
