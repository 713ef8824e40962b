using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grid.Client.Live;

/// <summary>A frame as the JSON that goes out: encoded once, and shared by all who get it.</summary>
/// <param name="Type">For counting: <c>snapshot</c>, <c>delta</c> or <c>gap</c>.</param>
/// <param name="Utf8">The frame's JSON.</param>
/// <param name="AsOf">Reception of the newest reading in it, where it ends an update.</param>
[JsonConverter(typeof(EncodedFrameConverter))]
public sealed record EncodedFrame(string Type, ReadOnlyMemory<byte> Utf8, DateTimeOffset? AsOf = null);

/// <summary>Writes a frame's JSON as it is.</summary>
public sealed class EncodedFrameConverter : JsonConverter<EncodedFrame>
{
    /// <inheritdoc/>
    public override EncodedFrame Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Frames are sent, never received.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EncodedFrame value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}
