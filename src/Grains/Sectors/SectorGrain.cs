using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.History;
using Grid.Grains.Intake;
using Grid.Grains.Parameters;
using Grid.Grains.RollUp;
using Grid.Grains.Rules;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.Utilities;

namespace Grid.Grains.Sectors;

/// <summary>The sector: see <see cref="ISectorGrain"/>. Deliveries go one by one; only a checkpoint goes on beside them.</summary>
public sealed partial class SectorGrain(
    [PersistentState("sector")] IPersistentState<SectorState> state,
    IReadingLog log,
    LogWriter writer,
    ISubscriberKeys keys,
    LogRelease release,
    TerritoryParameters territory,
    TerritoryRules operatorRules,
    DeviceContext devices,
    IDeviceRegistry registry,
    LocalCalendars calendars,
    SectorOptions options,
    FigureOptions figureOptions,
    SectorMeter meter,
    TimeProvider clock,
    ILogger<SectorGrain> logger) : Grain, ISectorGrain
{
    private readonly ObserverManager<ISectorObserver> _observers = new(TimeSpan.FromMinutes(2), logger);
    private SectorBook _book = new();
    private SectorAlarms _alarms = null!;
    private SectorRules _rules = null!;
    private SectorRuleTurn _ruleTurn = null!;
    private SectorApplier _applier = null!;
    private IAsyncStream<SectorPartial> _stream = null!;
    private IGrainTimer _publish = null!;
    private IGrainTimer _checkpoint = null!;
    private IGrainTimer _look = null!;
    private IGrainTimer _alarmClock = null!;
    private ParameterLook _parameters = null!;
    private string _sector = "";
    private SectorPartial? _partial;
    private DateTimeOffset _recountedAt;
    private long _epoch;

    // Where its log ended when it started: before it is there, what it holds is older than what it was once.
    private long _startedAt = long.MaxValue;
    private bool _isPublishDue;
    private bool _isCheckpointDue;
    private Task _checkpointing = Task.CompletedTask;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _sector = this.GetPrimaryKeyString();
        // Its sweep must go on when nothing is heard: a timer alone does not keep a grain.
        DelayDeactivation(TimeSpan.MaxValue);
        _epoch = await writer.EpochOfAsync(_sector, cancellationToken);
        _book = SectorSnapshot.Read(state.State.Books, options.NewBook(), keys);
        _alarms = new SectorAlarms(_sector, _book);
        _alarms.Resume(state.State.Alarms);
        _alarmClock = this.RegisterGrainTimer(TellTimeAsync, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _rules = new SectorRules(devices.Rules, (long)options.RulesLookEvery.TotalMilliseconds);
        _rules.Resume(state.State.Rules, _book);
        _ruleTurn = new SectorRuleTurn(_sector, _book, _alarms, devices.Rules, devices.Places.Of(SectorMap.CommuneOf(_sector)));
        _ruleTurn.Resume(state.State.Rules);
        _applier = new SectorApplier(_sector, _book, _alarms, _rules, _ruleTurn, GrainFactory, log, meter, logger) { Applied = OnApplied };
        _stream = this.GetStreamProvider(RollUpStreams.Provider).GetStream<SectorPartial>(
            StreamId.Create(RollUpStreams.Sectors, SectorMap.CommuneOf(_sector)));
        _publish = this.RegisterGrainTimer(PublishAsync, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _checkpoint = this.RegisterGrainTimer(
            static (grain, _) => grain.Checkpoint(),
            this,
            new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        this.RegisterGrainTimer(SweepAsync, options.SweepEvery, options.SweepEvery);
        _parameters = new ParameterLook(_sector, GrainFactory, territory, registry, writer, options);
        _look = this.RegisterGrainTimer(
            (_, _) => _parameters.LookAsync(_book, _alarms, clock),
            this,
            new GrainTimerCreationOptions(_book.Count == 0 ? options.PublishAfter : options.CatchUpAfter, Timeout.InfiniteTimeSpan) { Interleave = true });

        StartRules();
        var head = await log.GetHeadAsync(_sector, cancellationToken);
        _startedAt = head;
        if (head - _book.Offset <= options.ReplayAtOnce)
        {
            await ReadLogAsync(long.MaxValue);
        }
        else
        {
            // What gathered since the books takes long, and until then they answer for what they hold. Whoever cannot wait asks.
            this.RegisterGrainTimer(static (grain, _) => grain.CatchUp(), this, options.CatchUpAfter, Timeout.InfiniteTimeSpan);
        }

        release.Follow(_sector, head);
        await WakeAsync();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_isCheckpointDue)
        {
            await Checkpoint();
        }
    }

    public async Task Deliver(SectorDelivery delivery)
    {
        await TakeAsync(delivery);
        await AnnounceAlarmsAsync();
        Changed();
    }

    public async Task DeliverAll(ImmutableArray<SectorDelivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            await TakeAsync(delivery);
        }

        await AnnounceAlarmsAsync();
        Changed();
    }

    private async ValueTask TakeAsync(SectorDelivery delivery)
    {
        if (delivery.Entries is [{ ReceivedAt: var next }, ..] && delivery.PreviousOffset <= _book.Offset)
        {
            await PassToAsync(next);
        }

        if (delivery.PreviousOffset > _book.Offset)
        {
            meter.DeliveryMissed();
            await ReadLogAsync(delivery.FirstOffset - 1);
        }

        var devices = _book.Count;
        await _applier.ApplyAsync(delivery.Entries, delivery.FirstOffset);
        if (_book.Count != devices)
        {
            // Who comes may be the first here, when nobody told the sector anything, or the one for which a rule is; who leaves takes that along.
            await RenewParameters();
        }
    }

    private bool IsBehind => _book.Offset < _startedAt;

    public Task CatchUp() => ReadLogAsync(long.MaxValue);

    public Task Checkpoint() => _checkpointing = CheckpointAfterAsync(_checkpointing);

    public Task RenewParameters()
    {
        _parameters.Hint();
        _look.Change(options.PublishAfter, Timeout.InfiniteTimeSpan);

        // Who is competent here may be another, also for rules.
        return RenewRules();
    }

    private async Task ReadLogAsync(long upTo)
    {
        if (await log.GetHeadAsync(_sector, CancellationToken.None) <= _book.Offset)
        {
            return;
        }

        await foreach (var batch in log.ReadAsync(_sector, _book.Offset, CancellationToken.None))
        {
            if (batch.FirstOffset > upTo)
            {
                break;
            }

            if (_rules.Turn.Next != RuleTurnClock.Soon && batch.Entries is [{ ReceivedAt: var next }, ..])
            {
                await PassToAsync(next);
            }

            await _applier.ApplyAsync(batch.Entries, batch.FirstOffset);
        }

        await AnnounceAlarmsAsync();
        Changed();
    }

    private void Changed()
    {
        WatchRules();
        PublishSoon();
        if (!_isCheckpointDue)
        {
            _isCheckpointDue = true;
            _checkpoint.Change(options.CheckpointAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private void PublishSoon()
    {
        if (!_isPublishDue)
        {
            _isPublishDue = true;
            _publish.Change(options.PublishAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        _isPublishDue = false;
        var partial = Partial();
        try
        {
            await _stream.OnNextAsync(partial);
        }
        catch
        {
            // Not accepted, such as when a commune is too far behind: told again, without waiting for the next change.
            PublishSoon();
            throw;
        }

        await _observers.Notify(observer => observer.OnAdvanced(partial.Version));
    }

    /// <summary>What is to be switched by plan, or to be found across trades, is so when nobody asks for it.</summary>
    private async ValueTask WakeAsync()
    {
        await GrainFactory.GetGrain<ICommuneRulesGrain>(SectorMap.CommuneOf(_sector)).Wake();
        if (_book.Devices.Any(device => device.IsLinked))
        {
            await GrainFactory.GetGrain<ICommuneFindingsGrain>(SectorMap.CommuneOf(_sector)).Wake();
        }

        if (_alarms.HasUnacknowledged)
        {
            await GrainFactory.GetGrain<ICommuneAlarmsGrain>(SectorMap.CommuneOf(_sector)).Hint();
        }

        foreach (var cause in _alarms.SpanningCauses().ToArray())
        {
            await GrainFactory.GetGrain<ICauseAlarmsGrain>(cause).Hint(_sector);
        }

        if (_book.Devices.Any(device => device.Kind is DeviceKind.Cabinet or DeviceKind.Streetlight))
        {
            await GrainFactory.GetGrain<ISectorControllersGrain>(_sector).Wake();
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _recountedAt >= options.RecountEvery)
        {
            _recountedAt = now;
            await WakeAsync();
            if (_book.Recount())
            {
                meter.Drift();
            }
        }

        if (_parameters.IsDue(now))
        {
            _look.Change(options.PublishAfter, Timeout.InfiniteTimeSpan);
        }

        if (_ruleLook.IsDue(now))
        {
            _lookAtRules.Change(options.PublishAfter, Timeout.InfiniteTimeSpan);
        }

        if (now < _book.SilenceFrom)
        {
            return;
        }

        var silent = _book.FindSilent(now);
        if (silent.Count > 0)
        {
            // Delivered to this sector like everything else, after this turn.
            await writer.AppendAsync(
                [new SectorEntries(_sector, [.. silent.Select(device => new SilencedEntry { Device = device.Id, ReceivedAt = now, LastHeardAt = device.ExpectedSince!.Value })])],
                cancellationToken);
        }
    }
}
