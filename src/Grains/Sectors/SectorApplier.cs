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

    /// <summary>True while entries are being applied.</summary>
    public bool IsApplying { get; private set; }

    /// <summary>False while entries are applied by half, also after that has failed: what is held is then more than the log gives up to the offset of the books.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>Called on the sector's turn when entries were applied, or that has failed.</summary>
    public Action Applied { get; init; } = static () => { };

    /// <summary>Applies consecutive entries; those that are applied already are skipped. Effects are carried out before it completes.</summary>
    public async ValueTask ApplyAsync(ImmutableArray<LogEntry> entries, long firstOffset)
    {
        (IsApplying, IsExact) = (true, false);
        try
        {
            await ApplyAllAsync(entries, firstOffset);
            IsExact = true;
        }
        finally
        {
            IsApplying = false;
            Applied();
        }
    }

    private async ValueTask ApplyAllAsync(ImmutableArray<LogEntry> entries, long firstOffset)
    {
        var skipped = (int)Math.Clamp(book.Offset + 1 - firstOffset, 0, entries.Length);
        for (var index = skipped; index < entries.Length; index++)
        {
            var entry = entries[index];
            var offset = firstOffset + index;
            if (entry is ReadingEntry or SilencedEntry)
            {
                await HandOnAsync(entry, offset);
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
        book.Offset = Math.Max(book.Offset, firstOffset + entries.Length - 1);
        meter.Applied(entries.Length - skipped);
    }

    private ValueTask ChangeSectorAsync(LogEntry entry, long offset) => entry switch
    {
        RegisteredEntry registered => RegisterAsync(registered, offset),
        RemovedEntry removed => RemoveAsync(removed, offset),
        ParametersEntry given => ConfigureAsync(given, offset),
        RulesEntry given => FollowAsync(given, offset),
        RulesLookEntry look => LookAsync(look, offset),
        RuleTurnEntry decided => TurnAsync(decided, offset),
        AlarmOrderEntry ordered => ChangeAlarms(() => alarms.Take(ordered, offset), entry),
        AlarmSignalEntry signalled => ChangeAlarms(() => alarms.Take(signalled, offset), entry),
        AlarmClockEntry clock => ChangeAlarms(() => alarms.Take(clock, offset), entry),
        AlarmCauseEntry told => ChangeAlarms(() => alarms.Take(told, offset), entry),
        AlarmSettingsEntry given => ChangeAlarms(() => alarms.Take(given, offset), entry),
        _ => throw new InvalidDataException($"The log of sector {sector} has an entry of unknown type {entry.GetType().Name} at {offset}."),
    };

    private ValueTask ChangeAlarms(Action change, LogEntry entry)
    {
        change();
        rules.AlarmsChanged(entry.ReceivedAt);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Hands an entry to a device and to those that follow it. A device answers nearly always at once: then nothing here waits, and nothing is set up for it to wait.
    /// </summary>
    private ValueTask HandOnAsync(LogEntry entry, long offset)
    {
        var device = book.Find(entry.Device);
        var handing = HandToAsync(device, entry, offset);
        if ((device is null ? book.FollowersOf(entry.Device) : device.Followers) is not { } followers)
        {
            return handing;
        }

        for (var place = 0; place < followers.Count; place++)
        {
            if (!handing.IsCompletedSuccessfully)
            {
                return HandOnAfterAsync(handing, followers, place, entry, offset);
            }

            handing = HandToAsync(followers[place], entry, offset, isFollower: true);
        }

        return handing;
    }

    private async ValueTask HandOnAfterAsync(ValueTask handing, List<SectorDevice> followers, int place, LogEntry entry, long offset)
    {
        await handing;
        for (; place < followers.Count; place++)
        {
            await HandToAsync(followers[place], entry, offset, isFollower: true);
        }
    }

    private ValueTask HandToAsync(SectorDevice? device, LogEntry entry, long offset, bool isFollower = false)
    {
        if (device is null)
        {
            meter.UnknownDevice();
            return default;
        }

        if (device.IsBusy)
        {
            return HandToAfterAsync(device, entry, offset, isFollower);
        }

        Call(device, entry, offset, isFollower);
        return default;
    }

    private async ValueTask HandToAfterAsync(SectorDevice device, LogEntry entry, long offset, bool isFollower)
    {
        await DrainAsync();
        Call(device, entry, offset, isFollower);
    }

    private void Call(SectorDevice device, LogEntry entry, long offset, bool isFollower)
    {
        if (!isFollower)
        {
            _effects.Reported(device, entry);
        }

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

    private void Settle(SectorDevice device, in DeviceOutcome outcome, LogEntry entry, long offset)
    {
        if (outcome.Disposition == Disposition.Elsewhere)
        {
            // It has left since: what its rules did here before may not have been carried out.
            Carry(device, outcome.Effects, entry, offset);
            return;
        }

        device.Offset = Math.Max(device.Offset, Math.Max(outcome.Offset, offset));
        device.IsDirty = true;

        // A device that is ahead of the entry, in a replay, tells what it will hold then.
        if (outcome.Holding != device.Holding && (outcome.Disposition == Disposition.Applied || offset >= outcome.Offset))
        {
            rules.Changed(entry.ReceivedAt);
            alarms.Change(device, device.Holding, outcome.Holding, entry.ReceivedAt.ToMilliseconds(), offset);
            device.Holding = outcome.Holding;
        }

        if (outcome.Disposition == Disposition.Applied || offset >= outcome.Offset)
        {
            rules.Expect(device, outcome.RulesDueAt);
        }

        ExpectAsOf(device, outcome);
        if (outcome.Contribution.Status != device.Contribution.Status)
        {
            rules.Changed(entry.ReceivedAt);
        }

        book.Replace(device, outcome.Contribution);

        // A duplicate is the replay of something that was applied before the books were lost: a live client may not have seen it.
        if (outcome.Visible || outcome.Disposition == Disposition.Duplicate)
        {
            book.MarkChanged(device, offset);
        }

        Carry(device, outcome.Effects, entry, offset);
    }

    private void ExpectAsOf(SectorDevice device, in DeviceOutcome outcome)
    {
        var given = book.Parameters.RhythmOf(device.Kind);
        device.IntervalMinutes = SilencePolicy.IntervalMinutes(device.Own, given, device.Kind, outcome.UsualIntervalMinutes);
        book.Expect(
            device,
            outcome.LastHeardAt,
            outcome.ExpectedSince,
            device.SilentAfter is null ? null : SilencePolicy.SilentAfter(device.Own, given, device.Kind, outcome.UsualIntervalMinutes, outcome.LostPerBillion, outcome.LateSeconds));
    }

    [LoggerMessage(EventId = 1100, Level = LogLevel.Error, Message = "Sector {Sector}: device {Device} failed twice on entry {Offset} (first: {First}); the entry is skipped for it")]
    private static partial void LogEntryFailed(ILogger logger, string sector, string device, long offset, string first, Exception exception);
}
