using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.History;
using Grid.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace Grid.Grains.Intake;

/// <summary>
/// The one door for devices: see <see cref="IRegistrar"/>. The registry is written first and remembers what is pending; then the sectors are
/// told through the log, those that lose a device before those that get it. Every step may be done twice.
/// </summary>
public sealed partial class Registrar : IRegistrar
{
    private const int PendingPage = 5_000;

    private readonly IDeviceRegistry _registry;
    private readonly ISubscriberKeys _keys;
    private readonly ITerritoryTable _territory;
    private readonly DeviceDirectory _directory;
    private readonly LogWriter _writer;
    private readonly AlarmMoves _alarms;
    private readonly IHistory _history;
    private readonly HistoryFeed _feed;
    private readonly IntakeGate _gate;
    private readonly TimeProvider _clock;
    private readonly ILogger<Registrar> _logger;

    /// <summary>Registrations go one batch after the other: the order in the registry is the order in the log.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly WaitingPuts _waiting = new();

    internal Registrar(
        IDeviceRegistry registry,
        ISubscriberKeys keys,
        ITerritoryTable territory,
        DeviceDirectory directory,
        LogWriter writer,
        AlarmMoves alarms,
        IHistory history,
        HistoryFeed feed,
        IntakeGate gate,
        TimeProvider clock,
        ILogger<Registrar> logger)
    {
        (_registry, _keys, _territory, _directory, _writer, _alarms, _history, _feed, _gate, _clock, _logger) =
            (registry, keys, territory, directory, writer, alarms, history, feed, gate, clock, logger);
    }

    /// <summary>Fills the directory from the registry. Once, before readings are let in.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var subscribers = new HashSet<string>(StringComparer.Ordinal);
        _directory.Expect((int)Math.Min(int.MaxValue / 2, await _registry.CountAsync(cancellationToken)));
        await foreach (var page in _registry.ReadDirectoryAsync(cancellationToken))
        {
            foreach (var entry in page)
            {
                _directory.Set(entry);
                if (entry.Personal is { } descriptor && PersonalData.SubscriberOf(descriptor) is { } subscriber)
                {
                    subscribers.Add(subscriber);
                }
            }
        }

