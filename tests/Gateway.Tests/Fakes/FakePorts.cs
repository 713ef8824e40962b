using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Grid.Client.Health;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Tests.Gateway.Fakes;

/// <summary>Two communes of one department, and a third one elsewhere.</summary>
internal sealed class FakeTable : ITerritoryTable
{
    public ImmutableArray<Commune> Communes { get; } =
    [
        new("29019", "Brest", "29", "242900314", 139_926, -4.48, 48.39, false),
        new("29232", "Quimper", "29", "200068120", 64_000, -4.1, 47.99, false),
        new("35238", "Rennes", "35", null, 225_000, -1.68, 48.11, false),
    ];

    public ImmutableArray<Department> Departments { get; } = [new("29", "Finistère", "Europe/Paris"), new("35", "Ille-et-Vilaine", "Europe/Paris")];

    public ImmutableArray<Body> Epcis { get; } = [];

    public Commune? FindCommune(string inseeCode) => Communes.FirstOrDefault(commune => commune.InseeCode == inseeCode);

    public Department? FindDepartment(string code) => Departments.FirstOrDefault(department => department.Code == code);

    public ImmutableArray<Commune> CommunesOf(string department) => [.. Communes.Where(commune => commune.Department == department)];
}

/// <summary>Registry, registrar and directory over one dictionary.</summary>
internal sealed class FakeRegistry(ITerritoryTable table, FakeHistory history) : IDeviceRegistry, IRegistrar, IDeviceDirectory
{
    private readonly ConcurrentDictionary<string, DeviceRecord> _devices = new();
    private long _revision;

    int IDeviceDirectory.Count => _devices.Count;

    public DeviceDescriptor? Descriptor(string id) => _devices.GetValueOrDefault(id)?.Descriptor;

    public string SectorOf(DeviceDescriptor device) =>
        SectorMap.SectorOf(device.Commune, table.FindCommune(device.Commune)!.Population, device.Text("cabinet") ?? device.Id);

    public DeviceAddress? Find(string device) =>
        _devices.TryGetValue(device, out var record) ? new(record.Descriptor.Kind, record.Sector, record.Descriptor.Connector?.Type) : null;

    public IReadOnlySet<string> Communes() => _devices.Values.Select(record => record.Descriptor.Commune).ToHashSet();

    public string? FindKey(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8) is var key && _devices.ContainsKey(key) ? key : null;

    Task<RegistrationResult> IRegistrar.PutAsync(IReadOnlyList<DeviceDescriptor> devices, CancellationToken cancellationToken)
    {
        var created = 0;
        var errors = ImmutableArray.CreateBuilder<RegistrationError>();
        foreach (var device in devices)
        {
            if (table.FindCommune(device.Commune) is null)
            {
                errors.Add(new(device.Id, "commune", "is no commune that is known"));
                continue;
            }

            created += _devices.ContainsKey(device.Id) ? 0 : 1;
            _devices[device.Id] = new() { Descriptor = device, Sector = SectorOf(device), Revision = Interlocked.Increment(ref _revision) };
        }

        return Task.FromResult(new RegistrationResult(created, devices.Count - created - errors.Count, errors.ToImmutable()));
    }

    AttributeValue IRegistrar.AttributeOf(DeviceKind kind, string attribute, string text) => attribute switch
    {
        "cabinet" => AttributeValue.Of(text),
        _ when double.TryParse(text, CultureInfo.InvariantCulture, out var number) => AttributeValue.Of(number),
        _ => bool.TryParse(text, out var flag) ? AttributeValue.Of(flag) : AttributeValue.Of(text),
    };

    Task<bool> IRegistrar.RemoveAsync(string device, CancellationToken cancellationToken) => Task.FromResult(_devices.TryRemove(device, out _));

    Task<bool> IRegistrar.ForgetAsync(string device, CancellationToken cancellationToken) => Task.FromResult(history.Forget(device));

    public Task<DeviceRecord?> GetAsync(string device, CancellationToken cancellationToken) => Task.FromResult(_devices.GetValueOrDefault(device));

    public Task<ImmutableArray<DeviceRecord>> ListAsync(DeviceQuery query, CancellationToken cancellationToken) => Task.FromResult(_devices.Values
        .Where(record => query.Communes.IsDefault || query.Communes.Any(item => item.Commune == record.Descriptor.Commune && Has(item.Kinds, record)))
        .Where(record => Has(query.Kinds, record))
        .Where(record => query.Box is not { } box || (record.Descriptor.Position is { } position && box.Contains(position)))
        .Where(record => query.Text is null || record.Descriptor.Id.Contains(query.Text, StringComparison.OrdinalIgnoreCase)
            || record.Descriptor.Name.Contains(query.Text, StringComparison.OrdinalIgnoreCase))
        .Where(record => query.Cabinet is null || record.Descriptor.FedBy() == query.Cabinet)
        .Where(record => query.After is null || string.CompareOrdinal(record.Descriptor.Id, query.After) > 0)
        .OrderBy(record => record.Descriptor.Id, StringComparer.Ordinal).Take(query.Limit).ToImmutableArray());

