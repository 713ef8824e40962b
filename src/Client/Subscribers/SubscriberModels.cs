using Grid.Client.Devices;

namespace Grid.Client.Subscribers;

/// <summary>Everything that Grid holds of one person (RGPD, articles 15 and 20).</summary>
/// <param name="Subscriber">The opaque id.</param>
/// <param name="ExportedAt">When this was made.</param>
/// <param name="Devices">The person's devices.</param>
public sealed record SubscriberModel(string Subscriber, DateTimeOffset ExportedAt, IReadOnlyList<SubscriberDeviceModel> Devices);

/// <summary>A device of a person, with why its values are processed and all that is kept of them.</summary>
/// <param name="Device">The device, with its newest values.</param>
/// <param name="LegalBasis">Article 6 of the RGPD; null for a device that is no dwelling meter.</param>
/// <param name="Granularity">How fine values are kept: <c>daily</c> or <c>subDaily</c>.</param>
public sealed record SubscriberDeviceModel(DeviceModel Device, string? LegalBasis, string? Granularity);
