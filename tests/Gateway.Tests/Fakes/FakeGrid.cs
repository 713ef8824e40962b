using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grid.Client;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Lighting;
using Grid.Contracts.Notifications;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Orleans;

namespace Grid.Tests.Gateway.Fakes;

/// <summary>A city in memory with the semantics that the gateway relies on: versioned sectors, sums that are told, devices that are asked.</summary>
internal sealed class FakeGrid : IGridGrains
{
    private readonly ConcurrentDictionary<string, FakeSector> _sectors = new();
    private readonly ConcurrentDictionary<string, FakeTerritory> _territories = new();
    private readonly ConcurrentDictionary<string, FakeCommand> _commands = new();

    private readonly ConcurrentDictionary<string, FakeWaterZones> _zones = new();

    public ConcurrentDictionary<string, FakeDevice> Devices { get; } = new();

    /// <summary>The flags of every commune.</summary>
    public FakeFlags CommuneFlags { get; } = new();

    public ICommuneFlagsGrain Flags(string inseeCode) => CommuneFlags;

    public FakeSector SectorOf(string name) => _sectors.GetOrAdd(name, key => new(this, key));

    public FakeTerritory TerritoryOf(string scope) => _territories.GetOrAdd(scope, key => new(key));

    public IDeviceGrain Device(DeviceKind kind, string device) => Devices.GetOrAdd(device, _ => new());

    public ISectorGrain Sector(string sector) => SectorOf(sector);

    public ITerritoryGrain Commune(string inseeCode) => TerritoryOf($"commune:{inseeCode}");

    public ITerritoryGrain Body(string key) => TerritoryOf(key.StartsWith("department:", StringComparison.Ordinal) ? key : $"syndicate:{key}");

    public ICommandGrain Command(string command) => _commands.GetOrAdd(command, key => new(key));

    public IGroupCommandGrain GroupCommand(string command) => throw new InvalidOperationException("Group commands are tested with the whole program.");

    public ILightingPlanGrain LightingPlan(string plan) => throw new InvalidOperationException("Lighting plans are tested with the whole program.");

    public INotificationEndpointsGrain NotificationEndpoints() => throw new InvalidOperationException("Notifications are tested with the whole program.");

    public IOnCallGrain OnCall(string scope) => throw new InvalidOperationException("On-call is tested with the whole program.");

    public ILightingDirectoryGrain LightingDirectory() => new NoPlans();

    public ISectorControllersGrain Controllers(string sector) => throw new InvalidOperationException("Controllers are tested with the whole program.");

    public IParametersGrain Parameters(string scope) => new NoParameters();

    public IAlarmSettingsGrain AlarmSettings(string scope) => throw new NotSupportedException();

    public IRuleGrain Rule(string rule) => throw new NotSupportedException();

    public IRuleDirectoryGrain RuleDirectory() => throw new NotSupportedException();

    public IRuleTrialGrain RuleTrial(string key) => throw new NotSupportedException();

    public FakeWaterZones ZonesOf(string department) => _zones.GetOrAdd(department, _ => new());

    public ConcurrentDictionary<string, FakeFindings> FindingsOf { get; } = new();

    public ICommuneFindingsGrain Findings(string inseeCode) => FindingsOf.GetOrAdd(inseeCode, _ => new([]));

    public IWaterZonesGrain WaterZones(string department) => ZonesOf(department);

    public IWorkOrdersGrain WorkOrders(string inseeCode) => throw new InvalidOperationException("Work orders are tested with the whole program.");

    public IWorkOrderPlacesGrain WorkOrderPlaces() => throw new InvalidOperationException("Work orders are tested with the whole program.");

    public IContractsGrain ServiceContracts() => throw new InvalidOperationException("Contracts are tested with the whole program.");

    public T Observe<T>(T observer)
        where T : class, IGrainObserver => observer;

    public void Forget<T>(T reference)
        where T : class, IGrainObserver
    {
        // The reference is the observer itself: nothing to let go of.
    }
}

internal sealed class FakeDevice : IDeviceGrain
{
    public DeviceStatus Status { get; set; }

