using System.Runtime.CompilerServices;
using System.Text.Json;
using Grid.Client.Errors;
using Grid.Contracts.Intake;

namespace Grid.Client.Import;

/// <summary>
/// Devices of a GeoJSON FeatureCollection (RFC 7946): a point, and as properties the fields of <see cref="FlatDevice"/>. The key is the property <c>id</c>, else the feature's own. A property
/// <c>attributes</c> or <c>connector</c> may be an object.
/// </summary>
internal static class GeoJsonDevices
{
    public static async IAsyncEnumerable<ImportedDevice> ReadAsync(Stream body, IRegistrar registrar, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var document = await ParseAsync(body, cancellationToken);
        var device = new FlatDevice(registrar);
        var number = 0;
        foreach (var feature in FeaturesOf(document.RootElement).EnumerateArray())
        {
            yield return Read(++number, feature, device);
        }
    }

    private static async Task<JsonDocument> ParseAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        }
        catch (JsonException)
        {
            throw new ImportFormatException("body", "is malformed JSON");
        }
    }

    private static JsonElement FeaturesOf(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && Text(root, "type") == "FeatureCollection" && root.TryGetProperty("features", out var features) && features.ValueKind == JsonValueKind.Array
            ? features
            : throw new ImportFormatException("body", "is no FeatureCollection");

    private static ImportedDevice Read(int number, JsonElement feature, FlatDevice device)
    {
        if (feature.ValueKind != JsonValueKind.Object || Text(feature, "type") != "Feature")
        {
            return ImportedDevice.Unreadable(number, new("body", "is no Feature"));
        }

        var fields = new List<(string, string)>();
        var attributes = new Dictionary<string, JsonElement>();
        if (feature.TryGetProperty("id", out var id))
        {
            fields.Add(("id", id.ToString()));
        }

        if (feature.TryGetProperty("geometry", out var geometry) && geometry.ValueKind != JsonValueKind.Null)
        {
            if (!TryPoint(geometry, out var lon, out var lat))
            {
                return ImportedDevice.Unreadable(number, new("geometry", "is no Point with a longitude and a latitude"));
            }

            fields.AddRange([("lon", lon.GetRawText()), ("lat", lat.GetRawText())]);
        }

        if (feature.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            && Flatten(properties, "", fields, attributes) is { } error)
        {
            return ImportedDevice.Unreadable(number, error);
        }

        return device.Read(number, fields, attributes);
    }

    /// <summary>Fields by their dotted names, and attributes with the type they have; null, or what is wrong with one of them.</summary>
    private static FieldError? Flatten(JsonElement properties, string prefix, List<(string, string)> fields, Dictionary<string, JsonElement> attributes)
    {
        foreach (var property in properties.EnumerateObject())
        {
            var (name, value) = (prefix + property.Name, property.Value);
            if (value.ValueKind == JsonValueKind.Object && name is "attributes" or "connector")
            {
                if (Flatten(value, $"{name}.", fields, attributes) is { } error)
                {
                    return error;
                }
            }
            else if (!FlatDevice.IsField(name))
            {
                return new($"properties.{name}", $"is no field of a device; there are {FlatDevice.Fields}");
            }
            else if (value.ValueKind != JsonValueKind.Null)
            {
                if (name.StartsWith(FlatDevice.Attribute, StringComparison.Ordinal))
                {
                    attributes[name[FlatDevice.Attribute.Length..]] = value;
                }
                else
                {
                    fields.Add((name, value.ToString()));
                }
            }
        }

        return null;
    }

    private static bool TryPoint(JsonElement geometry, out JsonElement lon, out JsonElement lat)
    {
        (lon, lat) = (default, default);
        if (geometry.ValueKind != JsonValueKind.Object || Text(geometry, "type") != "Point"
            || !geometry.TryGetProperty("coordinates", out var coordinates) || coordinates.ValueKind != JsonValueKind.Array || coordinates.GetArrayLength() < 2)
        {
            return false;
        }

        (lon, lat) = (coordinates[0], coordinates[1]);
        return lon.ValueKind == JsonValueKind.Number && lat.ValueKind == JsonValueKind.Number;
    }

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
