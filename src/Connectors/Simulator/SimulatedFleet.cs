using System.Collections.Immutable;
using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Programs;
using Grid.Connectors.Simulator.Sky;
using Grid.Connectors.Simulator.Supply;
using Grid.Connectors.Simulator.Water;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Contracts.Territories;

namespace Grid.Connectors.Simulator;

/// <summary>
/// The simulated devices behind a set of registered ones. Built from descriptors alone, so that it is the same after a restart. Reading and obeying are for one thread;
/// <see cref="Obey"/>'s refusals depend only on what was registered.
/// </summary>
public sealed class SimulatedFleet
{
    private readonly ImmutableArray<SimulatedDevice> _reporting;

    // What switching devices showed when they were last looked at, in the order of those that report.
    private readonly int[] _switched;
    private bool _isLookedAt;

    // Every device by key; a passive lamp has no model: its cabinet reports for it.
    private readonly Dictionary<string, SimulatedDevice?> _byId;

    private readonly ProgramShelf _programs;

    private readonly IReadOnlyDictionary<string, ZoneSupply> _supplies;
    private readonly IReadOnlyCollection<StreetSupply> _streets;

    private SimulatedFleet(
        ImmutableArray<SimulatedDevice> reporting,
        Dictionary<string, SimulatedDevice?> byId,
        ProgramShelf programs,
        IReadOnlyDictionary<string, ZoneSupply> supplies,
        IReadOnlyCollection<StreetSupply> streets)
    {
        _reporting = reporting;
        _switched = new int[reporting.Length];
        _byId = byId;
        _programs = programs;
        _supplies = supplies;
        _streets = streets;
    }

    /// <summary>No device.</summary>
    public static SimulatedFleet Empty { get; } = new([], [], new ProgramShelf(), new Dictionary<string, ZoneSupply>(), []);

    /// <summary>Devices that report: all but passive lamps.</summary>
    public int Reporting => _reporting.Length;

    /// <summary>All devices, passive lamps included.</summary>
    public int Count => _byId.Count;

    /// <summary>Programs that are kept in memory: those that controllers run, and some that they ran.</summary>
    internal int Programs => _programs.Count;

    /// <summary>True when the device is one of these.</summary>
    public bool Contains(string device) => _byId.ContainsKey(device);

    /// <summary>True for a device of these that reports when it can; false for a passive lamp.</summary>
    public bool Reports(string device) => _byId.GetValueOrDefault(device) is not null;

    /// <summary>Flag of a water meter: it says nothing by itself but a frame of each local day.</summary>
    public const string DayFrameAttribute = "dayFrame";

    /// <summary>True for a device that sends a frame a day when it is simulated.</summary>
    public static bool SendsFrames(DeviceDescriptor device) => FleetAssembly.KeepsDays(device);

    /// <summary>The models of devices that report.</summary>
    internal ImmutableArray<SimulatedDevice> Models => _reporting;

    /// <summary>True for a device of these that says nothing by itself but a frame of each local day.</summary>
    public bool SendsFrames(string device) => _byId.GetValueOrDefault(device)?.SendsFrames == true;

    /// <summary>Key of a reporting device.</summary>
    public string IdOf(int device) => _reporting[device].Id;

    /// <summary>Models of devices. Those in communes that the table does not know are left out.</summary>
    /// <param name="devices">Registered devices, in any order.</param>
    /// <param name="table">The country's communes.</param>
    /// <param name="seed">Everything that is left to chance follows from it.</param>
    /// <param name="former">A fleet whose controllers go on obeying what they obey.</param>
    /// <param name="faultRate">How many times as often as in a believable department something fails: detection is measured where faults are many.</param>
    public static SimulatedFleet Build(IEnumerable<DeviceDescriptor> devices, ITerritoryTable table, long seed, SimulatedFleet? former = null, double faultRate = 1)
    {
        var assembly = new FleetAssembly(table, seed, faultRate);
        foreach (var device in devices) assembly.Add(device);
        var (reporting, byId) = assembly.Complete();
        var programs = former is null || former.Count == 0 ? new ProgramShelf() : former._programs;
        foreach (var device in former?._reporting ?? [])
        {
            if (device is IController { Memory: { } kept } controller && byId.GetValueOrDefault(device.Id) is IController heir) heir.Recall(kept, controller.Clock);
        }

        return new SimulatedFleet(reporting, byId, programs, assembly.Supplies, assembly.Streets);
    }

    /// <summary>What a device reports at an instant, under the time that its clock shows; null while it cannot report.</summary>
    /// <param name="device">Index below <see cref="Reporting"/>.</param>
    /// <param name="at">When it is observed.</param>
    /// <param name="batchIndex">Place in the batch.</param>
    public IncomingReading? Read(int device, DateTimeOffset at, int batchIndex = 0) => Read(_reporting[device], at, batchIndex);

