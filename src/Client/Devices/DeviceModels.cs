using System.Text.Json;
using System.Text.Json.Serialization;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Client.Devices;

/// <summary>A position, WGS 84 in degrees.</summary>
/// <param name="Lon">Longitude, -180 to 180.</param>
/// <param name="Lat">Latitude, -90 to 90.</param>
public sealed record PositionModel(double Lon, double Lat);

/// <summary>How a device is reached, without its secret.</summary>
public sealed record ConnectorModel(
    string Type,
    string? Url,
    string? DeviceId,
    string? DevEui,
    string? Topic,
    string? Gateway,
    string? Codec,
    IReadOnlyDictionary<string, string>? Mapping);

/// <summary>Newest value of a metric.</summary>
/// <param name="Value">In the unit that ends the metric's name.</param>
/// <param name="Time">When it was observed.</param>
public sealed record ReportedModel(double Value, DateTimeOffset Time);

/// <summary>A condition that holds.</summary>
/// <param name="Condition">Its name.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Since">Since when.</param>
/// <param name="Id">Id of its alarm; null before that is raised.</param>
/// <param name="Priority">How fast somebody has to act.</param>
/// <param name="State">State of its alarm.</param>
public sealed record ConditionModel(
    string Condition,
    DeviceStatus Severity,
    DateTimeOffset Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlarmPriority? Priority = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlarmState? State = null);

/// <summary>A device as a list shows it.</summary>
public record DeviceItem
{
    /// <summary>Its key.</summary>
    public required string Id { get; init; }

    /// <summary>Its trade.</summary>
    public required DeviceKind Kind { get; init; }

    /// <summary>INSEE code of its commune.</summary>
    public required string Commune { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands, null when unknown.</summary>
    public required PositionModel? Position { get; init; }

    /// <summary>Texts, numbers and flags by name.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Attributes { get; init; }

    /// <summary>How it is reached, null when it only posts readings. Secrets are never shown.</summary>
    public required ConnectorModel? Connector { get; init; }

    /// <summary>At a glance.</summary>
    public required DeviceStatus Status { get; init; }

    /// <summary>Reception time of its last report, null before the first.</summary>
    public required DateTimeOffset? LastSeen { get; init; }
}

/// <summary>A device as GET shows it.</summary>
public sealed record DeviceModel : DeviceItem
{
    /// <summary>Newest value by metric.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyDictionary<string, ReportedModel> Reported { get; init; }

    /// <summary>What it should do, in metrics.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyDictionary<string, double> Desired { get; init; }

    /// <summary>The conditions that hold now.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<ConditionModel> Alarms { get; init; }

    /// <summary>What follows from its reports and explains its conditions, by name.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyDictionary<string, DerivedModel> Derived { get; init; }
}

/// <summary>An estimate, or what is usual beside what is measured; what it does not have is left out.</summary>
/// <param name="Value">Its value, in the unit that its name ends with.</param>
/// <param name="Low">The least that would be as expected.</param>
/// <param name="High">The most that would be as expected.</param>
/// <param name="At">The instant that it is about.</param>
/// <param name="Basis">What it follows from.</param>
public sealed record DerivedModel(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Low,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? High,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? At,
    string Basis);

/// <summary>A page of devices.</summary>
public sealed record DevicePage(IReadOnlyList<DeviceItem> Items, string? NextCursor);

/// <summary>A device as PUT takes it.</summary>
public record DeviceInput
{
    /// <summary>Its trade.</summary>
    public DeviceKind? Kind { get; init; }

    /// <summary>INSEE code of its commune.</summary>
    public string? Commune { get; init; }

    /// <summary>For people; the id when left out.</summary>
    public string? Name { get; init; }

    /// <summary>Where it stands.</summary>
    public PositionInput? Position { get; init; }

    /// <summary>Texts, numbers and flags by name.</summary>
    public Dictionary<string, JsonElement>? Attributes { get; init; }

    /// <summary>How it is reached.</summary>
    public ConnectorInput? Connector { get; init; }
}

/// <summary>A position as PUT takes it.</summary>
public sealed record PositionInput(double? Lon, double? Lat);

/// <summary>A connector as PUT takes it. A secret that is left out stays as it is; null removes it.</summary>
public sealed record ConnectorInput
{
    /// <summary>One of <c>http tts chirpstack mqtt simulator</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Address of the device or of its network server.</summary>
    public string? Url { get; init; }

    /// <summary>Credential; never shown.</summary>
    public JsonElement Secret { get; init; }

    /// <summary>The device's name at its network server.</summary>
    public string? DeviceId { get; init; }

    /// <summary>LoRaWAN DevEUI, 16 hexadecimal digits.</summary>
    public string? DevEui { get; init; }

    /// <summary>MQTT topic.</summary>
    public string? Topic { get; init; }

    /// <summary>Network gateway through which downlinks go.</summary>
    public string? Gateway { get; init; }

    /// <summary>Name of the payload codec.</summary>
    public string? Codec { get; init; }

    /// <summary>From the device's field names to canonical metric names.</summary>
    public Dictionary<string, string>? Mapping { get; init; }
}
