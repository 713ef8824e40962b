using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Interventions;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Interventions;

/// <summary>The work orders of a commune: see <see cref="IWorkOrdersGrain"/>. The rules are pure; this persists what they say, then answers.</summary>
public sealed partial class WorkOrdersGrain : Grain, IWorkOrdersGrain, IRemindable
{
    /// <summary>From one look at what waits for measurements to the next.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    /// <summary>From one look at what is kept to the next, where nothing waits.</summary>
    public static readonly TimeSpan TidyEvery = TimeSpan.FromHours(24);

    private const string Reminder = "look";

    private readonly WorkOrderStore _store;
    private readonly WorkOrderRules _rules;
    private readonly ConfirmationRules _confirmations;
    private readonly OpeningRules _openings;
    private readonly OrderMeasurements _measurements;
    private readonly InterventionInstruments _instruments;
    private readonly TimeProvider _clock;
    private readonly ILogger<WorkOrdersGrain> _logger;

    // Only what is persisted: it is asked for while a change is under way.
    private WorkOrderBook _book = WorkOrderBook.Empty;
    private TimeSpan? _period;

    public WorkOrdersGrain(
        [PersistentState("work-orders")] IPersistentState<StoredWorkOrders> live,
        [PersistentState("work-orders-ended")] IPersistentState<StoredEndedWorkOrders> ended,
        WorkOrderRules rules,
        IDeviceDirectory devices,
        InterventionInstruments instruments,
        TimeProvider clock,
        ILogger<WorkOrdersGrain> logger)
    {
        _store = new WorkOrderStore(live, ended);
        _rules = rules;
        _confirmations = new ConfirmationRules(rules);
        _openings = new OpeningRules(_confirmations);
        _measurements = new OrderMeasurements(() => GrainFactory, devices);
        (_instruments, _clock, _logger) = (instruments, clock, logger);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _book = _store.Read();
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<WorkOrderAnswer> Open(WorkOrderRequest request)
    {
        if (request.Commune != this.GetPrimaryKeyString())
        {
            throw new ArgumentException($"The orders of {this.GetPrimaryKeyString()} have none of {request.Commune}.", nameof(request));
        }

        if (WorkOrderChecks.Check(request) is { IsEmpty: false } faults)
        {
            return new WorkOrderAnswer { Faults = faults };
        }

        var now = Now();
        var opening = _openings.Decide(_book, request, now);
        if (opening.Existing is { } existing)
        {
            return await ChangeAsync(existing);
        }

        if (opening.Conflict is { } conflict)
        {
            if (opening.IsTooMany)
            {
                _instruments.Refused();
                LogRefused(_logger, conflict);
            }

            return new WorkOrderAnswer { Conflict = conflict };
        }

        if (await FormerOrderAsync(request) is { } kept)
        {
            return new WorkOrderAnswer { Conflict = $"Order {kept} is about this alarm, whose device has come from there." };
        }

        var terms = await GrainFactory.GetGrain<IContractsGrain>(IContractsGrain.Key).Choose(request.Commune, request.Kind, now);
        if (_store.LastNumber == 0)
        {
            // Before the order is there: one that nobody finds would be worse than a commune without any.
            await GrainFactory.GetGrain<IWorkOrderPlacesGrain>(IWorkOrderPlacesGrain.Key).Add(request.Commune);
        }

        var order = _rules.Open(request with { AlarmCommunes = [] }, terms, _store.LastNumber + 1, now);
        await WriteAsync(_book.With(order), order.Number);
        _instruments.Stepped(WorkOrderVerb.Open);
        return new WorkOrderAnswer { Order = order, IsNew = true, HasChanged = true };
    }

    public async Task<WorkOrderAnswer> Act(string id, WorkOrderAction action)
    {
        if (WorkOrderChecks.Check(action) is { IsEmpty: false } faults)
        {
            return new WorkOrderAnswer { Faults = faults };
        }

        if (_book.Find(id) is not { } order)
        {
            return new WorkOrderAnswer();
        }

        if (action.Key is { } key && order.History.FirstOrDefault(step => step.Key == key) is { } told)
        {
            return told.Verb == action.Verb ? new WorkOrderAnswer { Order = order } : new WorkOrderAnswer { Order = order, Conflict = "The key stands for another action on this order." };
        }

        var outcome = _rules.Act(order, action, Now());
        return outcome.Order is { } next ? await ChangeAsync(next) : new WorkOrderAnswer { Order = order, Conflict = outcome.Refusal };
    }

    public async Task AlarmChanged(string alarm, string device, bool isActive, DateTimeOffset at)
    {
        if (_book.OfAlarm(alarm) is { } order)
        {
            await ChangeAsync(_confirmations.AlarmChanged(order, isActive, at, Now()));
        }
    }

    public async Task Look()
    {
        var now = Now();
        var waiting = _book.Orders.Where(order => ConfirmationRules.WantsLook(order, now)).ToArray();
        var (glances, alarms) = await _measurements.OfAsync(waiting);
        var next = _book;
        foreach (var order in waiting)
        {
            var looked = order;
            if (order.Request.Alarm is { } id && alarms.TryGetValue(id, out var alarm) && _book.OfAlarm(id) == order)
            {
                looked = _confirmations.AlarmChanged(order, alarm.IsActive, alarm.ClearedAt ?? alarm.LastAt, now);
            }

            looked = _confirmations.Look(looked, order.Request.Device is { } device ? glances.GetValueOrDefault(device) : null, now);
            next = ReferenceEquals(looked, order) ? next : next.With(looked);
        }

        await WriteAsync(next, _store.LastNumber);
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _period = status.Period;
        await Look();
    }

    public ValueTask<WorkOrder?> Get(string id) => new(_book.Find(id));

    public ValueTask<ImmutableArray<WorkOrder>> List(WorkOrderQuery query) => new([.. _book.List(query, Now())]);

    public ValueTask<ImmutableArray<WorkOrderDelays>> GetDelays(DeviceKinds kinds, DateTimeOffset since) => new(DelayRules.Of(_book.Orders, kinds, since, Now()));

    /// <summary>The order of an alarm in a commune in which its device was before: one that has not ended, or that ended after the alarm was raised; null for none.</summary>
    private async Task<string?> FormerOrderAsync(WorkOrderRequest request)
    {
        foreach (var commune in request.Alarm is null || request.AlarmCommunes.IsDefault ? [] : request.AlarmCommunes)
        {
            var orders = await GrainFactory.GetGrain<IWorkOrdersGrain>(commune).List(new WorkOrderQuery
            {
                Device = request.Device,
                Limit = 1_000,
            });
            if (orders.FirstOrDefault(order => order.Request.Alarm == request.Alarm && !(order.IsEnded && request.AlarmRaisedAt > order.EndedAt)) is { } kept)
            {
                return kept.Id;
            }
        }

        return null;
    }

    private async Task<WorkOrderAnswer> ChangeAsync(WorkOrder order)
    {
        var former = _book.Find(order.Number)!;
        if (order.Version == former.Version)
        {
            return new WorkOrderAnswer { Order = former };
        }

        await WriteAsync(_book.With(order), _store.LastNumber);
        return new WorkOrderAnswer { Order = order, HasChanged = true };
    }

    private async Task WriteAsync(WorkOrderBook next, long lastNumber)
    {
        var former = _book;
        next = next.Retained(Now());
        if (!ReferenceEquals(next, former))
        {
            try
            {
                await _store.WriteAsync(next, lastNumber);
            }
            catch
            {
                // Whether it is stored is not known: the next activation reads it.
                DeactivateOnIdle();
                throw;
            }

            _book = next;
            Count(former, next);
        }

        await RemindAsync();
    }

    private void Count(WorkOrderBook former, WorkOrderBook next)
    {
        _instruments.Forgotten(former.Orders.Count(order => next.Find(order.Number) is null));
        foreach (var order in next.Orders)
        {
            if (former.Find(order.Number) is { } before && before.Version != order.Version && before.ChangedAt != order.ChangedAt)
            {
                _instruments.Stepped(order.History[^1].Verb);
            }
        }
    }

    /// <summary>One reminder a commune, and none where there is nothing to look at.</summary>
    private async Task RemindAsync()
    {
        var now = Now();
        TimeSpan? wanted = _book.Orders.Any(order => ConfirmationRules.WantsLook(order, now)) ? LookEvery : _book.Orders.Any(order => order.IsEnded) ? TidyEvery : null;
        if (wanted == _period)
        {
            return;
        }

        if (wanted is { } period)
        {
            await this.RegisterOrUpdateReminder(Reminder, period, period);
        }
        else if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        _period = wanted;
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(EventId = 1480, Level = LogLevel.Warning, Message = "A work order was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