    /// <summary>The same for the device of that key; null when it never reports.</summary>
    public IncomingReading? Read(string device, DateTimeOffset at, int batchIndex = 0) =>
        _byId.GetValueOrDefault(device) is { } model ? Read(model, at, batchIndex) : null;

    /// <summary>What a device says by itself when its turn comes: its newest frame (<see cref="IncomingFrame"/>) where it sends frames, else what <see cref="Read(int, DateTimeOffset, int)"/> says.</summary>
    /// <param name="device">Index below <see cref="Reporting"/>.</param>
    /// <param name="at">When it is sent.</param>
    /// <param name="batchIndex">Place in the batch.</param>
    public IncomingReading? Report(int device, DateTimeOffset at, int batchIndex = 0) => Report(_reporting[device], at, batchIndex);

    /// <summary>The same for the device of that key; null when it never reports.</summary>
    public IncomingReading? Report(string device, DateTimeOffset at, int batchIndex = 0) =>
        _byId.GetValueOrDefault(device) is { } model ? Report(model, at, batchIndex) : null;

    private static IncomingReading? Report(SimulatedDevice model, DateTimeOffset at, int batchIndex) =>
        !model.SendsFrames ? Read(model, at, batchIndex) : IsHeard(model, SimulatedTime.SecondsAt(at)) ? model.Frame(SimulatedTime.SecondsAt(at), batchIndex) : null;

    private static IncomingReading? Read(SimulatedDevice model, DateTimeOffset at, int batchIndex)
    {
        var now = SimulatedTime.SecondsAt(at);
        return IsHeard(model, now) ? new IncomingReading(batchIndex, model.Id, at.AddMinutes(model.ClockErrorMinutes(now)), model.Report(now)) : null;
    }

    private static bool IsHeard(SimulatedDevice model, double now) => model.Speaks(now) && !model.IsBatteryEmpty(now) && model.Supply?.IsOut(now) != true;

    /// <summary>
    /// How often a device would report by itself: what <c>reportingIntervalMinutes</c> says, else meters and bins hourly and the others every 15 minutes; once a day where it sends frames.
    /// </summary>
    /// <param name="device">Index below <see cref="Reporting"/>.</param>
    public TimeSpan ReportsEvery(int device) => _reporting[device].ReportsEvery;

    /// <summary>When a device reports next after an instant at which it did: some time after the next local midnight where it sends frames, else <see cref="ReportsEvery(int)"/> later.</summary>
    /// <exception cref="ArgumentException">It never reports.</exception>
    public DateTimeOffset NextReport(string device, DateTimeOffset after) => _byId.GetValueOrDefault(device) switch
    {
        null => throw new ArgumentException($"'{device}' never reports", nameof(device)),
        { SendsFrames: true } model => FrameTimes.Next(model, after),
        var model => after + model.ReportsEvery,
    };

    /// <summary>
    /// The cabinets and controlled lamps that have switched since this was last asked, as indexes below <see cref="Reporting"/>; none the first time.
    /// </summary>
    public List<int> TakeSwitched(DateTimeOffset at)
    {
        var now = SimulatedTime.SecondsAt(at);
        var switched = new List<int>();
        for (var device = 0; device < _switched.Length; device++)
        {
            var state = _reporting[device].SwitchState(now);
            if (state == _switched[device]) continue;
            _switched[device] = state;
            if (_isLookedAt) switched.Add(device);
        }

        _isLookedAt = true;
        return switched;
    }

    /// <summary>Why a device would refuse a command, null when it would obey.</summary>
    /// <param name="device">The device's key.</param>
    /// <param name="command">Name of the command: <c>setDimming</c>, <c>setSegment</c>, <c>followPlan</c> or <c>loadProgram</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="program">The program to load; null for another command.</param>
    public string? FindRefusal(string device, string command, IReadOnlyDictionary<string, double> arguments, ControllerProgram? program = null)
    {
        if (!_byId.TryGetValue(device, out var model)) return "no such simulated device";
        if (model is null) return "a passive light point has no controller: command its cabinet";
        return model is IController controller ? controller.FindRefusal(command, arguments, program) : $"the simulated device does not understand {command}";
    }