        // A device whose subscriber was erased while an older registry was away is its own subscriber now, and has no key yet.
        await _keys.EnsureAsync(subscribers, cancellationToken);
        _directory.SetLoaded();
    }

    /// <summary>Completes what a stop has interrupted. Once, when the grains run.</summary>
    public async Task CompletePendingAsync(CancellationToken cancellationToken)
    {
        await _turn.EnterAsync(cancellationToken);
        try
        {
            while (await _registry.GetPendingAsync(PendingPage, cancellationToken) is { Length: > 0 } pending)
            {
                LogCompleting(_logger, pending.Length);
                await TellSectorsAsync(pending, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public async Task<RegistrationResult> PutAsync(IReadOnlyList<DeviceDescriptor> devices, CancellationToken cancellationToken)
    {
        await _directory.Loaded.OrUntil(cancellationToken);
        var errors = ImmutableArray.CreateBuilder<RegistrationError>();
        var good = ImmutableArray.CreateBuilder<(DeviceDescriptor, string)>(devices.Count);
        foreach (var device in devices)
        {
            var count = errors.Count;
            errors.AddRange(DescriptorRules.Check(device));
            if (_territory.FindCommune(device.Commune) is not { } commune)
            {
                errors.Add(new RegistrationError(device.Id, "commune", $"'{device.Commune}' is not the INSEE code of a commune"));
            }
            else if (errors.Count == count && CabinetElsewhere(device, commune) is { } elsewhere)
            {
                errors.Add(elsewhere);
            }
            else if (errors.Count == count)
            {
                good.Add((device, SectorMap.SectorOf(commune.InseeCode, commune.Population, DescriptorRules.SliceKey(device))));
            }
        }

        if (good.Count == 0)
        {
            return new RegistrationResult(0, 0, errors.DrainToImmutable());
        }

        var put = new WaitingPut(good.DrainToImmutable());
        _waiting.Add(put);
        try
        {
            await _turn.EnterAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _waiting.Withdraw(put);
            throw;
        }

        try
        {
            // Another's turn may have taken it along.
            if (!put.IsDone)
            {
                await CarryOutAsync(_waiting.TakeWith(put));
            }
        }
        finally
        {
            _turn.Release();
        }

        return put.Result(errors.DrainToImmutable());
    }

    /// <summary>Registrations of several callers as one. From here on they are carried through even when a caller has gone.</summary>
    private async Task CarryOutAsync(ImmutableArray<WaitingPut> puts)
    {
        foreach (var put in puts)
        {
            try
            {
                await _keys.EnsureAsync([.. put.Devices.Select(device => PersonalData.SubscriberOf(device.Descriptor)).OfType<string>()], CancellationToken.None);
            }
            catch (Exception exception)
            {
                // Whose keys cannot be had keeps no other from being registered.
                put.Fail(exception);
            }
        }

        var good = puts.Where(put => !put.IsDone).ToArray();
        if (good.Length == 0)
        {
            return;
        }

        try
        {
            var known = good.Select(put => put.Devices.Count(device => _directory.Find(device.Descriptor.Id) is not null)).ToArray();
            var pending = await _registry.PutAsync([.. good.SelectMany(put => put.Devices)], CancellationToken.None);
            await TellSectorsAsync(pending, CancellationToken.None);
            foreach (var (put, replaced) in good.Zip(known))
            {
                put.Succeed(put.Devices.Length - replaced, replaced);
            }
        }
        catch (Exception exception)
        {
            foreach (var put in good)
            {
                put.Fail(exception);
            }
        }
    }

    /// <inheritdoc />
    public AttributeValue AttributeOf(DeviceKind kind, string attribute, string text) => DeviceAttributes.Read(kind, attribute, text);

    /// <inheritdoc />
    public async Task<bool> RemoveAsync(string device, CancellationToken cancellationToken)
    {
        await _directory.Loaded.OrUntil(cancellationToken);
        await _turn.EnterAsync(cancellationToken);
        try
        {
            if (await _registry.RemoveAsync(device, cancellationToken) is not { } pending)
            {
                return await CompleteRemovalAsync(device, cancellationToken);
            }

            await TellSectorsAsync([pending], CancellationToken.None);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public async Task<bool> ForgetAsync(string device, CancellationToken cancellationToken)
    {
        // What is durable in the log would come back with it, and what is not durable in history would be read from the log again after a crash.
        await _feed.CatchUpAsync(cancellationToken);
        await _history.FlushAsync(cancellationToken);
        return await _history.DeleteAsync(device, cancellationToken);
    }

    /// <summary>A device that is gone may have been removed by a call that failed before its sector knew: whoever asks again completes it.</summary>
    private async Task<bool> CompleteRemovalAsync(string device, CancellationToken cancellationToken)
    {
        var pending = await _registry.GetPendingAsync(PendingPage, cancellationToken);
        if (pending.FirstOrDefault(change => change.Device == device && change.Current is null) is not { } unfinished)
        {
            return false;
        }

        await TellSectorsAsync([unfinished], CancellationToken.None);
        return true;
    }

    private async Task TellSectorsAsync(ImmutableArray<PendingChange> changes, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds());
        var leaving = changes.Where(Leaves).ToList();
        if (leaving.Count == 0)
        {
            await ArriveAsync(changes, ImmutableDictionary<string, MovingAlarms>.Empty, now, cancellationToken);
        }
        else
        {
            await _gate.CloseWhileAsync(() => MoveAsync(changes, leaving, now, cancellationToken));
        }

        await _registry.CompleteAsync([.. changes.Select(change => change.Revision)], cancellationToken);
        await _alarms.ForgetAsync(leaving.Where(AlarmMoves.IsMove));
    }

    /// <summary>
    /// With the gate closed, so that no reading comes between. The directory names where a device goes before its former sector is told that it
    /// has left: who sees it leave can see where it is.
    /// </summary>
    private async Task MoveAsync(ImmutableArray<PendingChange> changes, List<PendingChange> leaving, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Whoever fails to say it fails the move before anything of it is done.
        var told = await _alarms.ToldAsync(leaving.Where(AlarmMoves.IsMove));
        foreach (var change in leaving)
        {
            if (change.Current is { } current)
            {
                _directory.Set(DirectoryEntry.Of(current));
            }
            else
            {
                _directory.Remove(change.Device);
            }
        }

        try
        {
            await _writer.AppendAndApplyAsync(BySector(leaving, change => change.Former!.Sector, change => RemovedOf(change, told[change.Device], now)), cancellationToken);
            await ArriveAsync(changes, await _alarms.OfAsync(leaving.Where(AlarmMoves.IsMove)), now, cancellationToken);
        }
        catch
        {
            // Between two sectors nobody takes its readings.
            leaving.ForEach(change => _directory.Remove(change.Device));
            throw;
        }
    }

    /// <summary>Readings are let in once the log has the registration: nothing that is accepted can come before it.</summary>
    private async Task ArriveAsync(ImmutableArray<PendingChange> changes, IReadOnlyDictionary<string, MovingAlarms> alarms, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var arriving = changes.Where(change => change.Current is not null).ToList();
        if (arriving.Count > 0)
        {
            await _writer.AppendAndApplyAsync(BySector(arriving, change => change.Current!.Sector, change => RegisteredOf(change, alarms.GetValueOrDefault(change.Device), now)), cancellationToken);
            arriving.ForEach(change => _directory.Set(DirectoryEntry.Of(change.Current!)));
        }
    }

    /// <summary>The device goes out of the books of its former sector: deleted, moved, or another kind of device now.</summary>
    private static bool Leaves(PendingChange change) =>
        change.Former is { } former
        && (change.Current is not { } current || current.Sector != former.Sector || current.Descriptor.Kind != former.Descriptor.Kind);

    private static RemovedEntry RemovedOf(PendingChange change, IEnumerable<ToldAlarm> told, DateTimeOffset now) => new()
    {
        Device = change.Device,
        ReceivedAt = now,
        Kind = change.Former!.Descriptor.Kind,
        Moved = AlarmMoves.IsMove(change),
        Revision = change.Revision,
        Told = [.. told],
    };

    private static RegisteredEntry RegisteredOf(PendingChange change, MovingAlarms? alarms, DateTimeOffset now) => new()
    {
        Device = change.Device,
        ReceivedAt = now,
        Descriptor = change.Current!.Descriptor,
        Revision = change.Current.Revision,
        Alarms = alarms,
    };

    private static ImmutableArray<SectorEntries> BySector(
        IEnumerable<PendingChange> changes,
        Func<PendingChange, string> sector,
        Func<PendingChange, LogEntry> entry) =>
        [.. changes.GroupBy(sector, StringComparer.Ordinal).Select(group => new SectorEntries(group.Key, [.. group.Select(entry)]))];

    /// <summary>A light point and its cabinet share a commune, so that they share a sector and the order of its log.</summary>
    private RegistrationError? CabinetElsewhere(DeviceDescriptor device, Commune commune)
    {
        if (device.Text("cabinet") is not { } cabinet || _directory.Find(cabinet) is not { } address)
        {
            return null;
        }

        if (address.Kind != DeviceKind.Cabinet)
        {
            return new RegistrationError(device.Id, "attributes.cabinet", $"'{cabinet}' is not a cabinet");
        }

        var other = SectorMap.CommuneOf(address.Sector);
        return other == commune.InseeCode
            ? null
            : new RegistrationError(device.Id, "attributes.cabinet", $"'{cabinet}' stands in commune {other}; a light point and its cabinet belong to the same commune");
    }

    [LoggerMessage(EventId = 1210, Level = LogLevel.Information, Message = "Completing {Count} registrations that a stop has interrupted")]
    private static partial void LogCompleting(ILogger logger, int count);
}
