using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Contracts.Zones;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Storage;

namespace Grid.Grains.Sectors;

/// <summary>
/// Carries log entries to the devices of one sector and their answers into its books. Entries of one device go one after the other; those of
/// different devices may be under way together.
/// </summary>
internal sealed partial class SectorApplier(string sector, SectorBook book, SectorAlarms alarms, SectorRules rules, SectorRuleTurn turn, IGrainFactory grains, IReadingLog log, SectorMeter meter, ILogger logger)
{
    private const int MaximumUnderWay = 256;

    private readonly List<(SectorDevice Device, LogEntry Entry, long Offset, ValueTask<DeviceOutcome> Outcome)> _underWay = [];
    private readonly SectorEffects _effects = new(sector, grains, meter, logger);

    /// <summary>Applies consecutive entries; those that are applied already are skipped. Effects are carried out before it completes.</summary>
    public async ValueTask ApplyAsync(IReadOnlyList<LogEntry> entries, long firstOffset)
    {
        var skipped = (int)Math.Clamp(book.Offset + 1 - firstOffset, 0, entries.Count);
        for (var index = skipped; index < entries.Count; index++)
        {
            var entry = entries[index];
            var offset = firstOffset + index;
            if (entry is ReadingEntry or SilencedEntry)
            {
                var device = book.Find(entry.Device);
                await HandToAsync(device, entry, offset);
                if ((device is null ? book.FollowersOf(entry.Device) : device.Followers) is { } followers)
                {
                    foreach (var follower in followers)
                    {
                        await HandToAsync(follower, entry, offset);
                    }
                }
            }
            else if (entry is ErasedEntry)
            {
                meter.ErasedEntry();
            }
            else
            {
                // It changes who gets what comes after, or how that is judged: everything before it must be done.
                await DrainAsync();
                await ChangeSectorAsync(entry, offset);
            }

            if (_underWay.Count >= MaximumUnderWay)
            {
                await DrainAsync();
            }

            if (entry.ReceivedAt > book.AsOf)
            {
                book.AsOf = entry.ReceivedAt;
            }
        }

        await DrainAsync();
        await _effects.CarryOutAsync();
        book.Offset = Math.Max(book.Offset, firstOffset + entries.Count - 1);
        meter.Applied(entries.Count - skipped);
    }

    private ValueTask ChangeSectorAsync(LogEntry entry, long offset) => entry switch
    {
        RegisteredEntry registered => RegisterAsync(registered, offset),
        RemovedEntry removed => RemoveAsync(removed, offset),
        ParametersEntry given => ConfigureAsync(given, offset),
        RulesEntry given => FollowAsync(given, offset),
        RulesLookEntry look => LookAsync(look, offset),
        AlarmOrderEntry ordered => Done(() => alarms.Take(ordered, offset)),
        AlarmSignalEntry signalled => Done(() => alarms.Take(signalled, offset)),
        AlarmClockEntry clock => Done(() => alarms.Take(clock, offset)),
        _ => throw new InvalidDataException($"The log of sector {sector} has an entry of unknown type {entry.GetType().Name} at {offset}."),
    };

    private static ValueTask Done(Action change)
    {
        change();
        return ValueTask.CompletedTask;
    }

