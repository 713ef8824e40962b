using Grid.Contracts.Devices;

namespace Grid.Contracts.Storage;

/// <summary>What the door must know of a registered device: a fraction of its descriptor, so that hundreds of thousands are read in a second.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Kind">Its trade.</param>
/// <param name="Sector">The sector that orders and sums it.</param>
/// <param name="Connector">Its connector type, null when it only posts readings.</param>
/// <param name="IndexMaximum">Where its index starts again from 0, in the unit of the index; null when it never does.</param>
/// <param name="Personal">What was registered, of a device that is a person's; null for every other.</param>
public readonly record struct DirectoryEntry(string Id, DeviceKind Kind, string Sector, string? Connector, double? IndexMaximum, DeviceDescriptor? Personal)
{
    /// <summary>Number attribute: where the device's index starts again from 0.</summary>
    public const string IndexMaximumAttribute = "indexMaximum";

    /// <summary>The entry of a device.</summary>
    public static DirectoryEntry Of(DeviceRecord record)
    {
        var descriptor = record.Descriptor;
        return new DirectoryEntry(
            descriptor.Id,
            descriptor.Kind,
            record.Sector,
            descriptor.Connector?.Type,
            descriptor.Number(IndexMaximumAttribute),
            PersonalData.SubscriberOf(descriptor) is not null || descriptor.Text(PersonalData.Sealed) is not null ? descriptor : null);
    }
}
