using System.Globalization;
using Grid.Client;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Storage;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Field;

/// <summary>
/// People who open work orders, by themselves and from alarms, and those who see to them: assign, pause, visit, repair, close, reopen and cancel. Each thing is asked for again under its key until
/// it is answered. What was answered is remembered here, outside the grid: the truth of what must be neither lost nor done twice.
/// </summary>
internal sealed class Fitters
{
    private static readonly string[] Contractors = ["Élec Ouest", "Réseaux du Ponant"];

    private static readonly WorkOrderVerb[] Verbs =
    [
        WorkOrderVerb.Assign, WorkOrderVerb.Pause, WorkOrderVerb.Resume, WorkOrderVerb.Arrive, WorkOrderVerb.Leave, WorkOrderVerb.Repair, WorkOrderVerb.Repair, WorkOrderVerb.Close,
        WorkOrderVerb.Reopen, WorkOrderVerb.Cancel, WorkOrderVerb.Prioritise,
    ];

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Asking _asking;
    private readonly List<OpenedOrder> _opened = [];
    private readonly List<ToldStep> _steps = [];
    private readonly SortedDictionary<string, WorkOrder> _seen = new(StringComparer.Ordinal);
    private int _number;
    private int _asked;

    public Fitters(World world)
    {
        _world = world;
        _chance = world.ChanceOf("fitters");
        _asking = new Asking(world, _chance, "work order");
    }

    /// <summary>True while something is not answered.</summary>
    public bool IsBusy => _asked > 0;

    /// <summary>Orders that were asked for and answered, oldest first.</summary>
    public IReadOnlyList<OpenedOrder> Opened => _opened;

    /// <summary>What was done to orders and answered, oldest first.</summary>
    public IReadOnlyList<ToldStep> Steps => _steps;

    /// <summary>Makes a contract for some, and then begins to open orders and to see to them now and then.</summary>
    public void Work()
    {
        if (_world.Options.WorkOrdersPerHour == 0)
        {
            return;
        }

        var commune = _chance.OneOf(_world.Communes).InseeCode;
        var contract = new ServiceContract
        {
            Id = "lighting",
            Holder = $"commune:{commune}",
            Name = "Éclairage public",
            Contractor = Contractors[0],
            Zone = "Europe/Paris",
            Hours = [new WorkingInterval(Weekday.Thursday, 8 * 60, 18 * 60)],
            Lots = [new ContractLot { Name = "tout", Kinds = DeviceKinds.All }],
            Deadlines = [new PriorityDeadline(WorkOrderPriority.Urgent, 2, true), new PriorityDeadline(WorkOrderPriority.Medium, 4, false)],
            ConfirmHours = 1,
            RecurrenceDays = 1,
        };
        Ask("contract", process => process.Grains.GetGrain<IContractsGrain>(IContractsGrain.Key).Put(contract, version: null), answer =>
        {
            if (!answer.Faults.IsEmpty)
            {
                throw new InvalidOperationException($"A contract was refused: {answer.Faults[0]}");
            }

            Continue();
        });
    }

    private void Continue() => _world.After(_chance.Until(_world.Options.WorkOrdersPerHour), () =>
    {
        if (_world.IsBusyTime)
        {
            switch (_chance.Below(5))
            {
                case 0:
                    OpenByPerson();
                    break;
                case 1:
                    OpenFromAlarm();
                    break;
                case 2:
                    Look();
                    break;
                default:
                    Act();
                    break;
            }
        }

        Continue();
    });

    private void OpenByPerson()
    {
        var devices = _world.Registry.Devices.Values.ToList();
        var record = devices.Count > 0 && _chance.Happens(0.8) ? _chance.OneOf(devices) : null;
        Open(new WorkOrderRequest
        {
            Commune = record?.Descriptor.Commune ?? _chance.OneOf(_world.Communes).InseeCode,
            Origin = WorkOrderOrigin.Person,
            By = "operator",
            Priority = _chance.OneOf(Enum.GetValues<WorkOrderPriority>()),
            Title = "À voir",
            Device = record?.Descriptor.Id,
            Kind = record?.Descriptor.Kind,
            Key = Key(),
        });
    }