    private async ValueTask RegisterAsync(RegisteredEntry entry, long offset)
    {
        var descriptor = entry.Descriptor;
        var device = book.Find(entry.Device);
        _effects.Registered(descriptor.Kind);
        if (device is null)
        {
            device = new SectorDevice
            {
                Id = entry.Device,
                Kind = descriptor.Kind,
                Contribution = new Contribution { Kind = descriptor.Kind, Status = DeviceStatus.Unknown },
                ChangedAt = offset,
            };
            book.Add(device);
        }

        device.Position = descriptor.Position;
        device.Subscriber = PersonalData.SubscriberOf(descriptor);
        device.HasOwnInterval = SilencePolicy.HasOwnInterval(descriptor);
        device.HasNotedOwn = true;
        Link(device, DeviceLinks.Of(descriptor));
        alarms.Place(device, AlarmTopology.Of(descriptor));
        alarms.SetWorks(device, descriptor.Flag(AlarmTopology.UnderWorks), entry.ReceivedAt.ToMilliseconds(), offset);
        entry = WithDefaults(entry, offset);
        book.Expect(device, device.LastHeardAt, device.ExpectedSince, SilencePolicy.SilentAfter(descriptor, entry.Defaults.Of(descriptor.Kind)));
        book.Follow(device, DescriptorRules.CabinetHeard(descriptor));
        book.Zones.Place(device, ZonePlace.Of(descriptor));
        await HandToAsync(device, entry, offset);
        await DrainAsync();
        book.MarkChanged(device, offset);
    }

    /// <summary>Sensors of the surroundings are always looked at: others hang together with them.</summary>
    private void Link(SectorDevice device, DeviceLinks links, bool isGone = false)
    {
        var isLinked = !isGone && (!links.IsEmpty || device.Kind == DeviceKind.Environment);
        if (isLinked || device.IsLinked)
        {
            _effects.Linked(new LinkedDeviceRow(device.Id, device.Kind, isLinked ? sector : null, links));
        }

        device.IsLinked = isLinked;
    }

    /// <summary>One entry for all devices of the kinds that are given something else than before.</summary>
    private async ValueTask ConfigureAsync(ParametersEntry entry, long offset)
    {
        var former = book.Parameters.At(offset - 1);
        book.Parameters.Set(offset, entry.Defaults);
        var changed = Enum.GetValues<DeviceKind>().Where(kind => !former.Of(kind).SequenceEqual(entry.Defaults.Of(kind))).ToHashSet();
        foreach (var device in book.Devices.Where(device => changed.Contains(device.Kind)).ToArray())
        {
            if (device is { HasOwnInterval: false, SilentAfter: not null })
            {
                var silence = SilencePolicy.SilentAfter(device.Kind, new ParameterSource(null, entry.Defaults.Of(device.Kind)));
                book.Expect(device, device.LastHeardAt, device.ExpectedSince, silence);
            }

            await HandToAsync(device, entry, offset);
            if (_underWay.Count >= MaximumUnderWay)
            {
                await DrainAsync();
            }
        }

        await DrainAsync();
        _effects.Configured(changed);
    }

    /// <summary>With what its sector gives to a device as of an offset.</summary>
    private RegisteredEntry WithDefaults(RegisteredEntry entry, long offset)
    {
        var (defaults, held) = (book.Parameters.At(offset), rules.At(offset));
        return defaults.IsEmpty && held.Hash == 0 ? entry : entry with { Defaults = defaults, Rules = held };
    }

    private async ValueTask RemoveAsync(RemovedEntry entry, long offset)
    {
        // The grain is told even when the books have lost the device already: a replay after a crash must end the same way.
        var device = book.Find(entry.Device);
        var grain = device?.GrainBy(grains) ?? grains.Get(entry.Kind, entry.Device);
        var outcome = await grain.Apply(entry, new LogPosition(sector, offset), device?.Offset ?? 0);
        if (outcome.Disposition == Disposition.Behind && device is not null)
        {
            await CatchDeviceUpAsync(device, entry, offset, outcome.Offset);
        }

        _effects.Registered(entry.Kind);
        if (device is not null)
        {
            Link(device, default, isGone: true);
            alarms.Remove(device, entry.ReceivedAt.ToMilliseconds(), offset);
            book.Remove(device, offset);
        }
    }