    public DateTimeOffset? LastSeen { get; set; }

    public ConcurrentDictionary<string, (double Value, DateTimeOffset Time)> Metrics { get; } = new();

    public ImmutableArray<DerivedFigure> Derived { get; set; } = [];

    public ImmutableArray<ActiveCondition> Conditions { get; set; } = [];

    public ValueTask<DeviceView> GetView() => new(new DeviceView
    {
        Status = Status,
        LastSeen = LastSeen,
        Reported = [.. Metrics.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new ReportedMetric(pair.Key, pair.Value.Value, pair.Value.Time))],
        Desired = [],
        Conditions = Conditions,
        Derived = Derived,
    });

    public ValueTask<DeviceOutcome> Apply(LogEntry entry, LogPosition at, long after) => throw new InvalidOperationException("The gateway applies nothing.");

    public ValueTask<LogPosition> Save() => ValueTask.FromResult(default(LogPosition));

    public ValueTask<LogPosition> GetPosition() => throw new InvalidOperationException("The gateway asks for no position.");

    public ValueTask<Contribution> GetContribution() => throw new InvalidOperationException("The gateway asks for no contribution.");

    public ValueTask<ImmutableArray<MetricValue>> GetMetrics(long after) => new([.. Metrics.Select(pair => new MetricValue(pair.Key, pair.Value.Value))]);

    public Task<DesiredAnswer> SetDesired(DesiredChange change) => throw new InvalidOperationException("The gateway commands through commands.");

    public Task<DeviceOrders> Renew() => throw new InvalidOperationException("The gateway commands through commands.");

    public Task LearnRules(RuleSet rules) => throw new NotSupportedException();
}

internal sealed class FakeWaterZones : IWaterZonesGrain
{
    public Dictionary<ZoneDay, ImmutableArray<WaterZoneBalance>> Balances { get; } = [];

    public Task<ImmutableArray<WaterZoneBalance>> GetBalances(ZoneDay day) => Task.FromResult(Balances.GetValueOrDefault(day, []));

    public Task Record() => throw new InvalidOperationException("The department has its zones recorded.");
}

internal sealed class FakeFindings(ImmutableArray<CrossTradeFinding> found) : ICommuneFindingsGrain
{
    public Task Link(ImmutableArray<LinkedDeviceRow> devices) => throw new InvalidOperationException("Sectors tell what hangs together.");

    public Task Wake() => Task.CompletedTask;

    public Task<ImmutableArray<CrossTradeFinding>> GetFindings() => Task.FromResult(found);
}

internal sealed class FakeFlags : ICommuneFlagsGrain
{
    public ImmutableSortedDictionary<string, int> Up { get; set; } = ImmutableSortedDictionary<string, int>.Empty;

    public Task<FlagAnswer> Hold(string flag, string rule, string device, bool isUp, DateTimeOffset at) => throw new InvalidOperationException("Rules set flags.");

    public ValueTask<ImmutableSortedDictionary<string, int>> Get() => new(Up);
}

