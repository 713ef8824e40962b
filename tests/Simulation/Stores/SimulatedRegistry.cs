using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Stores;

/// <summary>What outlives processes: devices, changes that are pending, bodies and members.</summary>
internal sealed class RegistryRecords
{
    public SortedDictionary<string, DeviceRecord> Devices { get; } = new(StringComparer.Ordinal);

    private Dictionary<string, SortedDictionary<string, DeviceRecord>> ByCommune { get; } = new(StringComparer.Ordinal);

    // Who asks for everything asks for each of the country's communes, each minute with the same arrays: those of an array in which nothing has ever been are few to look
    // through again.
    private readonly ConditionalWeakTable<(string Commune, DeviceKinds Kinds)[], Inhabited> _inhabited = [];

    public Dictionary<string, (long Revision, DeviceRecord? Former)> Pending { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Body> Bodies { get; } = new(StringComparer.Ordinal);

    /// <summary>Members by body.</summary>
    public Dictionary<string, ImmutableArray<Membership>> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>Memberships by commune, made from <see cref="Members"/>.</summary>
    public ILookup<string, Membership> Memberships { get; private set; } = Array.Empty<Membership>().ToLookup(member => member.Commune);

    public long Revision { get; set; }

    public ImmutableArray<PendingChange> Put(ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices)
    {
        var changes = ImmutableArray.CreateBuilder<PendingChange>(devices.Length);
        foreach (var (descriptor, sector) in devices)
        {
            var former = Devices.GetValueOrDefault(descriptor.Id);
            var current = new DeviceRecord { Descriptor = descriptor, Sector = sector, Revision = ++Revision };
            Devices[descriptor.Id] = current;
            Leave(former);
            if (!ByCommune.TryGetValue(descriptor.Commune, out var neighbours))
            {
                ByCommune.Add(descriptor.Commune, neighbours = new(StringComparer.Ordinal));
            }

            neighbours[descriptor.Id] = current;
            changes.Add(MarkPending(descriptor.Id, current, former));
        }

        return changes.MoveToImmutable();
    }

    public PendingChange? Remove(string device)
    {
        if (!Devices.Remove(device, out var former))
        {
            return null;
        }

        Revision++;
        Leave(former);
        return MarkPending(device, null, former);
    }

    public bool PutMembers(string siren, ImmutableArray<Membership> members)
    {
        if (!Bodies.ContainsKey(siren))
        {
            throw new ArgumentException($"There is no body {siren} to have members.", nameof(siren));
        }

        if (members.Any(member => member.Body != siren))
        {
            throw new ArgumentException($"A member of another body than {siren} is among them.", nameof(members));
        }

        Members[siren] = [.. members.OrderBy(member => member.Commune, StringComparer.Ordinal)];
        Memberships = Members.Values.SelectMany(all => all).OrderBy(member => member.Body, StringComparer.Ordinal).ToLookup(member => member.Commune, StringComparer.Ordinal);
        return true;
    }

    public bool Complete(ImmutableArray<long> revisions)
    {
        foreach (var device in Pending.Where(pending => revisions.Contains(pending.Value.Revision)).Select(pending => pending.Key).ToList())
        {
            Pending.Remove(device);
        }

        return true;
    }

    public ImmutableArray<PendingChange> PendingChanges(int limit) =>
    [
        .. Pending.OrderBy(pending => pending.Value.Revision).Take(limit)
            .Select(pending => new PendingChange(pending.Key, pending.Value.Revision, Devices.GetValueOrDefault(pending.Key), pending.Value.Former)),
    ];

    public ImmutableArray<DeviceRecord> List(DeviceQuery query)
    {
        if (query.Communes.IsDefault)
        {
            return [.. Devices.Values.Where(record => Matches(record.Descriptor, query)).Take(query.Limit)];
        }

        var found = new List<DeviceRecord>();
        foreach (var (commune, kinds) in InhabitedOf(query.Communes))
        {
            AddTo(found, ByCommune[commune], kinds, query);
        }

        return [.. found.DistinctBy(record => record.Descriptor.Id).OrderBy(record => record.Descriptor.Id, StringComparer.Ordinal).Take(query.Limit)];
    }

    private (string Commune, DeviceKinds Kinds)[] InhabitedOf(ImmutableArray<(string Commune, DeviceKinds Kinds)> communes)
    {
        var all = ImmutableCollectionsMarshal.AsArray(communes)!;
        if (!_inhabited.TryGetValue(all, out var known) || known.Of != ByCommune.Count)
        {
            _inhabited.AddOrUpdate(all, known = new Inhabited(ByCommune.Count, [.. all.Where(item => ByCommune.ContainsKey(item.Commune))]));
        }

        return known.Communes;
    }

    private static void AddTo(List<DeviceRecord> found, SortedDictionary<string, DeviceRecord> devices, DeviceKinds kinds, DeviceQuery query) =>
        found.AddRange(devices.Values.Where(record => kinds.HasFlag((DeviceKinds)(1 << (int)record.Descriptor.Kind)) && Matches(record.Descriptor, query)).Take(query.Limit));

    /// <summary>Of some communes those that have ever had a device, when so many of all communes had.</summary>
    private sealed record Inhabited(int Of, (string Commune, DeviceKinds Kinds)[] Communes);

    private void Leave(DeviceRecord? former)
    {
        if (former is not null)
        {
            ByCommune[former.Descriptor.Commune].Remove(former.Descriptor.Id);
        }
    }

    private PendingChange MarkPending(string device, DeviceRecord? current, DeviceRecord? former)
    {
        // A device that is pending already keeps its former record: the sectors have not seen what came between.
        var known = Pending.TryGetValue(device, out var pending) ? pending.Former : former;
        Pending[device] = (Revision, known);
        return new PendingChange(device, Revision, current, known);
    }

    private static bool Matches(DeviceDescriptor device, DeviceQuery query)
    {
        var kind = (DeviceKinds)(1 << (int)device.Kind);
        return query.Kinds.HasFlag(kind)
            && (query.After is null || string.CompareOrdinal(device.Id, query.After) > 0)
            && (query.Box is not { } box || (device.Position is { } position && box.Contains(position)))
            && (query.Text is not { } text || device.Id.Contains(text, StringComparison.OrdinalIgnoreCase) || device.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
            && (query.Connector is not { } connector || device.Connector?.Type == connector)
            && (query.Cabinet is not { } cabinet || device.FedBy() == cabinet);
    }
}

/// <summary>The registry of one process.</summary>
internal sealed class SimulatedRegistry(RegistryRecords records, Operations operations) : IDeviceRegistry, IBodyRegistry
{
    private const string Store = "registry";
    private const int MaximumLimit = 10_000;

    public Task<ImmutableArray<PendingChange>> PutAsync(ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices, CancellationToken cancellationToken) =>
        Ask("put", () => records.Put(devices));

    public Task<PendingChange?> RemoveAsync(string device, CancellationToken cancellationToken) =>
        Ask("remove", () => records.Remove(device));

    public Task CompleteAsync(ImmutableArray<long> revisions, CancellationToken cancellationToken) =>
        Ask("complete", () => records.Complete(revisions));

    public Task<ImmutableArray<PendingChange>> GetPendingAsync(int limit, CancellationToken cancellationToken) =>
        Ask("pending", () => records.PendingChanges(limit));

    public Task<DeviceRecord?> GetAsync(string device, CancellationToken cancellationToken) =>
        Ask("get", () => records.Devices.GetValueOrDefault(device));

    public Task<ImmutableArray<DeviceRecord>> ListAsync(DeviceQuery query, CancellationToken cancellationToken) =>
        query.Limit is >= 1 and <= MaximumLimit
            ? Ask("list", () => records.List(query))
            : throw new ArgumentOutOfRangeException(nameof(query), query.Limit, $"The limit is not from 1 to {MaximumLimit}.");

    public async IAsyncEnumerable<DeviceRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var record in await Ask("all", () => records.Devices.Values.ToArray()))
        {
            yield return record;
        }
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) => Ask("count", () => (long)records.Devices.Count);

