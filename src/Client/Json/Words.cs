using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grid.Client.Json;

/// <summary>The words on the wire for the values of an enum: camelCase, exact.</summary>
public static class Words<T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> ByValue = Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));
    private static readonly FrozenDictionary<string, T> ByWord = ByValue.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>Every word, in the order of the values, for error texts.</summary>
    public static string All { get; } = string.Join(' ', Enum.GetValues<T>().Select(value => ByValue[value]));

    /// <summary>The word of a value.</summary>
    public static string Of(T value) => ByValue[value];

    /// <summary>The value of a word; false when there is none.</summary>
    public static bool TryParse(string? word, out T value)
    {
        value = default;
        return word is not null && ByWord.TryGetValue(word, out value);
    }
}

/// <summary>Writes an enum as its word.</summary>
public sealed class WordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Words<T>.TryParse(reader.GetString(), out var value)
            ? value
            : throw new BilingualJsonException(new($"n’est aucun de {Words<T>.All}", $"is none of {Words<T>.All}"));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Words<T>.Of(value));
}