    public async IAsyncEnumerable<DeviceRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var record in await ListAsync(new() { Limit = int.MaxValue }, cancellationToken))
        {
            yield return record;
        }
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult((long)_devices.Count);

    public Task<ImmutableArray<PendingChange>> PutAsync(ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The gateway registers through the registrar.");

    public Task<PendingChange?> RemoveAsync(string device, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The gateway removes through the registrar.");

    public Task CompleteAsync(ImmutableArray<long> revisions, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ImmutableArray<PendingChange>> GetPendingAsync(int limit, CancellationToken cancellationToken) => Task.FromResult(ImmutableArray<PendingChange>.Empty);

    private static bool Has(DeviceKinds kinds, DeviceRecord record) => kinds.HasFlag((DeviceKinds)(1 << (int)record.Descriptor.Kind));
}

/// <summary>Nobody is registered.</summary>
internal sealed class FakeSubscribers : ISubscribers
{
    public ImmutableArray<string> DevicesOf(string subscriber) => [];

    public Task<SubscriberErasure?> EraseAsync(string subscriber, CancellationToken cancellationToken) => Task.FromResult<SubscriberErasure?>(null);
}

internal sealed class FakeBodies : IBodyRegistry
{
    private readonly ConcurrentDictionary<string, Body> _bodies = new();
    private readonly ConcurrentDictionary<string, ImmutableArray<Membership>> _members = new();

    public Task<bool> PutAsync(Body body, CancellationToken cancellationToken)
    {
        var isNew = !_bodies.ContainsKey(body.Siren);
        _bodies[body.Siren] = body;
        return Task.FromResult(isNew);
    }

    public Task PutMembersAsync(string siren, ImmutableArray<Membership> members, CancellationToken cancellationToken)
    {
        _members[siren] = members;
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<Body>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_bodies.Values.OrderBy(body => body.Siren, StringComparer.Ordinal).ToImmutableArray());

    public Task<Body?> GetAsync(string siren, CancellationToken cancellationToken) => Task.FromResult(_bodies.GetValueOrDefault(siren));

    public Task<ImmutableArray<Membership>> GetMembersAsync(string siren, CancellationToken cancellationToken) =>
        Task.FromResult(_members.GetValueOrDefault(siren, []));

    public Task<ImmutableArray<Membership>> GetBodiesOfAsync(string commune, CancellationToken cancellationToken) =>
        Task.FromResult(_members.Values.SelectMany(list => list).Where(member => member.Commune == commune).ToImmutableArray());
}

internal sealed class FakeAudit : IAuditLog
{
    private readonly ConcurrentQueue<AuditEntry> _entries = new();

    public IReadOnlyCollection<AuditEntry> Entries => _entries;

    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        _entries.Enqueue(entry);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<AuditEntry>> ReadNewestAsync(int limit, CancellationToken cancellationToken) =>
        Task.FromResult(_entries.Reverse().Take(limit).ToImmutableArray());
}

/// <summary>Takes readings of registered devices; says that it is overloaded when told to.</summary>
internal sealed class FakeIntake(IDeviceDirectory directory) : IIntake
{
    public TimeSpan? RetryAfter { get; set; }

    public ConcurrentQueue<IncomingReading> Taken { get; } = new();

    public ValueTask<IntakeResult> SubmitAsync(IReadOnlyList<IncomingReading> readings, IntakeClass sender, CancellationToken cancellationToken)
    {
        if (RetryAfter is { } retryAfter)
        {
            return new(new IntakeResult { Accepted = 0, Rejected = [], RetryAfter = retryAfter });
        }

        var known = readings.Where(reading => directory.Find(reading.Device) is not null).ToArray();
        foreach (var reading in known)
        {
            Taken.Enqueue(reading);
        }

        return new(new IntakeResult
        {
            Accepted = known.Length,
            Rejected = [.. readings.Except(known).Select(reading => new Rejection(reading.Index, reading.Device, "device", "is not registered"))],
        });
    }
}

internal sealed class FakeReadiness : IReadiness
{
    public string? WaitsFor { get; set; }
}

internal sealed class FakeRuntime : IGridRuntime
{
    public string Name => "Fake";
}

/// <summary>Backups that are begun and never end.</summary>
internal sealed class FakeBackups : IBackups
{
    private BackupStatus? _running;

    public BackupStatus Start(string to) => _running is null
        ? _running = new BackupStatus("b1", BackupState.Running, to, DateTimeOffset.UnixEpoch, null, 0, 0, null, null)
        : throw new BackupRefusedException("Backup b1 is being made; one at a time.", isBusy: true);

    public BackupStatus? Find(string id) => _running?.Id == id ? _running : null;
}
