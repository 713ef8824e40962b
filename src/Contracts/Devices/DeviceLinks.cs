using Orleans;

namespace Grid.Contracts.Devices;

/// <summary>What a device hangs together with beyond its own trade, as it was registered. Texts that are keys; null where it says nothing.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceLinks")]
public readonly record struct DeviceLinks
{
    /// <summary>Attribute <see cref="BuildingAttribute"/>.</summary>
    public const string BuildingAttribute = "building";

    /// <summary>Attribute <see cref="SupplyAttribute"/>.</summary>
    public const string SupplyAttribute = "supply";

    /// <summary>Attribute <see cref="ExposedToAttribute"/>.</summary>
    public const string ExposedToAttribute = "exposedTo";

    /// <summary>The names of the attributes.</summary>
    public static IReadOnlyList<string> Attributes { get; } = [BuildingAttribute, SupplyAttribute, ExposedToAttribute];

    /// <summary>Key of the building that it measures or stands in.</summary>
    [Id(0)] public string? Building { get; init; }

    /// <summary>Key of the electricity supply that feeds it, such as a transformer or one of its feeders: an opaque text that several devices share.</summary>
    [Id(1)] public string? Supply { get; init; }

    /// <summary>Key of the environment sensor whose water reaches it when that is high: a bin by the river, a pump, a cellar.</summary>
    [Id(2)] public string? ExposedTo { get; init; }

    /// <summary>True for a device that says none of it.</summary>
    public bool IsEmpty => this == default;

    /// <summary>The links of a device. A person's device hangs together with nothing.</summary>
    public static DeviceLinks Of(DeviceDescriptor device) => PersonalData.SubscriberOf(device) is not null ? default : new DeviceLinks
    {
        Building = device.Text(BuildingAttribute),
        Supply = device.Text(SupplyAttribute),
        ExposedTo = device.Text(ExposedToAttribute),
    };
}
