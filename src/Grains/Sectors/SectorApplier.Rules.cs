using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;

namespace Grid.Grains.Sectors;

/// <summary>The rules that operators wrote: handed to devices, given time, and what follows from them.</summary>
internal sealed partial class SectorApplier
{
    /// <summary>One entry for all devices: each finds which rules concern it.</summary>
    private async ValueTask FollowAsync(RulesEntry entry, long offset)
    {
        var former = rules.At(offset - 1);
        rules.Set(offset, entry.Rules);
        await HandToAllAsync([.. book.Devices], entry, offset);
        Carry(turn.Replace(entry.Rules, former, entry.ReceivedAt.ToMilliseconds(), offset), entry, offset);
    }

    /// <summary>Time for the devices whose rules are due.</summary>
    private ValueTask LookAsync(RulesLookEntry entry, long offset) => HandToAllAsync(rules.FindDue(book, entry.ReceivedAt), entry, offset);

    /// <summary>What was decided when the rules that ask for more than a device were judged.</summary>
    private ValueTask TurnAsync(RuleTurnEntry entry, long offset)
    {
        Carry(turn.Apply(entry, rules.At(offset), offset), entry, offset);
        return ValueTask.CompletedTask;
    }

    private void Carry(List<(SectorDevice Device, DeviceEffect Effect)> effects, LogEntry entry, long offset)
    {
        foreach (var (device, effect) in effects)
        {
            Carry(device, [effect], entry, offset);
        }
    }

    /// <summary>Alarms of rules move those of the sector, in the order of its log; everything else is carried out at the end.</summary>
    private void Carry(SectorDevice device, ImmutableArray<DeviceEffect> effects, LogEntry entry, long offset)
    {
        if (effects.IsDefaultOrEmpty)
        {
            return;
        }

        foreach (var alarm in effects.OfType<RuleAlarm>())
        {
            var signal = new AlarmSignal
            {
                Source = device.Id,
                Condition = alarm.Condition,
                IsActive = alarm.Active,
                Text = alarm.Active ? alarm.Message : null,
                Priority = alarm.Active ? alarm.Priority : null,
                Class = alarm.Active ? alarm.Class : null,
            };
            if (alarm.Active)
            {
                alarms.Confirm(AlarmIds.Of(device.Id, alarm.Condition), offset);
            }

            if (alarms.IsNews(signal))
            {
                rules.AlarmsChanged(entry.ReceivedAt);
                alarms.Take(new AlarmSignalEntry { Device = device.Id, ReceivedAt = entry.ReceivedAt, Signal = signal }, offset);
            }
        }

        _effects.Add(device, effects);
    }

    private async ValueTask HandToAllAsync(List<SectorDevice> devices, LogEntry entry, long offset)
    {
        foreach (var device in devices)
        {
            await HandToAsync(device, entry, offset);
            if (_underWay.Count >= MaximumUnderWay)
            {
                await DrainAsync();
            }
        }

        await DrainAsync();
    }

    /// <summary>To a device of another process, which may not have seen the rules that it has followed so far.</summary>
    private async ValueTask<DeviceOutcome> ApplyToAsync(SectorDevice device, LogEntry entry, long offset, long after)
    {
        var outcome = await device.GrainBy(grains).Apply(entry, new LogPosition(sector, offset), after);
        if (outcome.Disposition != Disposition.LacksRules)
        {
            return outcome;
        }

        await device.GrainBy(grains).LearnRules(rules.At(offset - 1));
        return await device.GrainBy(grains).Apply(entry, new LogPosition(sector, offset), after);
    }
}
