using System.Collections.Immutable;
using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Territory;
using Grid.Runtime;
using Grid.Simulation.Checks;
using Grid.Simulation.Faults;
using Grid.Simulation.Field;
using Grid.Simulation.Live;
using Grid.Simulation.Machine;
using Grid.Simulation.Plants;
using Grid.Simulation.Stores;
using Grid.Storage.Keys;
using Microsoft.Extensions.Logging;

namespace Grid.Simulation;

/// <summary>
/// Everything, on one thread: the grid's process, the machine under it, the devices and the people around it, and the time that passes for all of
/// them. What happens next follows from the options alone.
/// </summary>
internal sealed class World
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromHours(2);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromHours(1);

    // After the last answer: roll-up, digest, checkpoint and the live feeds' look at their scope, once a minute, have had their time.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RestartFrom = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestartTo = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LiveDelay = TimeSpan.FromSeconds(2);

    // A sector whose look at its parameters failed looks again at its next sweep; then its devices change, and its checkpoint follows.
    private static readonly TimeSpan LookDelay = TimeSpan.FromSeconds(90);

    // Orders compare themselves with their alarms every ten minutes.
    private static readonly TimeSpan OrderDelay = TimeSpan.FromMinutes(11);

    // Neighbours are looked at once a minute, by a clock that may have been wrong when it was set.
    private static readonly TimeSpan RuleDelay = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan BeforeOutage = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan ClockWrong = TimeSpan.FromMinutes(3);

    private readonly List<string> _violations = [];
    private readonly List<SimulatedClient> _clients = [];
    private readonly Chance _chance;
    private readonly Administration _administration;
    private int _processes;
    private DateTimeOffset _outUntil;

    public World(SimulationOptions options)
    {
        Options = options;
        Clock = new VirtualTimeProvider(SimulationOptions.Start);
        Trace = new Trace(Clock, options.Lines);
        Disk = new SimulatedDisk(losesPower: options.Faults[Fault.PowerLoss] > 0);
        _chance = ChanceOf("world");
        Territory = options.Communes == 0 ? TerritoryTable.Shared : new TerritoryExcerpt(TerritoryTable.Shared, options.Department, options.Communes, ChanceOf("territory"));
        Communes = Territory.CommunesOf(options.Department);
        Setup = options.Setup ?? Setup.Small(ChanceOf("setup"));
        Keys = SubscriberKeys.InMemory(new ChanceRandom(ChanceOf("keys")), Clock);
        Loggers = new TraceLoggers(Trace);
        Plants = new Plant(options.Plant, ChanceOf("plant"));
        Journal = new Journal(this, options.JournalOneSectorIn);
        Bodies = MakeBodies();
        Field = new DeviceField(this);
        Operators = new Operators(this);
        Groups = new GroupOperators(this);
        AlarmOperators = new AlarmOperators(this);
        Planners = new Planners(this);
        Tuners = new Tuners(this);
        Pagers = new Pagers(this);
        Writers = new RuleWriters(this);
        Fitters = new Fitters(this);
        Night = new NightCheck(this);
        _administration = new Administration(this);
    }

    public SimulationOptions Options { get; }

    public Setup Setup { get; }

    public VirtualTimeProvider Clock { get; }

    /// <summary>Of the persons whose devices there are; they outlive every process.</summary>
    public SubscriberKeys Keys { get; }

    public Trace Trace { get; }

    public ILoggerFactory Loggers { get; }

    public ITerritoryTable Territory { get; }

    public ImmutableArray<Commune> Communes { get; }

    public ImmutableArray<(Body Body, ImmutableArray<Membership> Members)> Bodies { get; }

    public SimulatedDisk Disk { get; }

    public GrainRecords Grains { get; } = new();

    public RegistryRecords Registry { get; } = new();

    public HistoryRecords History { get; } = new();

    public OutboxRecords Outbox { get; } = new();

    public NotificationRecords Notifications { get; } = new();

    public List<AuditEntry> Audit { get; } = [];

    public Journal Journal { get; }

    public Plant Plants { get; }

    public DeviceField Field { get; }

    public Operators Operators { get; }

    public GroupOperators Groups { get; }

    public AlarmOperators AlarmOperators { get; }

    public Planners Planners { get; }

    public Tuners Tuners { get; }

    public Pagers Pagers { get; }

    public RuleWriters Writers { get; }

    public Fitters Fitters { get; }

    /// <summary>Of a world that has one plan for all.</summary>
    public NightCheck Night { get; }

    /// <summary>The process that runs now; null between two.</summary>
    public GridProcess? Process { get; private set; }

    /// <summary>What goes wrong now: nothing while it is quiet.</summary>
    public FaultRates Rates { get; private set; } = FaultRates.None;

    /// <summary>False while it is quiet: nothing new happens then.</summary>
    public bool IsBusyTime { get; private set; }

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Processes that were started.</summary>
    public int Processes => _processes;

    /// <summary>Chance of one user, apart from that of others.</summary>
    public Chance ChanceOf(string name) => new(Options.Seed, $"{name} {_processes}");

    /// <summary>An invariant does not hold.</summary>
    public void Violated(string invariant, string what)
    {
        Trace.Add("violated", $"{invariant}: {what}");
        _violations.Add($"{invariant}: {what}");
    }

    /// <summary>Does something when time has passed.</summary>
    public void After(TimeSpan time, Action act) => Clock.CreateTimer(static act => ((Action)act!)(), act, time, Timeout.InfiniteTimeSpan);

    /// <summary>The log has stopped after an error of its disk: who watches over the process starts it again.</summary>
    public void LogFailed()
    {
        var process = Process;
        After(_chance.Between(RestartFrom, RestartTo), () =>
        {
            if (process is { IsAlive: true })
            {
                Kill(process, "log stopped");
            }
        });
    }

    /// <summary>The process dies now, and another is started a little later.</summary>
    public void Kill(GridProcess process, string where)
    {
        if (!process.IsAlive)
        {
            return;
        }

        Trace.Add("dies", where, process.Number);
        process.End();
        Process = null;
        if (_chance.Happens(Rates[Fault.PowerLoss]))
        {
            Trace.Add("power lost");
            Disk.LosePower(_chance, Rates[Fault.TornWrite]);
        }

        After(_chance.Between(RestartFrom, RestartTo), StartProcess);
    }

    /// <summary>All of it, from the first start to the last check.</summary>
    public void Run()
    {
        StartProcess();
        _administration.Provision(Bodies, LiveCabinets.Among(this, Devices()));
        Wait(() => Process is { IsReady: true } && !_administration.IsBusy, StartLimit, "the devices are registered");
        Connect();
        ScheduleFaults();
        _administration.Work();
        Operators.Work();
        AlarmOperators.Work();
        Groups.Work();
        Planners.Work();
        Tuners.Work();
        Pagers.Work();
        Writers.Work();
        Fitters.Work();
        if (Options.HasNightPlan)
        {
            Ask(Process!, () => Night.PlanAsync(Process!));
        }

        if (Options.HasPrograms)
        {
            Field.AssignPrograms(new FieldPrograms(this).Of);
        }

        if (Options.OutageHours > 0)
        {
            After(BeforeOutage, Fail);
        }

        for (var end = SimulationOptions.Start.AddHours(Options.Hours + Options.OutageHours); Clock.GetUtcNow() < end && _violations.Count == 0;)
        {
            Resume();
            var until = Clock.GetUtcNow() + Options.CheckEvery;
            Advance(until < end ? until : end);
            if (Clock.GetUtcNow() < _outUntil)
            {
                Advance(_outUntil);
            }

            Quieten();
            Check();
        }

        if (Options.HasNightPlan && Process is { IsReady: true } process)
        {
            Ask(process, () => Night.CompareAsync(process));
        }
    }

    private IEnumerable<DeviceDescriptor> Devices()
    {
        var devices = new DemoFleet(Territory, Options.Department, Options.Devices, Options.Seed).Descriptors();
        return Options.RadioRetrofitShare > 0 ? RadioRetrofit.Of(devices, Territory, Options.RadioRetrofitShare) : devices;
    }

    /// <summary>All processes are gone, and none comes for hours.</summary>
    private void Fail()
    {
        _outUntil = Clock.GetUtcNow().AddHours(Options.OutageHours);
        Trace.Add("outage", null, Options.OutageHours);
        if (Process is { } process)
        {
            Kill(process, "outage");
        }
    }

    private void Resume()
    {
        (IsBusyTime, Rates, Field.IsReporting) = (true, Options.Faults, true);
        Trace.Add("resumes");
    }

    private void Quieten()
    {
        (IsBusyTime, Rates, Field.IsReporting) = (false, FaultRates.None, false);
        Trace.Add("quietens");
        if (Process is { } process)
        {
            process.Operations.DieAfter(0);
            process.Clock.Ahead = TimeSpan.Zero;
        }

        Wait(() => Process is { IsReady: true } && Field.Outstanding == 0 && !_administration.IsBusy && !Operators.IsBusy && !AlarmOperators.IsBusy && !Groups.IsBusy && !Planners.IsBusy && !Tuners.IsBusy && !Pagers.IsBusy && !Writers.IsBusy && !Fitters.IsBusy, QuietLimit, "everything is answered");
        if (_violations.Count > 0)
        {
            return;
        }

        foreach (var client in _clients.Where(client => !client.IsConnected))
        {
            client.Connect(Process!);
        }

        Advance(Clock.GetUtcNow() + Settle);
    }

    private void Check()
    {
        // A process that cannot be started is a violation already.
        if (Process is not { IsReady: true } process)
        {
            return;
        }

        BoundsCheck.RunAfterQuiet(this, process, _clients.Count);
        Ask(process, () => RollUpCheck.RunAsync(this, process));
        Ask(process, () => GroupsCheck.RunAsync(this, process));
        Ask(process, () => ReadingsCheck.RunAsync(this, process));
        Ask(process, () => HistoryCheck.RunAsync(this, process));
        Ask(process, () => CommandsCheck.RunAsync(this, process));
        Ask(process, () => AlarmsCheck.RunAsync(this, process));
        Hold("I1", LiveDelay, () => AlarmsCheck.FindCountsAsync(this, process));
        if (Options.PlansPerHour > 0)
        {
            Ask(process, () => PlansCheck.RunAsync(this, process));
        }

        if (Options.ParametersPerHour > 0)
        {
            Hold("I2", LookDelay, () => ParametersCheck.FindAsync(this, process));
        }

        if (Options.PagesPerHour > 0)
        {
            Hold("I2", LookDelay, () => NotificationsCheck.FindAsync(this));
        }

        if (Options.RulesPerHour > 0)
        {
            Hold("I3", RuleDelay, () => RulesCheck.FindAsync(this, process));
        }

        if (Options.WorkOrdersPerHour > 0)
        {
            Hold("I2", OrderDelay, () => WorkOrdersCheck.FindAsync(this, process));
        }

        foreach (var client in _clients)
        {
            // What the server found out a moment ago, such as that a device is silent, is on its way.
            Hold("I5", LiveDelay, () => LiveCheck.CompareAsync(this, process, client));
        }

        Trace.Add("checked", null, _violations.Count);
    }

    /// <summary>Nothing is wrong, or is not any more when some time has passed.</summary>
    private void Hold(string invariant, TimeSpan within, Func<Task<IReadOnlyList<string>>> find)
    {
        if (Find().Count == 0)
        {
            return;
        }

        Advance(Clock.GetUtcNow() + within);
        foreach (var wrong in Find())
        {
            Violated(invariant, wrong);
        }

        IReadOnlyList<string> Find()
        {
            IReadOnlyList<string> found = [];
            Ask(Process!, async () => found = await find());
            return found;
        }
    }

    private void Ask(GridProcess process, Func<Task> question)
    {
        var isAnswered = false;
        process.Do("check", async () =>
        {
            await question();
            isAnswered = true;
        });
        Wait(() => isAnswered, QuietLimit, "a check is made");
    }

    private void Wait(Func<bool> isDone, TimeSpan limit, string what)
    {
        Process?.Pump();
        for (var end = Clock.GetUtcNow() + limit; !isDone();)
        {
            if (!Step(end))
            {
                Violated("I7", $"it was waited {limit} until {what}");
                return;
            }
        }
    }

    private void Advance(DateTimeOffset until)
    {
        Process?.Pump();
        while (Step(until))
        {
        }

        Clock.Advance(until - Clock.GetUtcNow());
    }

    /// <summary>The next thing that happens, and all that follows from it at the same instant; false when nothing happens until then.</summary>
    private bool Step(DateTimeOffset until)
    {
        if (!Clock.FireNext(until))
        {
            return false;
        }

        Process?.Pump();
        return true;
    }

    private void StartProcess()
    {
        if (Clock.GetUtcNow() < _outUntil)
        {
            After(_outUntil - Clock.GetUtcNow(), StartProcess);
            return;
        }

        var process = Process = new GridProcess(this, ++_processes);
        Trace.Add("starts", null, process.Number);
        process.Start();
        WhenReady(process);
    }

    /// <summary>Those who were connected to the process before come back.</summary>
    private void WhenReady(GridProcess process) => After(TimeSpan.FromSeconds(1), () =>
    {
        if (!process.IsAlive)
        {
            return;
        }

        if (!process.IsReady)
        {
            WhenReady(process);
            return;
        }

        _clients.ForEach(client => client.Connect(process));
    });

    private void Connect()
    {
        var number = 0;
        foreach (var (scope, filter) in ClientScopes.Choose(this, Options.Clients))
        {
            var client = new SimulatedClient(this, ++number, scope, filter);
            _clients.Add(client);
            client.Connect(Process!);
        }
    }

    private void ScheduleFaults()
    {
        Every(Fault.Crash, process =>
        {
            // Between two events, or at one of the operations to come: before it, or after it and before its answer.
            if (_chance.Happens(0.3))
            {
                Kill(process, "between events");
            }
            else
            {
                process.Operations.DieAfter(1 + _chance.Below(200));
            }
        });
        Every(Fault.ClockJump, process =>
        {
            process.Clock.Ahead = (_chance.Happens(0.5) ? ClockWrong : -ClockWrong) * _chance.Unit();
            Trace.Add("clock jumps", null, (long)process.Clock.Ahead.TotalMilliseconds);
            After(_chance.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30)), () => process.Clock.Ahead = TimeSpan.Zero);
        });
    }

    private void Every(Fault fault, Action<GridProcess> strike)
    {
        if (Options.Faults[fault] == 0)
        {
            return;
        }

        After(_chance.Until(Options.Faults[fault]), () =>
        {
            if (IsBusyTime && Process is { IsAlive: true } process)
            {
                strike(process);
            }

            Every(fault, strike);
        });
    }

    private ImmutableArray<(Body, ImmutableArray<Membership>)> MakeBodies()
    {
        var lighting = DeviceKinds.Cabinet | DeviceKinds.Streetlight | DeviceKinds.Building;
        var syndicate = new Body("999000029", "Syndicat d'énergie", BodyKind.Syndicate);
        return
        [
            (syndicate, [.. Communes.Skip(1).Select(commune => new Membership(commune.InseeCode, syndicate.Siren, lighting, null, null))]),
            .. Communes.Where(commune => commune.EpciSiren is not null).GroupBy(commune => commune.EpciSiren!, StringComparer.Ordinal).OrderBy(members => members.Key, StringComparer.Ordinal)
                .Select(members => (
                    Territory.Epcis.First(epci => epci.Siren == members.Key),
                    members.Select(commune => new Membership(commune.InseeCode, members.Key, DeviceKinds.All, null, null)).ToImmutableArray())),
        ];
    }
}
