using Grid.Contracts.Zones;

namespace Grid.Contracts.Devices;

/// <summary>
/// Which devices are a person's, and what of them is personal. A device is a person's when it has a <c>subscriber</c> or is a <c>dwelling</c>
/// meter. Of such a device everything is personal but what a rule needs: its name, its position, every attribute that is not in
/// <see cref="Operational"/>, and its values. Closed unless named open.
/// </summary>
public static class PersonalData
{
    /// <summary>Flag attribute: the meter measures one dwelling.</summary>
    public const string Dwelling = "dwelling";

    /// <summary>Text attribute: opaque id of the person whose device it is; a dwelling meter without one has its own key for it.</summary>
    public const string Subscriber = "subscriber";

    /// <summary>Text attribute of a dwelling meter: why its values may be processed, one of <see cref="LegalBases"/>.</summary>
    public const string LegalBasis = "legalBasis";

    /// <summary>Text attribute of a dwelling meter: <see cref="Daily"/> or <see cref="SubDaily"/>.</summary>
    public const string Granularity = "granularity";

    /// <summary>Text attribute: from when the person agreed to values finer than a day, RFC 3339.</summary>
    public const string ConsentedAt = "consentedAt";

    /// <summary>Text attribute: until when the person agreed, or when the consent was withdrawn, RFC 3339; without it, until it is withdrawn.</summary>
    public const string ConsentEndsAt = "consentEndsAt";

    /// <summary>Text attribute that the storage writes: what is sealed of a stored device. Nobody may register it.</summary>
    public const string Sealed = "sealed";

    /// <summary>Value of <see cref="Granularity"/>: at most one index a local day.</summary>
    public const string Daily = "daily";

    /// <summary>Value of <see cref="Granularity"/>: as observed, while the consent holds.</summary>
    public const string SubDaily = "subDaily";

    /// <summary>Values of <see cref="LegalBasis"/>: the six of article 6(1) of the RGPD.</summary>
    public static IReadOnlyList<string> LegalBases { get; } = ["consent", "contract", "legalObligation", "vitalInterests", "publicTask", "legitimateInterests"];

    /// <summary>Attributes of a person's device that are not personal: what rules and the law's own checks read.</summary>
    public static IReadOnlyList<string> Operational { get; } =
    [
        Dwelling, LegalBasis, Granularity, ConsentedAt, ConsentEndsAt, "fluid", "indexMaximum", "batteryLowPercent", "reportingIntervalMinutes",
        ZonePlace.ZoneAttribute, ZonePlace.RoleAttribute,
    ];

    /// <summary>The subscriber whose device it is; null for a device that is nobody's.</summary>
    public static string? SubscriberOf(DeviceDescriptor device) => device.Text(Subscriber) ?? (device.Flag(Dwelling) ? device.Id : null);

    /// <summary>What is left of a device without what is personal: its key for a name, no position, the operational attributes, how it is reached by type only.</summary>
    public static DeviceDescriptor WithoutPersonal(DeviceDescriptor device) => device with
    {
        Name = device.Id,
        Position = null,
        Attributes = device.Attributes.RemoveRange(device.Attributes.Keys.Where(name => !Operational.Contains(name))),
        Connector = device.Connector is { } connector ? new ConnectorSpec { Type = connector.Type } : null,
    };
}