    private async ValueTask HandToAsync(SectorDevice? device, LogEntry entry, long offset)
    {
        if (device is null)
        {
            meter.UnknownDevice();
            return;
        }

        if (device.IsBusy)
        {
            await DrainAsync();
        }

        _effects.Reported(device, entry);

        // A device that throws at once fails like one that throws later.
        ValueTask<DeviceOutcome> call;
        try
        {
            call = device.GrainBy(grains).Apply(entry, new LogPosition(sector, offset), device.Offset);
        }
        catch (Exception exception)
        {
            call = ValueTask.FromException<DeviceOutcome>(exception);
        }

        if (call.IsCompletedSuccessfully)
        {
            var outcome = call.Result;
            if (outcome.Disposition is not (Disposition.Behind or Disposition.LacksRules))
            {
                Settle(device, outcome, entry, offset);
                return;
            }

            call = ValueTask.FromResult(outcome);
        }

        // Not as a task: those that have come by the time they are looked at cost no turn each.
        device.IsBusy = true;
        _underWay.Add((device, entry, offset, call));
    }

    private async ValueTask DrainAsync()
    {
        if (_underWay.Count == 0)
        {
            return;
        }

        Exception? unreachable = null;
        foreach (var (device, entry, offset, call) in _underWay)
        {
            try
            {
                var outcome = await CompleteAsync(device, entry, offset, await call);

                Settle(device, outcome, entry, offset);
            }
            catch (Exception exception)
            {
                unreachable ??= await RetryAsync(device, entry, offset, exception);
            }
            finally
            {
                device.IsBusy = false;
            }
        }

        _underWay.Clear();
        if (unreachable is not null)
        {
            ExceptionDispatchInfo.Throw(unreachable);
        }
    }

    /// <summary>
    /// A call that failed may have been applied or not: once more tells. A device that fails twice must not stop its neighbours. A store that cannot be reached is no
    /// fault of the device: that is answered, nothing of the delivery counts as applied, and it is read from the log again until the store is back.
    /// </summary>
    private async ValueTask<Exception?> RetryAsync(SectorDevice device, LogEntry entry, long offset, Exception first)
    {
        try
        {
            var outcome = await CompleteAsync(device, entry, offset, await device.GrainBy(grains).Apply(entry, new LogPosition(sector, offset), device.Offset));
            Settle(device, outcome, entry, offset);
        }
        catch (Exception exception) when (IsUnreachable(exception))
        {
            return exception;
        }
        catch (Exception exception)
        {
            meter.EntryFailed();
            LogEntryFailed(logger, sector, device.Id, offset, first.Message, exception);
        }

        return null;
    }

    /// <summary>True for what a store or the way to it does, and will not do for ever.</summary>
    internal static bool IsUnreachable(Exception exception) =>
        exception is (IOException or StorageOverloadedException or TimeoutException or InconsistentStateException) and not IPermanentFault;

    /// <summary>Persists a device, and first hands it again what it lost since, if its process died alone.</summary>
    public ValueTask SaveAsync(SectorDevice device)
    {
        var expected = device.Offset;
        ValueTask<LogPosition> saving;
        try
        {
            saving = device.GrainBy(grains).Save();
        }
        catch (Exception exception)
        {
            // One that throws at once fails like one that throws later.
            return ValueTask.FromException(exception);
        }

        return saving.IsCompletedSuccessfully ? CompleteAsync(device, saving.Result, expected) : CompleteAfterAsync(device, saving, expected);
    }

    private async ValueTask CompleteAfterAsync(SectorDevice device, ValueTask<LogPosition> saving, long expected) =>
        await CompleteAsync(device, await saving, expected);

    private ValueTask CompleteAsync(SectorDevice device, LogPosition at, long expected) =>
        at.Offset < expected && (at.Sector == sector || at.Sector.Length == 0) ? SaveAgainAsync(device, at.Offset, expected) : ValueTask.CompletedTask;

    private async ValueTask SaveAgainAsync(SectorDevice device, long deviceOffset, long expected)
    {
        await HandAgainAsync(device, deviceOffset, expected);
        await device.GrainBy(grains).Save();
    }

    private async ValueTask<DeviceOutcome> CatchDeviceUpAsync(SectorDevice device, LogEntry entry, long offset, long deviceOffset) =>
        await ApplyToAsync(device, entry, offset, await HandAgainAsync(device, deviceOffset, offset - 1));

