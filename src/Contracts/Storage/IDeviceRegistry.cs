using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Contracts.Storage;

/// <summary>Who exists, and where. The truth about registrations; sectors learn of it through the log.</summary>
public interface IDeviceRegistry
{
    /// <summary>
    /// Creates or replaces devices in one transaction, durable when it completes. Each change gets a revision of its own, greater than every
    /// former one, and is pending until <see cref="CompleteAsync"/>. A pending change of a device that is changed again keeps its oldest
    /// <see cref="PendingChange.Former"/>.
    /// </summary>
    Task<ImmutableArray<PendingChange>> PutAsync(ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices, CancellationToken cancellationToken);

    /// <summary>Removes a device, durable when it completes; null when there is none. Pending like a put.</summary>
    Task<PendingChange?> RemoveAsync(string device, CancellationToken cancellationToken);

    /// <summary>The sectors know these changes: they are pending no more. A revision that was replaced meanwhile is left pending.</summary>
    Task CompleteAsync(ImmutableArray<long> revisions, CancellationToken cancellationToken);

    /// <summary>Changes that a stop has interrupted, by revision.</summary>
    Task<ImmutableArray<PendingChange>> GetPendingAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The device, null when there is none.</summary>
    Task<DeviceRecord?> GetAsync(string device, CancellationToken cancellationToken);

    /// <summary>Devices by key, after <see cref="DeviceQuery.After"/>, at most <see cref="DeviceQuery.Limit"/>.</summary>
    Task<ImmutableArray<DeviceRecord>> ListAsync(DeviceQuery query, CancellationToken cancellationToken);

    /// <summary>Every device, in no promised order, read in pages.</summary>
    IAsyncEnumerable<DeviceRecord> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Of every device what the door must know, in no promised order, read in pages: a start waits for it.</summary>
    async IAsyncEnumerable<IReadOnlyList<DirectoryEntry>> ReadDirectoryAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in ReadAllAsync(cancellationToken))
        {
            yield return [DirectoryEntry.Of(record)];
        }
    }

    /// <summary>Devices registered.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);
}

/// <summary>A change of the registry that the sectors may not know yet.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Revision">The revision of the change.</param>
/// <param name="Current">The device now, null when it was removed.</param>
/// <param name="Former">The device as the sectors know it, null when it is new to them.</param>
public sealed record PendingChange(string Device, long Revision, DeviceRecord? Current, DeviceRecord? Former);

/// <summary>Which devices to list.</summary>
public sealed record DeviceQuery
{
    /// <summary>Only these kinds in these communes; default for every commune, empty for none.</summary>
    public ImmutableArray<(string Commune, DeviceKinds Kinds)> Communes { get; init; }

    /// <summary>Only these kinds.</summary>
    public DeviceKinds Kinds { get; init; } = DeviceKinds.All;

    /// <summary>Only devices with a position in the box.</summary>
    public BoundingBox? Box { get; init; }

    /// <summary>Only devices whose key or name contains this, without regard to case.</summary>
    public string? Text { get; init; }

    /// <summary>Only these connector types; null for all.</summary>
    public string? Connector { get; init; }

    /// <summary>Only light points that this cabinet feeds; null for all.</summary>
    public string? Cabinet { get; init; }

    /// <summary>Keys greater than this one (ordinal); null from the beginning.</summary>
    public string? After { get; init; }

    /// <summary>At most this many, 1 to 10,000.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>Bodies and their members.</summary>
public interface IBodyRegistry
{
    /// <summary>Creates or replaces a body; true when it was new. Durable when it completes.</summary>
    Task<bool> PutAsync(Body body, CancellationToken cancellationToken);

    /// <summary>Replaces the members of a body. Durable when it completes.</summary>
    Task PutMembersAsync(string siren, ImmutableArray<Membership> members, CancellationToken cancellationToken);

    /// <summary>Every body, by SIREN code.</summary>
    Task<ImmutableArray<Body>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The body, null when there is none.</summary>
    Task<Body?> GetAsync(string siren, CancellationToken cancellationToken);

    /// <summary>The members of a body, by commune.</summary>
    Task<ImmutableArray<Membership>> GetMembersAsync(string siren, CancellationToken cancellationToken);

    /// <summary>The memberships of a commune, by body.</summary>
    Task<ImmutableArray<Membership>> GetBodiesOfAsync(string commune, CancellationToken cancellationToken);
}
