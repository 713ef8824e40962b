using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Grid.Client.Errors;
using Grid.Contracts.Devices;

namespace Grid.Client.Devices;

/// <summary>From what PUT sends to a descriptor. Form only: what the commune, the kind and the attributes mean is the registrar's to judge.</summary>
internal static class DeviceBinding
{
    private const int MaximumIdLength = 64;
    private const int MaximumAttributes = 64;
    private const int MaximumTextLength = 1_000;

    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");
    private static readonly ImmutableArray<string> ConnectorTypes = ["http", "tts", "chirpstack", "mqtt", "simulator"];

    /// <summary>True for 1 to 64 of <c>A-Z a-z 0-9 . _ : -</c>.</summary>
    public static bool IsKey(string text) => text.Length is > 0 and <= MaximumIdLength && !text.AsSpan().ContainsAnyExcept(KeyCharacters);

    /// <summary>The descriptor, null when there are errors.</summary>
    /// <param name="id">The device's key.</param>
    /// <param name="input">What PUT sent.</param>
    /// <param name="former">The device before, whose secret stays when none is sent.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static DeviceDescriptor? Bind(string id, DeviceInput input, DeviceDescriptor? former, List<FieldError> errors)
    {
        if (!IsKey(id))
        {
            errors.Add(new("id", "is not 1 to 64 of A-Z a-z 0-9 . _ : -"));
        }

        if (input.Kind is null)
        {
            errors.Add(new("kind", $"is missing; one of {Json.Words<DeviceKind>.All}"));
        }

        if (string.IsNullOrEmpty(input.Commune))
        {
            errors.Add(new("commune", "is missing"));
        }

        Bound(input.Name, "name", errors);
        var position = Position(input.Position, errors);
        var attributes = Attributes(input.Attributes, errors);
        var connector = Connector(input.Connector, former?.Connector, errors);
        return errors.Count > 0 ? null : new()
        {
            Id = id,
            Kind = input.Kind!.Value,
            Commune = input.Commune!,
            Name = string.IsNullOrWhiteSpace(input.Name) ? id : input.Name,
            Position = position,
            Attributes = attributes,
            Connector = connector,
        };
    }

    private static GeoPoint? Position(PositionInput? input, List<FieldError> errors)
    {
        if (input is null)
        {
            return null;
        }

        if (input.Lon is not (>= -180 and <= 180))
        {
            errors.Add(new("position.lon", "is no number from -180 to 180"));
        }

        if (input.Lat is not (>= -90 and <= 90))
        {
            errors.Add(new("position.lat", "is no number from -90 to 90"));
        }

        return new(input.Lon ?? 0, input.Lat ?? 0);
    }

    private static ImmutableSortedDictionary<string, AttributeValue> Attributes(Dictionary<string, JsonElement>? input, List<FieldError> errors)
    {
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        if (input?.Count > MaximumAttributes)
        {
            errors.Add(new("attributes", "has more than 64 entries"));
            return attributes.ToImmutable();
        }

        foreach (var (name, value) in input ?? [])
        {
            var field = $"attributes.{name}";
            if (!IsKey(name))
            {
                errors.Add(new("attributes", "has a name that is not 1 to 64 of A-Z a-z 0-9 . _ : -"));
            }
            else if (value.ValueKind == JsonValueKind.String && Bound(value.GetString(), field, errors))
            {
                attributes[name] = AttributeValue.Of(value.GetString()!);
            }
            else if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
            {
                attributes[name] = AttributeValue.Of(number);
            }
            else if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                attributes[name] = AttributeValue.Of(value.GetBoolean());
            }
            else if (value.ValueKind != JsonValueKind.String)
            {
                errors.Add(new(field, "is no text, finite number or flag"));
            }
        }

        return attributes.ToImmutable();
    }

    private static ConnectorSpec? Connector(ConnectorInput? input, ConnectorSpec? former, List<FieldError> errors)
    {
        if (input is null)
        {
            return null;
        }

        if (input.Type is null || !ConnectorTypes.Contains(input.Type))
        {
            errors.Add(new("connector.type", $"is none of {string.Join(' ', ConnectorTypes)}"));
        }

        if (input.Secret.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.String))
        {
            errors.Add(new("connector.secret", "is no text"));
            return null;
        }

        if (input.Url is not null && !(Uri.TryCreate(input.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            errors.Add(new("connector.url", "is no absolute http or https address"));
        }

        if (input.DevEui is not null && (input.DevEui.Length != 16 || !input.DevEui.All(char.IsAsciiHexDigit)))
        {
            errors.Add(new("connector.devEui", "is not 16 hexadecimal digits"));
        }

        if (input.Mapping?.Count > MaximumAttributes)
        {
            errors.Add(new("connector.mapping", "has more than 64 entries"));
            return null;
        }

        foreach (var (name, text) in new[]
        {
            ("url", input.Url), ("deviceId", input.DeviceId), ("topic", input.Topic), ("gateway", input.Gateway), ("codec", input.Codec),
            ("secret", input.Secret.ValueKind == JsonValueKind.String ? input.Secret.GetString() : null),
        }.Concat((input.Mapping ?? []).SelectMany(pair => new[] { ("mapping", pair.Key), ("mapping", (string?)pair.Value) })))
        {
            Bound(text, $"connector.{name}", errors);
        }

        return new()
        {
            Type = input.Type ?? "",
            Url = input.Url,
            Secret = input.Secret.ValueKind switch
            {
                JsonValueKind.Undefined => former?.Secret,
                JsonValueKind.String => input.Secret.GetString(),
                _ => null,
            },
            DeviceId = input.DeviceId,
            DevEui = input.DevEui,
            Topic = input.Topic,
            Gateway = input.Gateway,
            Codec = input.Codec,
            Mapping = (input.Mapping ?? []).Where(pair => pair.Value is not null).ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    private static bool Bound(string? text, string field, List<FieldError> errors)
    {
        if (text?.Length > MaximumTextLength)
        {
            errors.Add(new(field, "has more than 1000 characters"));
            return false;
        }

        return true;
    }
}