internal sealed class FakeSector(FakeGrid grid, string name) : ISectorGrain
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DeviceDescriptor Device, long ChangedAt, string Metric)> _devices = [];
    private readonly List<(string Device, long At)> _removed = [];
    private ImmutableHashSet<ISectorObserver> _observers = [];
    private long _offset;
    private int _changesAsked;

    public long Epoch { get; set; } = 1;

    public int Observers => _observers.Count;

    public int ChangesAsked => Volatile.Read(ref _changesAsked);

    /// <summary>Registers a device, or moves one of its metrics, and tells.</summary>
    public async Task ReportAsync(DeviceDescriptor device, string metric, double value, bool tell = true)
    {
        lock (_gate)
        {
            _offset++;
            var actor = (FakeDevice)grid.Device(device.Kind, device.Id);
            actor.Status = DeviceStatus.Ok;
            actor.Metrics[metric] = (value, DateTimeOffset.UnixEpoch.AddSeconds(_offset));
            _devices[device.Id] = (device, _offset, metric);
        }

        if (tell)
        {
            await TellAsync();
        }
    }

    public Task RemoveAsync(string device)
    {
        lock (_gate)
        {
            _offset++;
            _devices.Remove(device);
            _removed.Add((device, _offset));
        }

        return TellAsync();
    }

    public ValueTask<ImmutableArray<ZonePartial>> GetWaterZones(int day) => throw new InvalidOperationException("The gateway asks the zones of a department.");

    public Task TellAsync() => Task.WhenAll(_observers.Select(observer => observer.OnAdvanced(new(name, Epoch, _offset))));

    public ValueTask<SectorPartial> GetPartial()
    {
        lock (_gate)
        {
            return new(new SectorPartial { Version = new(name, Epoch, _offset), AsOf = default, Figures = TerritoryFigures.Empty });
        }
    }

    public Task<SectorChanges> GetChanges(SectorVersion? since, DeviceFilter filter, int limit)
    {
        Interlocked.Increment(ref _changesAsked);
        lock (_gate)
        {
            var isSnapshot = since is not { } version || version.Epoch != Epoch || version.Offset > _offset;
            var after = isSnapshot ? 0 : since!.Value.Offset;
            var changed = _devices.Values.Where(item => item.ChangedAt > after).OrderBy(item => item.ChangedAt).ToArray();
            if (filter.OnlyAlarms)
            {
                return Task.FromResult(new SectorChanges
                {
                    Version = new(name, Epoch, _offset),
                    IsSnapshot = isSnapshot,
                    IsComplete = true,
                    Devices = [],
                    Removed = [],
                    Alarms = [.. Alarms.Values.Where(alarm => filter.Kinds.HasFlag((DeviceKinds)(1 << (int)alarm.Kind)) && (!isSnapshot || alarm.State != AlarmState.Normal))],
                });
            }

            var taken = isSnapshot ? changed : changed[..Math.Min(limit, changed.Length)];
            var reached = taken.Length == changed.Length ? _offset : taken[^1].ChangedAt;
            return Task.FromResult(new SectorChanges
            {
                Version = new(name, Epoch, reached),
                IsSnapshot = isSnapshot,
                IsComplete = reached == _offset,
                Devices =
                [
                    .. taken.Where(item => filter.Kinds.HasFlag((DeviceKinds)(1 << (int)item.Device.Kind))
                            && (filter.Box is not { } box || (item.Device.Position is { } position && box.Contains(position))))
                        .Select(item => new DeviceChange
                        {
                            Id = item.Device.Id,
                            Kind = item.Device.Kind,
                            Position = item.Device.Position,
                            Status = grid.Devices[item.Device.Id].Status,
                            Metrics = [.. grid.Devices[item.Device.Id].Metrics.Where(pair => isSnapshot || pair.Key == item.Metric).Select(pair => new MetricValue(pair.Key, pair.Value.Value))],
                        }),
                ],
                Removed = isSnapshot ? [] : [.. _removed.Where(item => item.At > after).Select(item => item.Device)],
            });
        }
    }

    public ValueTask<ImmutableArray<DeviceGlance?>> GetGlances(ImmutableArray<string> devices)
    {
        lock (_gate)
        {
            return new([.. devices.Select(id => _devices.ContainsKey(id) ? new DeviceGlance(grid.Devices[id].Status, grid.Devices[id].LastSeen) : (DeviceGlance?)null)]);
        }
    }

    public Task Watch(ISectorObserver observer)
    {
        ImmutableInterlocked.Update(ref _observers, set => set.Add(observer));
        return Task.CompletedTask;
    }

    public Task Unwatch(ISectorObserver observer)
    {
        ImmutableInterlocked.Update(ref _observers, set => set.Remove(observer));
        return Task.CompletedTask;
    }

    /// <summary>Its alarms, by id.</summary>
    public ConcurrentDictionary<string, AlarmView> Alarms { get; } = new(StringComparer.Ordinal);

    /// <summary>What was ordered, oldest first.</summary>
    public ConcurrentQueue<(string Alarm, AlarmOrder Order)> Orders { get; } = new();

    /// <summary>Changes an alarm, and tells.</summary>
    public Task ChangeAsync(params ImmutableArray<AlarmView> alarms)
    {
        lock (_gate)
        {
            _offset++;
            foreach (var alarm in alarms)
            {
                Alarms[alarm.Id] = alarm;
            }
        }

        return Task.WhenAll(_observers.Select(observer => observer.OnAlarms(alarms)));
    }

    public Task<ImmutableArray<AlarmAnswer>> OrderAlarms(ImmutableArray<string> alarms, AlarmOrder order)
    {
        foreach (var alarm in alarms)
        {
            Orders.Enqueue((alarm, order));
        }

        return Task.FromResult<ImmutableArray<AlarmAnswer>>([.. alarms.Select(id => Alarms.TryGetValue(id, out var alarm)
            ? new AlarmAnswer { Alarm = alarm }
            : new AlarmAnswer { Field = "id", Reason = "is no alarm of a device that is here" })]);
    }

    public Task SignalAlarms(ImmutableArray<AlarmSignal> signals) => throw new InvalidOperationException("The gateway signals nothing.");

    public ValueTask<AlarmCauseGlance> GetAlarmCause(string cause) => throw new InvalidOperationException("The gateway asks for no cause.");

    public Task FoldAlarmCause(string cause, string? home) => throw new InvalidOperationException("The gateway folds nothing.");

    public ValueTask<ImmutableArray<MovingAlarms>> GetMovingAlarms(ImmutableArray<string> devices) => throw new InvalidOperationException("The gateway moves nothing.");

    public Task ForgetMovingAlarms(ImmutableArray<string> devices, long revision) => throw new InvalidOperationException("The gateway moves nothing.");

    public ValueTask<ImmutableArray<AlarmView>> GetAlarms(AlarmFilter filter) => new(
    [
        .. Alarms.Values.Where(alarm => (filter.Source is null || alarm.Source == filter.Source)
                && (filter.States == 0 ? alarm.State != AlarmState.Normal : (filter.States & (1 << (int)alarm.State)) != 0)
                && (filter.After is not { } after || new AlarmPlace(alarm.RaisedAt.ToUnixTimeMilliseconds(), alarm.Id).IsAfter(after)))
            .OrderByDescending(alarm => alarm.RaisedAt).ThenBy(alarm => alarm.Id, StringComparer.Ordinal).Take(filter.Limit),
    ]);

    public ValueTask<AlarmView?> GetAlarm(string alarm) => new(Alarms.GetValueOrDefault(alarm));

    public Task RenewParameters() => throw new InvalidOperationException("The gateway tells no sector of parameters.");

    public Task RenewRules() => throw new InvalidOperationException("The gateway tells no sector of rules.");

    public Task TakeCommune(CommuneRuleInputs inputs) => throw new InvalidOperationException("The gateway tells no sector of its commune.");

    public ValueTask<ImmutableArray<RuleGroupCounts>> CountForRules(DateTimeOffset look) => throw new InvalidOperationException("The gateway has no sector count.");

    public ValueTask<RuleSet> GetRules() => throw new InvalidOperationException("The gateway asks no sector for rules.");

    public ValueTask<long?> VersionOfRule(string rule) => throw new InvalidOperationException("The gateway asks no sector for rules.");

    public ValueTask<ImmutableArray<ParameterSet>> GetParameters() => throw new InvalidOperationException("The gateway asks no sector for parameters.");

    public Task Announce(CommandView command) => Task.WhenAll(_observers.Select(observer => observer.OnCommand(command)));

    public Task Deliver(SectorDelivery delivery) => throw new InvalidOperationException("The gateway delivers nothing.");

    public Task DeliverAll(ImmutableArray<SectorDelivery> deliveries) => throw new InvalidOperationException("The gateway delivers nothing.");

    public Task CatchUp() => Task.CompletedTask;

    public Task Checkpoint() => Task.CompletedTask;
}

