using System.Globalization;
using System.Text.Json;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Client.Import;

/// <summary>
/// A device as a table has it, a text for each field: <c>id kind commune name lon lat</c> (or <c>longitude latitude</c>), <c>attributes.NAME</c>, <c>connector.NAME</c>, and <c>attributes</c> and
/// <c>connector.mapping</c> as a JSON object. What only shows how a device is (<c>status lastSeen</c>) is passed over, so that an export can be imported. An empty text is a field that is left out.
/// </summary>
internal sealed class FlatDevice(IRegistrar registrar)
{
    /// <summary>What the name of an attribute's field begins with.</summary>
    public const string Attribute = "attributes.";

    private static readonly string[] Plain =
    [
        "id", "kind", "commune", "name", "lon", "lat", "longitude", "latitude", "status", "lastSeen", "attributes",
        "connector.type", "connector.url", "connector.secret", "connector.deviceId", "connector.devEui", "connector.topic", "connector.gateway", "connector.codec", "connector.mapping",
    ];

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    /// <summary>Every field, for error texts.</summary>
    public static string Fields { get; } = $"{string.Join(' ', Plain)} attributes.NAME";

    public static bool IsField(string name) => Plain.Contains(name) || (name.StartsWith(Attribute, StringComparison.Ordinal) && DeviceBinding.IsKey(name[Attribute.Length..]));

    /// <summary>The fields of one device; the former ones are forgotten.</summary>
    /// <param name="line">Where it is.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="typed">Attributes whose type is known.</param>
    public ImportedDevice Read(int line, IEnumerable<(string Field, string Text)> fields, Dictionary<string, JsonElement>? typed = null)
    {
        _fields.Clear();
        foreach (var (field, text) in fields)
        {
            if (text.Length > 0)
            {
                _fields[field] = text;
            }
        }

        var errors = new List<FieldError>();
        var kind = Kind(errors);
        var mapping = Object("connector.mapping", GridJson.Default.DictionaryStringString, errors);
        return new(
            line,
            new()
            {
                Id = Text("id"),
                Kind = kind,
                Commune = Text("commune"),
                Name = Unquoted(Text("name")),
                Position = Position(errors),
                Attributes = Attributes(kind, typed, errors),
                Connector = !_fields.Keys.Any(field => field.StartsWith("connector.", StringComparison.Ordinal)) ? null : new()
                {
                    Type = Text("connector.type"),
                    Url = Text("connector.url"),
                    Secret = Text("connector.secret") is { } secret ? JsonSerializer.SerializeToElement(secret, GridJson.Default.String) : default,
                    DeviceId = Text("connector.deviceId"),
                    DevEui = Text("connector.devEui"),
                    Topic = Text("connector.topic"),
                    Gateway = Text("connector.gateway"),
                    Codec = Text("connector.codec"),
                    Mapping = mapping,
                },
            },
            errors);
    }

    /// <summary>Without the apostrophe that an export puts before what a spreadsheet would take for a formula.</summary>
    private static string? Unquoted(string? text) => text is ['\'', '=' or '+' or '-' or '@' or '\t' or '\r', ..] ? text[1..] : text;

    private string? Text(string field) => _fields.GetValueOrDefault(field);

    private DeviceKind? Kind(List<FieldError> errors)
    {
        if (Text("kind") is not { } word)
        {
            return null;
        }

        if (Words<DeviceKind>.TryParse(word, out var kind))
        {
            return kind;
        }

        errors.Add(new("kind", $"is none of {Words<DeviceKind>.All}"));
        return null;
    }

    private PositionInput? Position(List<FieldError> errors)
    {
        var (lon, lat) = (Text("lon") ?? Text("longitude"), Text("lat") ?? Text("latitude"));
        return lon is null && lat is null ? null : new(Degrees("position.lon", lon, errors), Degrees("position.lat", lat, errors));
    }

    /// <summary>With a decimal point, or with a comma as spreadsheets in French write it.</summary>
    private static double? Degrees(string field, string? text, List<FieldError> errors)
    {
        if (double.TryParse(text?.Replace(',', '.'), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var degrees))
        {
            return degrees;
        }

        if (text is not null)
        {
            errors.Add(new(field, "is no number of degrees"));
        }

        return null;
    }

    private Dictionary<string, JsonElement>? Attributes(DeviceKind? kind, Dictionary<string, JsonElement>? typed, List<FieldError> errors)
    {
        var attributes = Object("attributes", GridJson.Default.DictionaryStringJsonElement, errors) ?? typed;
        foreach (var (field, text) in _fields)
        {
            if (kind is { } known && field.StartsWith(Attribute, StringComparison.Ordinal))
            {
                var name = field[Attribute.Length..];
                (attributes ??= [])[name] = Json(registrar.AttributeOf(known, name, text));
            }
        }

        return attributes;
    }

    private T? Object<T>(string field, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, List<FieldError> errors)
        where T : class
    {
        try
        {
            return Text(field) is { } text ? JsonSerializer.Deserialize(text, type) : null;
        }
        catch (JsonException)
        {
            errors.Add(new(field, "is no JSON object as its field takes it"));
            return null;
        }
    }

    private static JsonElement Json(AttributeValue value) =>
        value.Number is { } number ? JsonSerializer.SerializeToElement(number, GridJson.Default.Double)
        : value.Flag is { } flag ? JsonSerializer.SerializeToElement(flag, GridJson.Default.Boolean)
        : JsonSerializer.SerializeToElement(value.Text ?? "", GridJson.Default.String);
}
