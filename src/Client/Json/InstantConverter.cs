using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grid.Client.Json;

/// <summary>Instants on the wire: RFC 3339, UTC, with exactly milliseconds (cut, not rounded): <c>2026-11-22T10:00:00.000Z</c>.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>An instant as text.</summary>
    public static string ToText(DateTimeOffset instant) => instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var instant)
            ? instant.ToUniversalTime()
            : throw new BilingualJsonException(new("n’est pas un instant RFC 3339, comme 2026-11-22T10:00:00.000Z", "is no RFC 3339 instant, such as 2026-11-22T10:00:00.000Z"));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[Format.Length];
        value.UtcDateTime.TryFormat(text, out var length, Format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}
