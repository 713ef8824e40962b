using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Intake;

/// <summary>A reading as a connector has parsed it: syntax checked, meaning not yet.</summary>
/// <param name="Index">Its place in the sender's batch, from 0, for rejections.</param>
/// <param name="Device">The device's key.</param>
/// <param name="Time">When it was observed; null when the source does not say: then the time of reception.</param>
/// <param name="Metrics">Values by canonical name; each name once.</param>
/// <param name="Session">Join or boot session of the source.</param>
/// <param name="Sequence">Frame counter within the session.</param>
public record IncomingReading(
    int Index,
    string Device,
    DateTimeOffset? Time,
    ImmutableArray<MetricValue> Metrics,
    string? Session = null,
    long? Sequence = null);

/// <summary>A reading that was not taken: which field, and why.</summary>
/// <param name="Index">Its place in the sender's batch, from 0.</param>
/// <param name="Device">The device's key, null when it could not be read.</param>
/// <param name="Field">The field at fault, such as <c>metrics.fillPercent</c>, <c>time</c>, <c>device</c>.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record Rejection(int Index, string? Device, string Field, string Reason);

/// <summary>Who sends: when Grid is overloaded, the class that can best try again is refused first.</summary>
public enum IntakeClass : byte
{
    /// <summary>Senders that keep what is refused and try again.</summary>
    Api = 0,

    /// <summary>Network servers that hardly retry: shed last.</summary>
    Integration = 1,

    /// <summary>The simulator: shed first.</summary>
    Simulator = 2,
}

/// <summary>What became of a batch. When overloaded, nothing of it was taken.</summary>
public sealed record IntakeResult
{
    /// <summary>Readings that are durable now, duplicates included; a frame counts as many as it holds.</summary>
    public required int Accepted { get; init; }

    /// <summary>Readings that were not taken.</summary>
    public required ImmutableArray<Rejection> Rejected { get; init; }

    /// <summary>Not null when the whole batch was refused: try again after that long.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>The one door for readings: HTTP, network servers, simulated devices.</summary>
public interface IIntake
{
    /// <summary>
    /// Not null when a batch of this class is refused now, as <see cref="IntakeResult.RetryAfter"/> would: for a door that has not read it yet.
    /// Counted as a refusal.
    /// </summary>
    TimeSpan? Refuses(IntakeClass sender) => null;

    /// <summary>
    /// Checks readings against the registry and the metric catalogue and appends the good ones to the log; completes when they are durable.
    /// </summary>
    ValueTask<IntakeResult> SubmitAsync(IReadOnlyList<IncomingReading> readings, IntakeClass sender, CancellationToken cancellationToken);
}

/// <summary>Where registered devices are. One object serves all devices of the same sector, kind and connector type.</summary>
/// <param name="Kind">Their trade.</param>
/// <param name="Sector">Their sector.</param>
/// <param name="Connector">Their connector type, null when they only post readings.</param>
public sealed record DeviceAddress(DeviceKind Kind, string Sector, string? Connector)
{
    /// <summary>True for a person's device: what it reports is personal.</summary>
    public bool IsPersonal { get; init; }
}

/// <summary>Which devices exist, in memory, for the paths that cannot wait.</summary>
public interface IDeviceDirectory
{
    /// <summary>Devices registered.</summary>
    int Count { get; }

    /// <summary>Where the device is, null when unknown.</summary>
    DeviceAddress? Find(string device);

    /// <summary>INSEE codes of the communes that have a device, or have had one since the program started.</summary>
    IReadOnlySet<string> Communes();

    /// <summary>The key itself, the same string each time, from its UTF-8; null when no such device is known. Allocates nothing.</summary>
    string? FindKey(ReadOnlySpan<byte> utf8);
}

/// <summary>A registration that was not taken: which field, and why.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Field">The field at fault, such as <c>commune</c>, <c>attributes.cabinet</c>.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record RegistrationError(string Device, string Field, string Reason);

/// <summary>What became of registrations.</summary>
/// <param name="Created">Devices that were new.</param>
/// <param name="Replaced">Devices that existed.</param>
/// <param name="Errors">Devices that were not taken; the others were.</param>
public sealed record RegistrationResult(int Created, int Replaced, ImmutableArray<RegistrationError> Errors);

/// <summary>The one door for devices: registry first, then their sectors through the log; what was interrupted is completed at start.</summary>
public interface IRegistrar
{
    /// <summary>Creates or replaces devices; completes when their sectors know them.</summary>
    Task<RegistrationResult> PutAsync(IReadOnlyList<DeviceDescriptor> devices, CancellationToken cancellationToken);

    /// <summary>
    /// What a text means as the value of an attribute, for formats that know texts only: the type that the attribute has for that kind; else a number or a flag where it is written as one, in the
    /// form of JSON. Keys of other devices and of persons are texts however they are written.
    /// </summary>
    AttributeValue AttributeOf(DeviceKind kind, string attribute, string text);

    /// <summary>Removes a device and its contribution; false when there is none.</summary>
    Task<bool> RemoveAsync(string device, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes what history has of a device, all that was accepted before the call included; false when there was nothing. Durable when it
    /// completes. For a device that was removed: one that goes on reporting gets a new history.
    /// </summary>
    Task<bool> ForgetAsync(string device, CancellationToken cancellationToken);
}
