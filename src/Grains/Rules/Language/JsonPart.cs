using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Xml;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;

namespace Grid.Grains.Rules.Language;

/// <summary>A value in the JSON of a rule, which knows where it stands.</summary>
/// <param name="Value">The value.</param>
/// <param name="Path">Where it stands, such as <c>$.when.and[1]</c>.</param>
internal readonly record struct JsonPart(JsonElement Value, string Path)
{
    public Origin At => new(0, 0, Path);

    /// <summary>What stands here, for people.</summary>
    public BilingualText Shown => Value.ValueKind switch
    {
        JsonValueKind.Object => Value.EnumerateObject().FirstOrDefault().Value.ValueKind == JsonValueKind.Undefined
            ? new("un objet vide", "an empty object")
            : AnObjectWith($"'{Cut(Value.EnumerateObject().First().Name)}'"),
        JsonValueKind.Array => new($"un tableau de {Value.GetArrayLength()}", $"an array of {Value.GetArrayLength()}"),
        JsonValueKind.String => StringOrNull() is { } text ? Phrases.Same($"'{Cut(text)}'") : new("un texte illisible", "an unreadable text"),
        _ => Phrases.Same($"'{Cut(Value.GetRawText())}'"),
    };

    /// <summary>The property of that name; null when it is absent.</summary>
    public JsonPart? Find(string name) => Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var value) ? new JsonPart(value, Within(name)) : null;

    /// <summary>The property of that name, which must be there.</summary>
    public JsonPart Get(string name) => Find(name) ?? Refuse<JsonPart>(AnObjectWith($"'{name}'"));

    /// <summary>Refuses other properties than these.</summary>
    public JsonPart Only(params ReadOnlySpan<string> names)
    {
        if (Value.ValueKind != JsonValueKind.Object)
        {
            Refuse(AnObjectWith(string.Join(", ", names.ToArray())));
        }

        foreach (var property in Value.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                throw new RuleFaultException(new RuleFault(
                    new Origin(0, 0, Within(Cut(property.Name))), Phrases.Same($"'{Cut(property.Name)}'"), names.Length == 0 ? new("rien", "nothing") : Phrases.OneOf(names.ToArray())));
            }
        }

        return this;
    }

    public IEnumerable<JsonPart> Items(int least, BilingualText expected)
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
            return Refuse<double>(new("un nombre de -1000000000000 à 1000000000000", "a number from -1000000000000 to 1000000000000"));
        }

        number += 0.0; // Minus zero is zero.
        return double.Parse(RulePrinter.Print(number), CultureInfo.InvariantCulture) == number ? number : Refuse<double>(Phrases.FewDecimals);
    }

    /// <summary>A number that has no sign in the text form.</summary>
    public double Magnitude() => Number() is >= 0 and var number ? number : Refuse<double>(new("un nombre d’au moins 0", "a number of at least 0"));

    public string Text(BilingualText expected) =>
        Value.ValueKind == JsonValueKind.String && StringOrNull() is { Length: > 0 and <= RuleLimits.QuotedLength } text && !text.Any(character => char.IsControl(character) || char.IsSurrogate(character))
            ? text
            : Refuse<string>(new(
                $"{expected.Fr} : 1 à {RuleLimits.QuotedLength} caractères, aucun caractère de contrôle",
                $"{expected.En}: 1 to {RuleLimits.QuotedLength} characters, no control characters"));

    public string Name(BilingualText expected) =>
        Text(expected) is var text && char.IsAsciiLetter(text[0]) && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.')
            ? text
            : Refuse<string>(new($"{expected.Fr} : lettres, chiffres, _ et .", $"{expected.En}: letters, digits, _ and ."));

    public T OneOf<T>(IReadOnlyDictionary<string, T> words, BilingualText what) =>
        Value.ValueKind == JsonValueKind.String && StringOrNull() is { } word && words.TryGetValue(word, out var value)
            ? value
            : Refuse<T>(Phrases.OneOf(what, words.Keys));

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

        const long Days = RuleLimits.Duration / 86_400_000;
        return Refuse<long>(new(
            $"une durée ISO 8601 comme PT10M, d’au plus {Days} jours en millisecondes entières", $"an ISO 8601 duration such as PT10M, at most {Days} days in whole milliseconds"));
    }

    public AttributeValue Attribute() => Value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => AttributeValue.Of(Value.GetBoolean()),
        JsonValueKind.Number => AttributeValue.Of(Number()),
        _ => AttributeValue.Of(Text(new("un nombre, un texte, true ou false", "a number, a text, true or false"))),
    };

    [DoesNotReturn]
    public void Refuse(BilingualText expected) => throw new RuleFaultException(new RuleFault(At, Shown, expected));

    [DoesNotReturn]
    public T Refuse<T>(BilingualText expected) => throw new RuleFaultException(new RuleFault(At, Shown, expected));

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

    private static BilingualText AnObjectWith(string names) => new($"un objet avec {names}", $"an object with {names}");

    private string Within(string name) => $"{Path}.{name}";

    private static string Cut(string text) => text.Length > 40 ? text[..40] + "..." : text;
}
