using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Storage.Privacy;

/// <summary>
/// Seals what is personal before any engine of the registry gets it. Persons' devices are found by key, commune, kind and connector; not by name and not by place,
/// which the engine does not know.
/// </summary>
public sealed class SealingDeviceRegistry(IDeviceRegistry engine, ISubscriberKeys keys) : IDeviceRegistry
{
    private readonly SealedDescriptors _descriptors = new(keys, "registry");

    /// <inheritdoc />
    public async Task<ImmutableArray<PendingChange>> PutAsync(ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices, CancellationToken cancellationToken) =>
        Open(await engine.PutAsync([.. devices.Select(device => (_descriptors.Protect(device.Descriptor), device.Sector))], cancellationToken));

    /// <inheritdoc />
    public async Task<PendingChange?> RemoveAsync(string device, CancellationToken cancellationToken) =>
        await engine.RemoveAsync(device, cancellationToken) is { } change ? Open(change) : null;

    /// <inheritdoc />
    public Task CompleteAsync(ImmutableArray<long> revisions, CancellationToken cancellationToken) => engine.CompleteAsync(revisions, cancellationToken);

    /// <inheritdoc />
    public async Task<ImmutableArray<PendingChange>> GetPendingAsync(int limit, CancellationToken cancellationToken) =>
        Open(await engine.GetPendingAsync(limit, cancellationToken));

    /// <inheritdoc />
    public async Task<DeviceRecord?> GetAsync(string device, CancellationToken cancellationToken) =>
        await engine.GetAsync(device, cancellationToken) is { } record ? _descriptors.Open(record) : null;

    /// <inheritdoc />
    public async Task<ImmutableArray<DeviceRecord>> ListAsync(DeviceQuery query, CancellationToken cancellationToken) =>
        [.. (await engine.ListAsync(query, cancellationToken)).Select(_descriptors.Open)];

    /// <inheritdoc />
    public async IAsyncEnumerable<DeviceRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in engine.ReadAllAsync(cancellationToken))
        {
            yield return _descriptors.Open(record);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<IReadOnlyList<DirectoryEntry>> ReadDirectoryAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in engine.ReadDirectoryAsync(cancellationToken))
        {
            yield return page.Any(entry => entry.Personal is not null) ? [.. page.Select(Open)] : page;
        }
    }

    /// <inheritdoc />
    public Task<long> CountAsync(CancellationToken cancellationToken) => engine.CountAsync(cancellationToken);

    private DirectoryEntry Open(DirectoryEntry entry) => entry.Personal is { } descriptor
        ? DirectoryEntry.Of(new DeviceRecord { Descriptor = _descriptors.Open(descriptor), Sector = entry.Sector, Revision = 0 })
        : entry;

    private ImmutableArray<PendingChange> Open(ImmutableArray<PendingChange> changes) => [.. changes.Select(Open)];

    private PendingChange Open(PendingChange change) => change with
    {
        Current = change.Current is { } current ? _descriptors.Open(current) : null,
        Former = change.Former is { } former ? _descriptors.Open(former) : null,
    };
}