    public Task<bool> PutAsync(Body body, CancellationToken cancellationToken) => Ask("put body", () =>
    {
        var isNew = !records.Bodies.ContainsKey(body.Siren);
        records.Bodies[body.Siren] = body;
        return isNew;
    });

    public Task PutMembersAsync(string siren, ImmutableArray<Membership> members, CancellationToken cancellationToken) =>
        Ask("put members", () => records.PutMembers(siren, members));

    public Task<ImmutableArray<Body>> ListAsync(CancellationToken cancellationToken) =>
        Ask("bodies", () => records.Bodies.Values.ToImmutableArray());

    Task<Body?> IBodyRegistry.GetAsync(string siren, CancellationToken cancellationToken) => GetBodyAsync(siren, cancellationToken);

    public Task<ImmutableArray<Membership>> GetMembersAsync(string siren, CancellationToken cancellationToken) =>
        Ask("members", () => records.Members.TryGetValue(siren, out var members) ? members : []);

    public Task<ImmutableArray<Membership>> GetBodiesOfAsync(string commune, CancellationToken cancellationToken) =>
        Ask("bodies of", () => records.Memberships[commune].ToImmutableArray());

    private Task<Body?> GetBodyAsync(string siren, CancellationToken _) => Ask("body", () => records.Bodies.GetValueOrDefault(siren));

    /// <summary>The world has one thread; a suite that asks from several finds a registry that takes one after the other.</summary>
    private Task<T> Ask<T>(string what, Func<T> effect)
    {
        lock (records)
        {
            return operations.AskAsync(Store, what, effect);
        }
    }
}
