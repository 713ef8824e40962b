using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Xml;
using Grid.Contracts.Devices;

namespace Grid.Grains.Rules.Language;

/// <summary>A value in the JSON of a rule, which knows where it stands.</summary>
/// <param name="Value">The value.</param>
/// <param name="Path">Where it stands, such as <c>$.when.and[1]</c>.</param>
internal readonly record struct JsonPart(JsonElement Value, string Path)
{
    public Origin At => new(0, 0, Path);

    /// <summary>What stands here, for people.</summary>
    public string Shown => Value.ValueKind switch
    {
        JsonValueKind.Object => Value.EnumerateObject().FirstOrDefault().Value.ValueKind == JsonValueKind.Undefined ? "an empty object" : $"an object with '{Cut(Value.EnumerateObject().First().Name)}'",
        JsonValueKind.Array => $"an array of {Value.GetArrayLength().ToString(CultureInfo.InvariantCulture)}",
        JsonValueKind.String => StringOrNull() is { } text ? $"'{Cut(text)}'" : "an unreadable text",
        _ => $"'{Cut(Value.GetRawText())}'",
    };

    /// <summary>The property of that name; null when it is absent.</summary>
    public JsonPart? Find(string name) => Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var value) ? new JsonPart(value, Within(name)) : null;

    /// <summary>The property of that name, which must be there.</summary>
    public JsonPart Get(string name) => Find(name) ?? Refuse<JsonPart>($"an object with '{name}'");

    /// <summary>Refuses other properties than these.</summary>
    public JsonPart Only(params ReadOnlySpan<string> names)
    {
        if (Value.ValueKind != JsonValueKind.Object)
        {
            Refuse($"an object with {string.Join(", ", names.ToArray())}");
        }

        foreach (var property in Value.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                throw new RuleFaultException(new RuleFault(new Origin(0, 0, Within(Cut(property.Name))), $"'{Cut(property.Name)}'", names.Length == 0 ? "nothing" : $"one of {string.Join(", ", names.ToArray())}"));
            }
        }

        return this;
    }

    public IEnumerable<JsonPart> Items(int least, string expected)
    {
        if (Value.ValueKind != JsonValueKind.Array || Value.GetArrayLength() < least)
        {
            Refuse(expected);
        }

        var path = Path;
        return Value.EnumerateArray().Select((item, place) => new JsonPart(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{place}]")));
    }

    public double Number()
    {
        if (Value.ValueKind != JsonValueKind.Number || !Value.TryGetDouble(out var number) || !(Math.Abs(number) <= RuleLimits.Number))
        {
            return Refuse<double>("a number from -1000000000000 to 1000000000000");
        }

        number += 0.0; // Minus zero is zero.
        return double.Parse(RulePrinter.Print(number), CultureInfo.InvariantCulture) == number ? number : Refuse<double>($"a number with at most {RuleLimits.Decimals} decimals");
    }

    /// <summary>A number that has no sign in the text form.</summary>
    public double Magnitude() => Number() is >= 0 and var number ? number : Refuse<double>("a number of at least 0");

    public string Text(string expected) =>
        Value.ValueKind == JsonValueKind.String && StringOrNull() is { Length: > 0 and <= RuleLimits.QuotedLength } text && !text.Any(character => char.IsControl(character) || char.IsSurrogate(character))
            ? text
            : Refuse<string>($"{expected}: 1 to {RuleLimits.QuotedLength} characters, no control characters");

    public string Name(string expected) =>
        Text(expected) is var text && char.IsAsciiLetter(text[0]) && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.')
            ? text
            : Refuse<string>($"{expected}: letters, digits, _ and .");

    public T OneOf<T>(IReadOnlyDictionary<string, T> words, string what) =>
        Value.ValueKind == JsonValueKind.String && StringOrNull() is { } word && words.TryGetValue(word, out var value)
            ? value
            : Refuse<T>($"{what}: one of {string.Join(", ", words.Keys.Order(StringComparer.Ordinal))}");

    /// <summary>An ISO 8601 duration in milliseconds.</summary>
    public long Duration()
    {
        try
        {
            if (Value.ValueKind == JsonValueKind.String && StringOrNull() is { Length: <= 40 } text && XmlConvert.ToTimeSpan(text) is { Ticks: >= 0 } span
                && span.Ticks % TimeSpan.TicksPerMillisecond == 0 && span.TotalMilliseconds <= RuleLimits.Duration)
            {
                return (long)span.TotalMilliseconds;
            }
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            // Said below.
        }

        return Refuse<long>(string.Create(CultureInfo.InvariantCulture, $"an ISO 8601 duration such as PT10M, at most {RuleLimits.Duration / 86_400_000} days in whole milliseconds"));
    }

    public AttributeValue Attribute() => Value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => AttributeValue.Of(Value.GetBoolean()),
        JsonValueKind.Number => AttributeValue.Of(Number()),
        _ => AttributeValue.Of(Text("a number, a text, true or false")),
    };

    [DoesNotReturn]
    public void Refuse(string expected) => throw new RuleFaultException(new RuleFault(At, Shown, expected));

    [DoesNotReturn]
    public T Refuse<T>(string expected) => throw new RuleFaultException(new RuleFault(At, Shown, expected));

    /// <summary>A text may hold half a character as an escape, which is none.</summary>
    private string? StringOrNull()
    {
        try
        {
            return Value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private string Within(string name) => $"{Path}.{name}";

    private static string Cut(string text) => text.Length > 40 ? text[..40] + "..." : text;
}
