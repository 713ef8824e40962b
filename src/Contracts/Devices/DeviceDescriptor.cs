using System.Collections.Immutable;
using Orleans;

namespace Grid.Contracts.Devices;

/// <summary>What is registered of a device: who it is, where it stands, how it is reached. Never what it reports.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceDescriptor")]
public sealed record DeviceDescriptor
{
    /// <summary>Opaque key, 1 to 64 of <c>A-Z a-z 0-9 . _ : -</c>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The device's trade.</summary>
    [Id(1)] public required DeviceKind Kind { get; init; }

    /// <summary>INSEE code of its commune. An attribute, not part of the key: communes merge.</summary>
    [Id(2)] public required string Commune { get; init; }

    /// <summary>For people; the id when none was given.</summary>
    [Id(3)] public required string Name { get; init; }

    /// <summary>WGS 84 position, null when unknown.</summary>
    [Id(4)] public GeoPoint? Position { get; init; }

    /// <summary>Attributes by name, such as <c>cabinet</c>, <c>segment</c>, <c>ratedWatts</c>, <c>passive</c>, <c>fluid</c>.</summary>
    [Id(5)] public ImmutableSortedDictionary<string, AttributeValue> Attributes { get; init; } = ImmutableSortedDictionary<string, AttributeValue>.Empty;

    /// <summary>How the device is reached, null when it only posts readings.</summary>
    [Id(6)] public ConnectorSpec? Connector { get; init; }

    /// <summary>Key of the cabinet that feeds a light point; null where it has none, and for what is no light point.</summary>
    public string? FedBy() => Kind == DeviceKind.Streetlight ? Text("cabinet") : null;

    /// <summary>The text attribute of that name, null when absent or not a text.</summary>
    public string? Text(string name) => Attributes.TryGetValue(name, out var value) ? value.Text : null;

    /// <summary>The number attribute of that name, null when absent or not a number.</summary>
    public double? Number(string name) => Attributes.TryGetValue(name, out var value) ? value.Number : null;

    /// <summary>The flag attribute of that name, false when absent or not a flag.</summary>
    public bool Flag(string name) => Attributes.TryGetValue(name, out var value) && value.Flag == true;
}

/// <summary>A WGS 84 position in degrees: longitude -180 to 180, latitude -90 to 90.</summary>
[GenerateSerializer, Immutable, Alias("grid.GeoPoint")]
public readonly record struct GeoPoint([property: Id(0)] double Longitude, [property: Id(1)] double Latitude);

/// <summary>A JSON scalar: exactly one of text, number and flag is set.</summary>
[GenerateSerializer, Immutable, Alias("grid.AttributeValue")]
public readonly record struct AttributeValue
{
    /// <summary>The text, when it is one.</summary>
    [Id(0)] public string? Text { get; init; }

    /// <summary>The number, when it is one.</summary>
    [Id(1)] public double? Number { get; init; }

    /// <summary>The flag, when it is one.</summary>
    [Id(2)] public bool? Flag { get; init; }

    /// <summary>A text value.</summary>
    public static AttributeValue Of(string text) => new() { Text = text };

    /// <summary>A number value.</summary>
    public static AttributeValue Of(double number) => new() { Number = number };

    /// <summary>A flag value.</summary>
    public static AttributeValue Of(bool flag) => new() { Flag = flag };
}

/// <summary>How a device is reached. <see cref="Secret"/> is never shown nor logged.</summary>
[GenerateSerializer, Immutable, Alias("grid.ConnectorSpec")]
public sealed record ConnectorSpec
{
    /// <summary>One of <c>http tts chirpstack mqtt simulator</c>.</summary>
    [Id(0)] public required string Type { get; init; }

    /// <summary>Address of the device or of its network server.</summary>
    [Id(1)] public string? Url { get; init; }

    /// <summary>Credential for <see cref="Url"/>.</summary>
    [Id(2)] public string? Secret { get; init; }

    /// <summary>The device's name at its network server.</summary>
    [Id(3)] public string? DeviceId { get; init; }

    /// <summary>LoRaWAN DevEUI, 16 hexadecimal digits.</summary>
    [Id(4)] public string? DevEui { get; init; }

    /// <summary>MQTT topic.</summary>
    [Id(5)] public string? Topic { get; init; }

    /// <summary>Network gateway through which downlinks go.</summary>
    [Id(6)] public string? Gateway { get; init; }

    /// <summary>Name of the payload codec.</summary>
    [Id(7)] public string? Codec { get; init; }

    /// <summary>From the device's field names to canonical metric names.</summary>
    [Id(8)] public ImmutableSortedDictionary<string, string> Mapping { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The network gateway through which a device is reached: the one that is named, else the host of its address; empty for none.</summary>
    public static string GatewayOf(ConnectorSpec? connector) =>
        connector?.Gateway ?? (Uri.TryCreate(connector?.Url, UriKind.Absolute, out var address) ? address.Authority : string.Empty);

    /// <summary>The record without its secret in it, so that no log line can show one.</summary>
    public override string ToString() => $"ConnectorSpec {{ Type = {Type} }}";
}

/// <summary>A descriptor as the registry holds it.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceRecord")]
public sealed record DeviceRecord
{
    /// <summary>What was registered.</summary>
    [Id(0)] public required DeviceDescriptor Descriptor { get; init; }

    /// <summary>The sector that orders and sums the device.</summary>
    [Id(1)] public required string Sector { get; init; }

    /// <summary>Grows with every change of any device in the registry; at least 1.</summary>
    [Id(2)] public required long Revision { get; init; }
}
