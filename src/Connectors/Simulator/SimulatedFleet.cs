using System.Collections.Immutable;
using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
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

    private SimulatedFleet(ImmutableArray<SimulatedDevice> reporting, Dictionary<string, SimulatedDevice?> byId)
    {
        _reporting = reporting;
        _switched = new int[reporting.Length];
        _byId = byId;
    }

    /// <summary>No device.</summary>
    public static SimulatedFleet Empty { get; } = new([], []);

    /// <summary>Devices that report: all but passive lamps.</summary>
    public int Reporting => _reporting.Length;

    /// <summary>All devices, passive lamps included.</summary>
    public int Count => _byId.Count;

    /// <summary>True when the device is one of these.</summary>
    public bool Contains(string device) => _byId.ContainsKey(device);

    /// <summary>Key of a reporting device.</summary>
    public string IdOf(int device) => _reporting[device].Id;

    /// <summary>Models of devices. Those in communes that the table does not know are left out.</summary>
    /// <param name="devices">Registered devices, in any order.</param>
    /// <param name="table">The country's communes.</param>
    /// <param name="seed">Everything that is left to chance follows from it.</param>
    /// <param name="former">A fleet whose lamps go on obeying what they obey.</param>
    public static SimulatedFleet Build(IEnumerable<DeviceDescriptor> devices, ITerritoryTable table, long seed, SimulatedFleet? former = null)
    {
        var assembly = new FleetAssembly(table, seed);
        foreach (var device in devices) assembly.Add(device);
        var (reporting, byId) = assembly.Complete();
        foreach (var device in former?._reporting ?? [])
        {
            if (device is ControlledLamp { Memory: { } kept } && byId.GetValueOrDefault(device.Id) is ControlledLamp heir) heir.Recall(kept);
        }

        return new SimulatedFleet(reporting, byId);
    }

    /// <summary>What a device reports at an instant.</summary>
    /// <param name="device">Index below <see cref="Reporting"/>.</param>
    /// <param name="at">When it is observed.</param>
    /// <param name="batchIndex">Place in the batch.</param>
    public IncomingReading Read(int device, DateTimeOffset at, int batchIndex = 0)
    {
        var model = _reporting[device];
        return new IncomingReading(batchIndex, model.Id, at, model.Report(SimulatedTime.SecondsAt(at)));
    }

    /// <summary>What the device of that key reports at an instant; null when it reports nothing.</summary>
    public IncomingReading? Read(string device, DateTimeOffset at, int batchIndex = 0) =>
        _byId.GetValueOrDefault(device) is { } model ? new IncomingReading(batchIndex, model.Id, at, model.Report(SimulatedTime.SecondsAt(at))) : null;

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
    public string? FindRefusal(string device, string command, IReadOnlyDictionary<string, double> arguments)
    {
        if (!_byId.TryGetValue(device, out var model)) return "no such simulated device";
        if (model is null) return "a passive light point has no controller: command its cabinet";
        if (model is not ControlledLamp || command is not (LampCommands.SetDimming or LampCommands.FollowPlan)) return $"the simulated device does not understand {command}";
        if (command == LampCommands.FollowPlan) return null;
        if (!arguments.TryGetValue("percent", out var percent) || !(percent is >= 0 and <= 100)) return "percent must be from 0 to 100";
        return arguments.TryGetValue("durationMinutes", out var minutes) && !(minutes > 0) ? "durationMinutes must be more than 0" : null;
    }

    /// <summary>Makes a device obey from an instant on. What <see cref="FindRefusal"/> refuses, or is older than what it obeys, changes nothing.</summary>
    public void Obey(string device, string command, IReadOnlyDictionary<string, double> arguments, DateTimeOffset at, long version = long.MaxValue)
    {
        if (FindRefusal(device, command, arguments) is not null || _byId[device] is not ControlledLamp lamp || !lamp.TakesVersion(version)) return;
        var now = SimulatedTime.SecondsAt(at);
        if (command == LampCommands.FollowPlan)
        {
            lamp.FollowProgram(now);
            return;
        }

        var until = arguments.TryGetValue("durationMinutes", out var minutes) ? now + (minutes * 60) : double.PositiveInfinity;
        lamp.SetLevel(arguments["percent"] / 100, now, until);
    }

    /// <summary>What a lamp keeps of its last command; null when it had none, or is no controlled lamp.</summary>
    public LampMemory? MemoryOf(string device) => _byId.GetValueOrDefault(device) is ControlledLamp lamp ? lamp.Memory : null;

    /// <summary>Lets a lamp go on from what was kept; nothing for what is no controlled lamp.</summary>
    public void Recall(string device, LampMemory kept)
    {
        if (_byId.GetValueOrDefault(device) is ControlledLamp lamp) lamp.Recall(kept);
    }

    /// <summary>The faults that were planted and overlap a time: the truth that detection is judged against.</summary>
    public IEnumerable<PlantedFault> PlantedFaults(DateTimeOffset from, DateTimeOffset to)
    {
        var (first, last) = ((int)(SimulatedTime.SecondsAt(from) / SimulatedTime.Year), (int)(SimulatedTime.SecondsAt(to) / SimulatedTime.Year));
        return _reporting
            .SelectMany(device => Enumerable.Range(first, last - first + 1).Select(device.FaultIn))
            .OfType<PlantedFault>()
            .Where(fault => fault.From <= to && fault.Until >= from);
    }
}

/// <summary>Commands that simulated lamps obey.</summary>
internal static class LampCommands
{
    public const string SetDimming = Contracts.Commands.CommandCatalog.SetDimming;
    public const string FollowPlan = "followPlan";
}