internal sealed class FakeTerritory(string scope) : ICommuneGrain, IBodyGrain
{
    private ImmutableHashSet<ITerritoryObserver> _observers = [];
    private TerritorySummary _summary = new()
    {
        Scope = scope,
        Name = scope,
        Versions = [],
        AsOf = default,
        Today = 20_000,
        Communes = scope.StartsWith("commune", StringComparison.Ordinal) ? null : 2,
        Figures = TerritoryFigures.Empty,
    };

    public int Refreshes { get; private set; }

    public int Observers => _observers.Count;

    public Task SetAsync(Func<TerritorySummary, TerritorySummary> change)
    {
        _summary = change(_summary);
        return Task.WhenAll(_observers.Select(observer => observer.OnSummary(_summary)));
    }

    public ValueTask<TerritorySummary> GetSummary() => new(_summary);

    public ValueTask<TerritoryPartial> GetPartial() => throw new InvalidOperationException("The gateway asks for summaries.");

    public ValueTask<FigureSample?> GetSample() => throw new InvalidOperationException("The gateway asks for summaries.");

    public Task Refresh()
    {
        Refreshes++;
        return Task.CompletedTask;
    }

    public Task Watch(ITerritoryObserver observer)
    {
        ImmutableInterlocked.Update(ref _observers, set => set.Add(observer));
        return Task.CompletedTask;
    }

