using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grid.Client.Json;

/// <summary>An amount held as an integer of thousandths and written as the exact decimal: 1500 is <c>1.5</c>.</summary>
/// <param name="Value">Thousandths.</param>
[JsonConverter(typeof(ThousandthsConverter))]
public readonly record struct Thousandths(long Value);

/// <summary>A share held in tenths of a percent and written as percent: 995 is <c>99.5</c>.</summary>
/// <param name="Tenths">Tenths of a percent, 0 to 1,000.</param>
[JsonConverter(typeof(PercentConverter))]
public readonly record struct Percent(int Tenths)
{
    /// <summary>
    /// The share of a whole, cut to the tenth: 100 only when nothing is missing. 100 of nothing.
    /// </summary>
    public static Percent Of(long part, long whole) => new(whole == 0 ? 1000 : (int)((Int128)part * 1000 / whole));
}

/// <summary>Writes <see cref="Thousandths"/>.</summary>
public sealed class ThousandthsConverter : JsonConverter<Thousandths>
{
    /// <inheritdoc/>
    public override Thousandths Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(decimal.ToInt64(reader.GetDecimal() * 1000));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Thousandths value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value / 1000m);
}

/// <summary>Writes <see cref="Percent"/>.</summary>
public sealed class PercentConverter : JsonConverter<Percent>
{
    /// <inheritdoc/>
    public override Percent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(decimal.ToInt32(reader.GetDecimal() * 10));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Percent value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Tenths / 10m);
}
