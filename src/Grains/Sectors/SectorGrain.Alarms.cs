using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.Intake;

namespace Grid.Grains.Sectors;

/// <summary>The alarms of the sector: what people and others do to them goes through its log like everything else, so that it is durable when it is answered and a replay does it again.</summary>
public sealed partial class SectorGrain
{
    private long _alarmClockSetFor = long.MaxValue;

    public ValueTask<ImmutableArray<AlarmView>> GetAlarms(AlarmFilter filter) => new(_alarms.List(filter));

    public ValueTask<AlarmView?> GetAlarm(string alarm) => new(_alarms.Show(alarm));

    public async Task<ImmutableArray<AlarmAnswer>> OrderAlarms(ImmutableArray<string> alarms, AlarmOrder order)
    {
        // What is under way is applied first, so that the order meets what its giver saw.
        await ReadLogAsync(long.MaxValue);
        var now = Now();
        var refused = new Dictionary<string, (string Field, string Reason)>(StringComparer.Ordinal);
        var entries = new List<LogEntry>();
        foreach (var id in alarms.Distinct(StringComparer.Ordinal))
        {
            if (Refuse(id, order, now.ToMilliseconds()) is { } fault)
            {
                refused[id] = fault;
            }
            else if (AlarmIds.TryParse(id, out var source, out var condition) && (_alarms.Find(id) is not { } alarm || AlarmLife.Carry(alarm, order, now.ToMilliseconds()) != alarm))
            {
                entries.Add(new AlarmOrderEntry { Device = source, ReceivedAt = now, Condition = condition, Order = order });
            }
        }

        await AppendAsync(entries);
        return
        [
            .. alarms.Select(id => new AlarmAnswer
            {
                Alarm = _alarms.Show(id),
                Field = refused.TryGetValue(id, out var fault) ? fault.Field : null,
                Reason = refused.TryGetValue(id, out fault) ? fault.Reason : null,
            }),
        ];
    }

    public async Task SignalAlarms(ImmutableArray<AlarmSignal> signals)
    {
        // Beside what the sector does: who signals may be waited for by its turn. So it is applied when its log delivers it.
        var now = Now();
        ImmutableArray<LogEntry> entries = [.. signals.Where(_alarms.IsNews).Select(signal => new AlarmSignalEntry { Device = signal.Source, ReceivedAt = now, Signal = signal })];
        if (!entries.IsEmpty)
        {
            await writer.AppendAsync([new SectorEntries(_sector, entries)], CancellationToken.None);
        }
    }

    public ValueTask<AlarmCauseGlance> GetAlarmCause(string cause) => new(_alarms.Glance(cause));

    public async Task FoldAlarmCause(string cause, string? home)
    {
        // Beside what the sector does, as signals are.
        if (_alarms.Glance(cause).Home != home)
        {
            await writer.AppendAsync([new SectorEntries(_sector, [new AlarmCauseEntry { Device = cause, ReceivedAt = Now(), Home = home }])], CancellationToken.None);
        }
    }

    public ValueTask<ImmutableArray<MovingAlarms>> GetMovingAlarms(ImmutableArray<string> devices) => new(_alarms.MovingOf(devices));

    public Task ForgetMovingAlarms(ImmutableArray<string> devices, long revision)
    {
        _alarms.ForgetMoving(devices, revision);
        return Task.CompletedTask;
    }

    /// <summary>What is not there yet may be put aside all the same: a condition of a device that is known.</summary>
    private (string Field, string Reason)? Refuse(string id, AlarmOrder order, long now)
    {
        var alarm = _alarms.Find(id);
        var isGone = AlarmIds.TryParse(id, out var of, out _) && AlarmIds.SectorOf(of) is null && _book.Find(of) is null;
        if (isGone)
        {
            return ("id", "is no alarm of a device that is here");
        }

        if (alarm is null
            && (order.Action is AlarmAction.Acknowledge or AlarmAction.Unshelve or AlarmAction.ReturnToService
                || !AlarmIds.TryParse(id, out var source, out var condition) || _book.Find(source) is null || AlarmCatalog.Find(condition) is null))
        {
            return ("id", "is no alarm of a device that is here");
        }

        return AlarmLife.Refuse(alarm, order, now);
    }

    private async Task AppendAsync(IReadOnlyCollection<LogEntry> entries)
    {
        if (entries.Count > 0)
        {
            await writer.AppendAsync([new SectorEntries(_sector, [.. entries])], CancellationToken.None);
            await ReadLogAsync(long.MaxValue);
        }
    }

    /// <summary>Tells who looks, at once; and sets the clock for what time alone will change.</summary>
    private async ValueTask AnnounceAlarmsAsync()
    {
        if (_alarms.Due != _alarmClockSetFor)
        {
            _alarmClockSetFor = _alarms.Due;
            var wait = _alarms.Due == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(_alarms.Due - Now().ToMilliseconds(), 1, options.LookEvery.TotalMilliseconds));
            _alarmClock.Change(wait, Timeout.InfiniteTimeSpan);
        }

        if (_alarms.TakeDropped() is > 0 and var dropped)
        {
            meter.AlarmsDropped(dropped);
        }

        foreach (var cause in _alarms.TakeSpanning())
        {
            await GrainFactory.GetGrain<ICauseAlarmsGrain>(cause).Hint(_sector);
        }

        var news = _alarms.TakeNews();
        if (!news.IsEmpty)
        {
            meter.AlarmsChanged(news.Length);
            await _observers.Notify(observer => observer.OnAlarms(news));
            await GrainFactory.GetGrain<ICommuneAlarmsGrain>(SectorMap.CommuneOf(_sector)).Hint();
        }
    }

    /// <summary>Time changes alarms as an entry of the log.</summary>
    private async Task TellTimeAsync(CancellationToken cancellationToken)
    {
        _alarmClockSetFor = long.MaxValue;
        var now = Now();
        if (_alarms.Due <= now.ToMilliseconds())
        {
            await AppendAsync([new AlarmClockEntry { Device = "", ReceivedAt = now }]);
        }

        await AnnounceAlarmsAsync();
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
