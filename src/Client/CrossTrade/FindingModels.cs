using System.Text.Json.Serialization;
using Grid.Client.Devices;
using Grid.Contracts.Devices;

namespace Grid.Client.CrossTrade;

/// <summary>What is found across trades in a commune now, by rule and source.</summary>
public sealed record FindingList(IReadOnlyList<FindingModel> Items);

/// <summary>Something that no trade sees by itself.</summary>
public sealed record FindingModel
{
    /// <summary>One of <c>supplyOutage floodExposure usedWhileClosed</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>Key of the supply, of the sensor or of the building.</summary>
    public required string Source { get; init; }

    /// <summary>Since when, as far as the devices say.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary><c>warning</c> or <c>fault</c>.</summary>
    public required DeviceStatus Severity { get; init; }

    /// <summary>Devices that could show it, or that are exposed to it.</summary>
    public required int Of { get; init; }

    /// <summary>The devices that show it, or that it concerns.</summary>
    public required IReadOnlyList<FindingMemberModel> Members { get; init; }
}

/// <summary>A device of a finding; what it does not have is left out.</summary>
/// <param name="Device">Its key.</param>
/// <param name="Kind">Its trade.</param>
/// <param name="Shows">What it shows.</param>
/// <param name="Since">Since when.</param>
/// <param name="Metric">Name of the figure that shows it.</param>
/// <param name="Figure">That figure.</param>
public sealed record FindingMemberModel(
    string Device,
    DeviceKind Kind,
    string Shows,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Metric,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DerivedModel? Figure);