    /// <summary>Hands a device that has lost memory what the log has for it after its offset; answers where it is then.</summary>
    private async Task<long> HandAgainAsync(SectorDevice device, long deviceOffset, long upTo)
    {
        meter.DeviceBehind();
        LogDeviceBehind(logger, sector, device.Id, deviceOffset, upTo);
        await foreach (var batch in log.ReadAsync(sector, deviceOffset, CancellationToken.None))
        {
            for (var index = 0; index < batch.Entries.Length; index++)
            {
                var at = batch.FirstOffset + index;
                var missed = batch.Entries[index];
                if (at > deviceOffset && at <= upTo && (missed.Device == device.Id || missed.Device == device.Follows || missed is ParametersEntry or RulesEntry or RulesLookEntry))
                {
                    missed = missed is RegisteredEntry registered ? WithDefaults(registered, at) : missed;
                    deviceOffset = (await ApplyToAsync(device, missed, at, deviceOffset)).Offset;
                }
            }
        }

        return deviceOffset;
    }

    /// <summary>What the device answers once it has what it misses.</summary>
    private ValueTask<DeviceOutcome> CompleteAsync(SectorDevice device, LogEntry entry, long offset, DeviceOutcome outcome) => outcome.Disposition switch
    {
        Disposition.Behind => CatchDeviceUpAsync(device, entry, offset, outcome.Offset),
        Disposition.LacksRules => ApplyToAsync(device, entry, offset, device.Offset),
        _ => ValueTask.FromResult(outcome),
    };

    private void Settle(SectorDevice device, in DeviceOutcome outcome, LogEntry entry, long offset)
    {
        if (outcome.Disposition == Disposition.Elsewhere)
        {
            return;
        }

        device.Offset = Math.Max(device.Offset, Math.Max(outcome.Offset, offset));
        device.IsDirty = true;

        // A device that is ahead of the entry, in a replay, tells what it will hold then.
        if (outcome.Holding != device.Holding && (outcome.Disposition == Disposition.Applied || offset >= outcome.Offset))
        {
            rules.ExpectTurn(entry.ReceivedAt);
            alarms.Change(device, device.Holding, outcome.Holding, entry.ReceivedAt.ToMilliseconds(), offset);
            device.Holding = outcome.Holding;
        }

        if (outcome.Disposition == Disposition.Applied || offset >= outcome.Offset)
        {
            rules.Expect(device, outcome.RulesDueAt);
        }

        book.Expect(device, outcome.LastHeardAt, outcome.ExpectedSince, SilentAfter(device, outcome));
        book.Replace(device, outcome.Contribution);

        // A duplicate is the replay of something that was applied before the books were lost: a live client may not have seen it.
        if (outcome.Visible || outcome.Disposition == Disposition.Duplicate)
        {
            book.MarkChanged(device, offset);
        }

        Carry(device, outcome.Effects, entry, offset);
    }

    /// <summary>What it says itself counts, then what its territories give, then what is usual of it.</summary>
    private TimeSpan? SilentAfter(SectorDevice device, in DeviceOutcome outcome) =>
        outcome.UsualIntervalMinutes is { } usual && device is { SilentAfter: not null, HasOwnInterval: false } && !book.Parameters.GivesInterval(device.Kind)
            ? SilencePolicy.SilentAfter(usual)
            : device.SilentAfter;

    [LoggerMessage(EventId = 1100, Level = LogLevel.Error, Message = "Sector {Sector}: device {Device} failed twice on entry {Offset} (first: {First}); the entry is skipped for it")]
    private static partial void LogEntryFailed(ILogger logger, string sector, string device, long offset, string first, Exception exception);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "Sector {Sector}: device {Device} is at {DeviceOffset} and was at {Expected}; it is caught up from the log")]
    private static partial void LogDeviceBehind(ILogger logger, string sector, string device, long deviceOffset, long expected);
}