    public Task Unwatch(ITerritoryObserver observer)
    {
        ImmutableInterlocked.Update(ref _observers, set => set.Remove(observer));
        return Task.CompletedTask;
    }
}

internal sealed class FakeCommand(string id) : ICommandGrain
{
    private readonly Lock _gate = new();
    private CommandRequest? _request;
    private CommandView? _view;

    public Task<SubmitAnswer> Submit(CommandRequest request)
    {
        lock (_gate)
        {
            if (_request is not null)
            {
                var isSame = _request.Name == request.Name && _request.Arguments.SequenceEqual(request.Arguments);
                return Task.FromResult(new SubmitAnswer { Status = isSame ? SubmitStatus.Accepted : SubmitStatus.Conflict, Command = isSame ? _view : null });
            }

            _request = request;
            _view = new()
            {
                Id = id,
                Device = request.Device,
                Name = request.Name,
                Arguments = request.Arguments,
                State = CommandState.Accepted,
                CreatedAt = DateTimeOffset.UnixEpoch,
                ExpiresAt = DateTimeOffset.UnixEpoch + request.ExpiresIn,
                Ledger = [new() { State = CommandState.Accepted, At = DateTimeOffset.UnixEpoch, Detail = request.Actor }],
            };
            return Task.FromResult(new SubmitAnswer { Status = SubmitStatus.Accepted, Command = _view });
        }
    }

    public ValueTask<CommandView?> Get() => new(_view);

    public Task Report(CommandProgress progress)
    {
        lock (_gate)
        {
            if (_view is { State: < CommandState.Confirmed } view)
            {
                _view = view with { State = progress.State, Ledger = view.Ledger.Add(progress) };
            }
        }

        return Task.CompletedTask;
    }
}

/// <summary>No lighting plan: those are tested with the whole program.</summary>
internal sealed class NoPlans : ILightingDirectoryGrain
{
    public Task<ImmutableArray<PlanFault>> Begin(string plan, ImmutableArray<PlanAssignment> assignments) => throw new NotSupportedException();

    public Task Complete(string plan, PlanSummary? summary) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<PlanSummary>> List(string? after, int limit) => throw new NotSupportedException();

    public ValueTask<PlanChoice?> Resolve(PlanTarget target, DateOnly date) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<PlanChoice?>> ResolveAll(ImmutableArray<PlanTarget> targets, DateOnly date) => throw new NotSupportedException();

    public Task Renew() => Task.CompletedTask;

    public ValueTask<long> GetRevision() => throw new NotSupportedException();
}

/// <summary>Nobody gives defaults here: they are tested with the whole program.</summary>
internal sealed class NoParameters : IParametersGrain
{
    public Task<ParametersAnswer> Put(ImmutableArray<ParameterSet> parameters, long? version) => throw new NotSupportedException();

    public ValueTask<ParametersView> Get() => throw new NotSupportedException();

    public Task Renew() => Task.CompletedTask;

    public Task<DeviceParameters> Explain(DeviceDescriptor device) => throw new NotSupportedException();
}
