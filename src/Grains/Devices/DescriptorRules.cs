using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.Parameters;
using Grid.Grains.Privacy;
using Grid.Grains.Zones;

namespace Grid.Grains.Devices;

/// <summary>
/// What a registration must satisfy before the registry takes it: syntax, bounds, and the attributes that its kind knows. Whether its commune
/// and its cabinet exist is for the registrar to say.
/// </summary>
public static class DescriptorRules
{
    /// <summary>Longest key.</summary>
    public const int IdLength = 64;

    /// <summary>Longest name.</summary>
    public const int NameLength = 200;

    /// <summary>Most attributes, and most names that a connector maps.</summary>
    public const int AttributeCount = 64;

    /// <summary>Longest text of an attribute.</summary>
    public const int TextLength = 1_024;

    /// <summary>Longest URL, secret or topic of a connector.</summary>
    public const int ConnectorTextLength = 2_048;

    private static readonly ImmutableArray<string> ConnectorTypes = ["http", "tts", "chirpstack", "mqtt", "simulator"];

    /// <summary>Everything that is wrong with a descriptor; empty when it can be taken.</summary>
    public static ImmutableArray<RegistrationError> Check(DeviceDescriptor descriptor)
    {
        var errors = new Errors(descriptor.Id);
        if (!IsKey(descriptor.Id))
        {
            errors.Add("id", $"must be 1 to {IdLength} of A-Z a-z 0-9 . _ : -");
        }

        if (!Enum.IsDefined(descriptor.Kind))
        {
            errors.Add("kind", "is unknown");
            return errors.ToImmutable();
        }

        if (descriptor.Commune.Length != 5 || !descriptor.Commune.All(char.IsAsciiLetterOrDigit))
        {
            errors.Add("commune", "must be an INSEE code of 5 characters");
        }

        if (descriptor.Name.Length is 0 or > NameLength || descriptor.Name.Any(char.IsControl))
        {
            errors.Add("name", $"must be 1 to {NameLength} characters, none of them a control character");
        }

        if (descriptor.Position is { } position)
        {
            errors.AddUnless(position.Longitude is >= -180 and <= 180, "position.lon", "must be from -180 to 180 degrees");
            errors.AddUnless(position.Latitude is >= -90 and <= 90, "position.lat", "must be from -90 to 90 degrees");
        }

        CheckAttributes(descriptor, errors);
        errors.AddRange(DwellingRules.Check(descriptor));
        if (descriptor.Connector is { } connector)
        {
            CheckConnector(connector, errors);
        }

        return errors.ToImmutable();
    }