    /// <summary>Makes a device obey from an instant on. What <see cref="FindRefusal"/> refuses, or is older than what it obeys, changes nothing.</summary>
    /// <param name="device">The device's key.</param>
    /// <param name="command">Name of the command.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="at">When it gets it.</param>
    /// <param name="version">Version of the desired state; a program has its own.</param>
    /// <param name="program">The program to load; null for another command.</param>
    public void Obey(
        string device, string command, IReadOnlyDictionary<string, double> arguments, DateTimeOffset at, long version = long.MaxValue, ControllerProgram? program = null)
    {
        if (FindRefusal(device, command, arguments, program) is not null || _byId[device] is not IController controller) return;
        var now = SimulatedTime.SecondsAt(at);
        if (command != CommandCatalog.LoadProgram)
        {
            controller.Obey(command, arguments, now, version);
            return;
        }

        if (_programs.IsCrowded) _programs.Retain(_reporting.OfType<IController>().Select(other => other.Clock).OfType<ProgramClock>().ToHashSet());
        controller.Load(_programs.Of(program!), program!.Version, now);
    }

    /// <summary>Puts another controller in the place of a device's: it knows no program and reports version 0 until it is sent one. False for what has no controller.</summary>
    public bool SwapController(string device, DateTimeOffset at)
    {
        if (_byId.GetValueOrDefault(device) is not IController controller) return false;
        controller.Swap(SimulatedTime.SecondsAt(at));
        return true;
    }

    /// <summary>What a controller keeps of what it was told; null when it was told nothing, or is none.</summary>
    public ControllerMemory? MemoryOf(string device) => _byId.GetValueOrDefault(device) is IController controller ? controller.Memory : null;

    /// <summary>Lets a controller go on from what was kept; nothing for what is none.</summary>
    public void Recall(string device, ControllerMemory kept)
    {
        if (_byId.GetValueOrDefault(device) is IController controller) controller.Recall(kept, kept.Program is { } program ? _programs.Of(program) : null);
    }

    /// <summary>
    /// What a light point has truly taken since the simulator's origin, to be compared with what is reported; null for what is no light point of these, or hangs on no
    /// cabinet of these. Asked about the time before the device was told something last, it says what it was then.
    /// </summary>
    /// <param name="lamp">The light point as it was registered.</param>
    /// <param name="at">Until when.</param>
    public LampTruth? TruthOf(DeviceDescriptor lamp, DateTimeOffset at)
    {
        if (lamp.Kind != DeviceKind.Streetlight || !_byId.TryGetValue(lamp.Id, out var model)) return null;
        var now = SimulatedTime.SecondsAt(at);
        if (model is ControlledLamp controlled) return controlled.TruthAt(now);
        if (lamp.Text("cabinet") is not { } id || _byId.GetValueOrDefault(id) is not LightingCabinet cabinet) return null;
        return cabinet.TruthAt(FleetAssembly.SegmentOf(lamp) - 1, FleetAssembly.RatedWattsOf(lamp), now);
    }

    /// <summary>What is true of a bin at an instant, to be compared with what is concluded from its reports; null for what is no bin of these.</summary>
    /// <param name="bin">The bin's key.</param>
    /// <param name="at">When.</param>
    /// <param name="fullPercent">From which fill on it is full.</param>
    public BinTruth? BinTruthOf(string bin, DateTimeOffset at, double fullPercent = 98) =>
        _byId.GetValueOrDefault(bin) is WasteBin model ? model.TruthAt(SimulatedTime.SecondsAt(at), fullPercent) : null;

    /// <summary>What is true of a water zone, in litres since the simulator's origin; null for what is no zone of these.</summary>
    public WaterZoneTruth? TruthOfZone(string zone, DateTimeOffset at) => _supplies.GetValueOrDefault(zone)?.TruthAt(SimulatedTime.SecondsAt(at));

    /// <summary>The faults that were planted and overlap a time: the truth that detection is judged against.</summary>
    public IEnumerable<PlantedFault> PlantedFaults(DateTimeOffset from, DateTimeOffset to)
    {
        // What began in a year may end in the next one.
        var (first, last) = (Math.Max(0, (int)(SimulatedTime.SecondsAt(from) / SimulatedTime.Year) - 1), (int)(SimulatedTime.SecondsAt(to) / SimulatedTime.Year));
        return _reporting
            .SelectMany(device => Enumerable.Range(first, last - first + 1).SelectMany(year => device.FaultsIn(year).Concat(device.EmptyBatteriesIn(year))))
            .Concat(_streets.SelectMany(street => Enumerable.Range(first, last - first + 1).SelectMany(street.FaultsIn)))
            .Where(fault => fault.From <= to && fault.Until >= from);
    }
}

/// <summary>What is true of a light point, since the simulator's origin.</summary>
/// <param name="WattHours">What it has taken, its standby included.</param>
/// <param name="FullNightWattHours">What it would have taken, had it burnt in full from each sunset to the next sunrise, and taken nothing by day.</param>
/// <param name="FullWatts">Its power at full light, standby included.</param>
/// <param name="BurningHours">How long it was lit, or told to be.</param>
public readonly record struct LampTruth(double WattHours, double FullNightWattHours, double FullWatts, double BurningHours);