    private void OpenFromAlarm()
    {
        var devices = _world.Registry.Devices.Values.ToList();
        if (devices.Count == 0)
        {
            return;
        }

        var sector = _chance.OneOf(devices).Sector;
        Ask(sector, async process => await process.Get<IGridGrains>().Sector(sector).GetAlarms(new AlarmFilter { States = (1 << 7) - 1, Limit = 100 }), alarms =>
        {
            var raised = alarms.Where(alarm => alarm.RaisedAt > DateTimeOffset.UnixEpoch).ToList();
            if (raised.Count > 0)
            {
                var alarm = _chance.OneOf(raised);
                Open(new WorkOrderRequest
                {
                    Commune = alarm.Commune,
                    Origin = WorkOrderOrigin.Alarm,
                    By = "operator",
                    Priority = WorkOrderPriority.High,
                    Title = "Alarme à voir",
                    Device = _world.Registry.Devices.ContainsKey(alarm.Source) ? alarm.Source : null,
                    Kind = alarm.Kind,
                    Alarm = alarm.Id,
                    AlarmRaisedAt = alarm.RaisedAt,
                    Key = Key(),
                });
            }
        });
    }

    private void Open(WorkOrderRequest request) => Ask(request.Key!, process => process.Grains.GetGrain<IWorkOrdersGrain>(request.Commune).Open(request), answer =>
    {
        _world.Trace.Add("work order answered", request.Key, answer.Order?.Number ?? 0, answer.Order?.Version ?? 0);
        if (answer is not { Faults.IsEmpty: true, Conflict: null, Order: { } order })
        {
            _world.Violated("I2", $"work order {request.Key} was asked for again as it was, and is answered '{answer.Conflict ?? answer.Faults.FirstOrDefault().ToString()}'");
            return;
        }

        _opened.Add(new OpenedOrder(request, order.Id));
        _seen[order.Id] = order;
    });

    /// <summary>Others see to orders too: those of rules are known only by looking.</summary>
    private void Look()
    {
        var commune = _chance.OneOf(_world.Communes).InseeCode;
        Ask(commune, async process => await process.Grains.GetGrain<IWorkOrdersGrain>(commune).List(new WorkOrderQuery { Limit = 1_000 }), orders =>
        {
            foreach (var order in orders)
            {
                _seen[order.Id] = order;
            }
        });
    }

    private void Act()
    {
        if (_seen.Count == 0)
        {
            return;
        }

        var order = _seen.Values.ElementAt(_chance.Below(_seen.Count));
        var verb = order.State == WorkOrderState.Repaired && _chance.Happens(0.5) ? WorkOrderVerb.Close : _chance.OneOf(Verbs);
        var action = new WorkOrderAction
        {
            Verb = verb,
            By = "fitter",
            Note = $"{verb}",
            Contractor = verb == WorkOrderVerb.Assign ? _chance.OneOf(Contractors) : null,
            Priority = verb == WorkOrderVerb.Prioritise ? _chance.OneOf(Enum.GetValues<WorkOrderPriority>()) : null,
            Parts = verb == WorkOrderVerb.Repair && _chance.Happens(0.5) ? [new UsedPart("fusible", 1)] : [],
            Key = Key(),
        };
        Ask(action.Key!, process => process.Grains.GetGrain<IWorkOrdersGrain>(order.Request.Commune).Act(order.Id, action), answer =>
        {
            _world.Trace.Add("work order answered", action.Key, answer.Order?.Number ?? 0, answer.Order?.Version ?? 0);
            if (answer.Order is not { } next)
            {
                _world.Violated("I2", $"work order {order.Id} was answered and is not there for {verb}");
                return;
            }

            _seen[next.Id] = next;
            if (answer.Conflict is null)
            {
                _steps.Add(new ToldStep(next.Id, action));
            }
        });
    }

    private string Key() => string.Create(CultureInfo.InvariantCulture, $"fitter-{++_number}");

    private void Ask<TAnswer>(string id, Func<GridProcess, Task<TAnswer>> ask, Action<TAnswer> hear)
    {
        _asked++;
        _asking.Ask(id, ask, answer =>
        {
            _asked--;
            hear(answer);
        });
    }
}

/// <summary>An order that was asked for and answered.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Order">Which order it is, or became.</param>
internal sealed record OpenedOrder(WorkOrderRequest Request, string Order);

/// <summary>Something that was done to an order and answered.</summary>
/// <param name="Order">To which.</param>
/// <param name="Action">What.</param>
internal sealed record ToldStep(string Order, WorkOrderAction Action);