    /// <summary>True for the key of a device: 1 to 64 of <c>A-Z a-z 0-9 . _ : -</c>.</summary>
    public static bool IsKey(string? text)
    {
        if (text is null || text.Length is 0 or > IdLength)
        {
            return false;
        }

        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or ':' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The cabinet whose readings are the input of a passive light point; null for every other device.</summary>
    public static string? CabinetFollowed(DeviceDescriptor descriptor) =>
        descriptor.Kind == DeviceKind.Streetlight && descriptor.Flag("passive") ? descriptor.Text("cabinet") : null;

    /// <summary>
    /// The cabinet whose entries a light point is handed beside its own: that which a passive one follows, or that whose segment feeds a controlled one; null for
    /// every other device.
    /// </summary>
    public static string? CabinetHeard(DeviceDescriptor descriptor) =>
        CabinetFollowed(descriptor) ?? (descriptor.Kind == DeviceKind.Streetlight && descriptor.Flag(SharedAttributes.SwitchedSupply.Name) ? descriptor.Text("cabinet") : null);

    /// <summary>What chooses a device's sector within its commune: its cabinet where it has one, so that both share a sector; else itself.</summary>
    public static string SliceKey(DeviceDescriptor descriptor) =>
        descriptor.Kind == DeviceKind.Streetlight && descriptor.Text("cabinet") is { } cabinet ? cabinet : descriptor.Id;

    private static void CheckAttributes(DeviceDescriptor descriptor, Errors errors)
    {
        errors.AddUnless(descriptor.Attributes.Count <= AttributeCount, "attributes", $"must be at most {AttributeCount}");
        foreach (var (name, value) in descriptor.Attributes)
        {
            if (!IsKey(name))
            {
                errors.Add("attributes", $"have a name that is not 1 to {IdLength} of A-Z a-z 0-9 . _ : -");
            }
            else if ((value.Text is null ? 0 : 1) + (value.Number is null ? 0 : 1) + (value.Flag is null ? 0 : 1) != 1)
            {
                errors.Add($"attributes.{name}", "must be a text, a number or a flag");
            }
            else if (value.Text is { Length: > TextLength })
            {
                errors.Add($"attributes.{name}", $"must be at most {TextLength} characters");
            }
            else if (value.Number is { } number && !double.IsFinite(number))
            {
                errors.Add($"attributes.{name}", "must be finite");
            }
        }

        foreach (var attribute in DeviceAttributes.Of(descriptor.Kind))
        {
            if (descriptor.Attributes.TryGetValue(attribute.Name, out var value) && attribute.Refuse(value) is { } reason)
            {
                errors.Add($"attributes.{attribute.Name}", reason);
            }
        }

        foreach (var name in DeviceLinks.Attributes)
        {
            errors.AddUnless(!descriptor.Attributes.TryGetValue(name, out var link) || IsKey(link.Text), $"attributes.{name}", $"must be a key, 1 to {IdLength} of A-Z a-z 0-9 . _ : -");
        }

        foreach (var (name, reason) in ParameterTable.Contradictions(descriptor.Kind, ParameterSource.Of(descriptor)))
        {
            errors.Add($"attributes.{name}", reason);
        }

        foreach (var (name, reason) in ZoneRules.Check(descriptor))
        {
            errors.Add($"attributes.{name}", reason);
        }

        switch (descriptor.Kind)
        {
            case DeviceKind.Streetlight when descriptor.Flag("passive") && descriptor.Text("cabinet") is null:
                errors.Add("attributes.cabinet", "is required: a passive light point follows its cabinet");
                break;
            case DeviceKind.Streetlight when descriptor.Text("cabinet") == descriptor.Id:
                errors.Add("attributes.cabinet", "must be another device");
                break;
        }
    }

    private static void CheckConnector(ConnectorSpec connector, Errors errors)
    {
        errors.AddUnless(ConnectorTypes.Contains(connector.Type), "connector.type", $"must be one of {string.Join(", ", ConnectorTypes)}");
        errors.AddUnless(
            connector.Url is null || (IsShort(connector.Url) && Uri.TryCreate(connector.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"),
            "connector.url",
            $"must be an http or https URL of at most {ConnectorTextLength} characters");
        errors.AddUnless(IsShort(connector.Secret), "connector.secret", $"must be at most {ConnectorTextLength} characters");
        errors.AddUnless(IsShort(connector.DeviceId), "connector.deviceId", $"must be at most {ConnectorTextLength} characters");
        errors.AddUnless(IsShort(connector.Topic), "connector.topic", $"must be at most {ConnectorTextLength} characters");
        errors.AddUnless(IsShort(connector.Gateway), "connector.gateway", $"must be at most {ConnectorTextLength} characters");
        errors.AddUnless(IsShort(connector.Codec), "connector.codec", $"must be at most {ConnectorTextLength} characters");
        errors.AddUnless(
            connector.DevEui is null || (connector.DevEui.Length == 16 && connector.DevEui.All(char.IsAsciiHexDigit)),
            "connector.devEui",
            "must be 16 hexadecimal digits");
        errors.AddUnless(connector.Mapping.Count <= AttributeCount, "connector.mapping", $"must have at most {AttributeCount} names");
        errors.AddUnless(
            connector.Mapping.All(pair => pair.Key.Length is > 0 and <= NameLength && IsKey(pair.Value)),
            "connector.mapping",
            $"must map field names of 1 to {NameLength} characters to metric names");
    }

    private static bool IsShort(string? text) => text is null || text.Length <= ConnectorTextLength;

    private sealed class Errors(string device)
    {
        private readonly ImmutableArray<RegistrationError>.Builder _errors = ImmutableArray.CreateBuilder<RegistrationError>();

        public void Add(string field, string reason) => _errors.Add(new RegistrationError(device, field, reason));

        public void AddRange(IEnumerable<RegistrationError> errors) => _errors.AddRange(errors);

        public void AddUnless(bool holds, string field, string reason)
        {
            if (!holds)
            {
                Add(field, reason);
            }
        }

        public ImmutableArray<RegistrationError> ToImmutable() => _errors.ToImmutable();
    }
}
