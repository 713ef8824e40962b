using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Connectors.Simulator;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Simulation.Checks;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Field;

/// <summary>
/// The devices and their network gateways, one a commune. A gateway asks its devices every 15 minutes and sends what they said as one batch, again
/// and again until it is answered: nothing that was read is given up.
/// </summary>
internal sealed class DeviceField
{
    private const int MinutesOfRound = 15;
    private const int BatchSize = 1_000;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DelayTo = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);
    private static readonly ImmutableSortedDictionary<string, double> NoArguments = ImmutableSortedDictionary<string, double>.Empty;

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Dictionary<string, FieldDevice> _devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<DateTimeOffset, List<(string Commune, IncomingReading Reading)>> _kept = [];
    private SimulatedFleet _fleet = SimulatedFleet.Empty;
    private IReadOnlyCollection<DeviceDescriptor>? _registered;
    private ILookup<int, FieldDevice> _rounds = Array.Empty<FieldDevice>().ToLookup(_ => 0);
    private Func<DeviceDescriptor, ControllerProgram?>? _programOf;
    private HashSet<string>? _faulty;
    private Foresight? _foresight;
    private long _number;

    public DeviceField(World world)
    {
        _world = world;
        _chance = world.ChanceOf("field");
        Programs = new ProgramsCheck(world);
        world.Clock.CreateTimer(_ => Report(), null, Tick, Tick);
    }

    /// <summary>What controllers were given, and whether they follow it.</summary>
    public ProgramsCheck Programs { get; }

    /// <summary>Batches that are not answered.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Readings that were made.</summary>
    public long Readings { get; private set; }

    /// <summary>Frames of a day that were made.</summary>
    public long Frames { get; private set; }

    /// <summary>Messages to many that were sent, each with its repetitions.</summary>
    public long Multicasts { get; private set; }

    /// <summary>True while devices report.</summary>
    public bool IsReporting { get; set; }

    /// <summary>Lamps that can be commanded, as of the last round.</summary>
    public IReadOnlyList<DeviceDescriptor> Lamps { get; private set; } = [];

    /// <summary>Asks these devices from the next round on.</summary>
    public void Serve(IReadOnlyCollection<DeviceDescriptor> devices) => _registered = devices;

    /// <summary>
    /// From the next round on, each controller that keeps a program and was not given one is given this one, as by hand: what it is to do without Grid.
    /// </summary>
    public void AssignPrograms(Func<DeviceDescriptor, ControllerProgram?> programOf) => _programOf = programOf;

    /// <summary>A downlink arrives at a device.</summary>
    /// <param name="downlink">What it is told.</param>
    /// <param name="device">The device's key.</param>
    /// <param name="version">The version that counts for it.</param>
    public void Obey(Downlink downlink, string device, long version)
    {
        if (_fleet.FindRefusal(device, downlink.Name, downlink.Arguments, downlink.Program) is null)
        {
            _foresight?.Forget(device);
            Programs.Told(device, downlink.Name, downlink.Arguments, version, downlink.Program);
            _fleet.Obey(device, downlink.Name, downlink.Arguments, _world.Clock.GetUtcNow(), version, downlink.Program);
        }
    }

    /// <summary>A message to many is on its way.</summary>
    public void Multicast() => Multicasts++;

    /// <summary>What a device would report of a metric now; null when it reports no such thing.</summary>
    public double? Look(string device, string metric) => _fleet.Read(device, _world.Clock.GetUtcNow()) is { } reading
        ? reading.Metrics.Where(value => value.Name == metric).Select(value => (double?)value.Value).FirstOrDefault()
        : null;

    /// <summary>What is true of a light point.</summary>
    public LampTruth? TruthOf(DeviceDescriptor lamp, DateTimeOffset at) => _fleet.TruthOf(lamp, at);

    /// <summary>True when a fault is planted in a device within a time.</summary>
    public bool HasFault(string device, DateTimeOffset from, DateTimeOffset to)
    {
        _faulty ??= _fleet.PlantedFaults(from, to).Select(fault => fault.Device).ToHashSet(StringComparer.Ordinal);
        return _faulty.Contains(device);
    }

    /// <summary>Programs are kept by whoever keeps them: a device that is made anew from its registration still has the one that it was given.</summary>
    private void GivePrograms(IReadOnlyCollection<DeviceDescriptor> devices)
    {
        foreach (var device in devices)
        {
            if (_programOf?.Invoke(device) is { } program && _fleet.FindRefusal(device.Id, CommandCatalog.LoadProgram, NoArguments, program) is null
                && _fleet.MemoryOf(device.Id)?.Program is null)
            {
                Programs.Told(device.Id, CommandCatalog.LoadProgram, NoArguments, 0, program);
                _fleet.Obey(device.Id, CommandCatalog.LoadProgram, NoArguments, _world.Clock.GetUtcNow(), 0, _world.Plants.Over(program));
            }
        }
    }

    private void Report()
    {
        if (!IsReporting)
        {
            return;
        }

        var foreseen = _foresight;
        _foresight = null;
        foreseen?.Done.GetAwaiter().GetResult();
        if (_registered is { } devices)
        {
            (_registered, foreseen) = (null, null);
            _fleet = SimulatedFleet.Build(devices, _world.Territory, _world.Options.Seed, _fleet);
            Programs.Serve(devices);
            GivePrograms(devices);
            Lamps = [.. devices.Where(device => device.Kind == DeviceKind.Streetlight && !device.Flag("passive"))];
            _rounds = devices.Where(device => !device.Flag("passive")).Select(Known).ToLookup(device => RoundOf(device.Commune));
        }

        var now = _world.Clock.GetUtcNow();
        var batches = new SortedDictionary<string, List<IncomingReading>>(StringComparer.Ordinal);
        var index = 0;
        foreach (var device in _rounds[now.Minute % MinutesOfRound])
        {
            Ask(device, now, batches, foreseen?.At == now ? foreseen.Readings[index] : null);
            index++;
        }

        while (_kept.Count > 0 && _kept.First() is var (due, late) && due <= now)
        {
            _kept.Remove(due);
            late.ForEach(reading => Add(batches, reading.Commune, reading.Reading));
        }

        foreach (var (commune, readings) in batches)
        {
            foreach (var part in readings.Chunk(BatchSize))
            {
                Send(new FieldBatch(commune, ++_number, part));
            }
        }

        if (_world.Options.UsesSecondCore)
        {
            Foresee(now + Tick);
        }
    }

    /// <summary>What a device says follows from the instant and from what it obeys: it can be worked out before, beside the world.</summary>
    private void Foresee(DateTimeOffset at)
    {
        var (fleet, devices) = (_fleet, _rounds[at.Minute % MinutesOfRound].Select(device => (device.Id, device.Commune, device.Cabinet, device.SendsFrames)).ToArray());
        var readings = new IncomingReading?[devices.Length];
        _foresight = new Foresight(at, devices, readings, Task.Run(() =>
        {
            var places = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var index = 0; index < readings.Length; index++)
            {
                ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, devices[index].Commune, out _);
                readings[index] = devices[index].SendsFrames ? null : fleet.Read(devices[index].Id, at, place);
                place = (place + (readings[index] is null ? 0 : 1)) % BatchSize;
            }
        }));
    }

    /// <summary>The device as it was before it was registered anew, where it is now.</summary>
    private FieldDevice Known(DeviceDescriptor device)
    {
        if (!_devices.TryGetValue(device.Id, out var known))
        {
            _devices.Add(device.Id, known = new FieldDevice(device.Id, hasCounter: Trace.HashOf(System.Text.Encoding.ASCII.GetBytes(device.Id)) % 3 == 0));
        }

        (known.Commune, known.Cabinet, known.SendsFrames) = (device.Commune, device.FedBy(), SimulatedFleet.SendsFrames(device));
        return known;
    }

    private void Ask(FieldDevice device, DateTimeOffset now, SortedDictionary<string, List<IncomingReading>> batches, IncomingReading? foreseen)
    {
        if (now < device.SilentUntil || (device.SendsFrames && now < device.NextFrame))
        {
            return;
        }

        if (_chance.Happens(_world.Rates[Fault.Silence] / 4))
        {
            device.FallSilent(now + _chance.Between(TimeSpan.FromMinutes(30), TimeSpan.FromHours(3)));
            _world.Trace.Add("silent", device.Id);
            return;
        }

        if (device.SendsFrames)
        {
            device.NextFrame = _fleet.NextReport(device.Id, now);
        }

        if ((foreseen ?? _fleet.Report(device.Id, now)) is not { } reading)
        {
            return;
        }

        Programs.Judge(reading);
        _world.Night.Judge(reading);
        reading = device.Number(reading);
        Readings++;
        Frames += reading is IncomingFrame ? 1 : 0;
        if (_chance.Happens(_world.Rates[Fault.LateReading]))
        {
            Keep(now + _chance.Between(TimeSpan.FromMinutes(1), TimeSpan.FromHours(5)), device.Commune, reading);
            return;
        }

        if (_chance.Happens(_world.Rates[Fault.DuplicateReading]))
        {
            Keep(now + _chance.Between(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)), device.Commune, reading);
        }

        Add(batches, device.Commune, reading);
    }

    private void Keep(DateTimeOffset until, string commune, IncomingReading reading)
    {
        if (!_kept.TryGetValue(until, out var list))
        {
            _kept.Add(until, list = []);
        }

        list.Add((commune, reading));
    }

    private void Send(FieldBatch batch)
    {
        Outstanding++;
        Try(batch);
    }

    private void Try(FieldBatch batch)
    {
        if (batch.IsAnswered)
        {
            return;
        }

        batch.Attempts++;
        _world.Trace.Add("batch sent", batch.Gateway, batch.Number, batch.Readings.Count);
        var copies = _chance.Happens(_world.Rates[Fault.MessageDuplicate]) ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            if (!_chance.Happens(_world.Rates[Fault.MessageLoss]))
            {
                _world.After(Delay(), () => Arrive(batch));
            }
        }

        _world.After(AnswerWithin, () => Try(batch));
    }

    private void Arrive(FieldBatch batch)
    {
        if (_world.Process is not { IsReady: true } process)
        {
            return;
        }

        process.Do("intake", async () =>
        {
            IntakeResult result;
            try
            {
                result = await process.Get<IIntake>().SubmitAsync(batch.Readings, IntakeClass.Integration, CancellationToken.None);
            }
            catch (IOException refused)
            {
                // As a 503: its sender tries again.
                _world.Trace.Say($"batch {batch.Number} was refused: {refused.Message}");
                return;
            }

            if (process.IsAlive && !_chance.Happens(_world.Rates[Fault.MessageLoss]))
            {
                _world.After(Delay(), () => Answer(batch, result));
            }
        });
    }

    private void Answer(FieldBatch batch, IntakeResult result)
    {
        if (batch.IsAnswered)
        {
            return;
        }

        if (result.RetryAfter is { } pause)
        {
            _world.After(pause, () => Try(batch));
            return;
        }

        batch.IsAnswered = true;
        Outstanding--;
        _world.Trace.Add("batch answered", batch.Gateway, batch.Number, result.Accepted);
    }

    private TimeSpan Delay() => _chance.Happens(_world.Rates[Fault.MessageDelay]) ? _chance.Between(TimeSpan.Zero, DelayTo) : TimeSpan.Zero;

    private static void Add(SortedDictionary<string, List<IncomingReading>> batches, string commune, IncomingReading reading)
    {
        if (!batches.TryGetValue(commune, out var list))
        {
            batches.Add(commune, list = []);
        }

        // Its place in the batch that it will be part of.
        var index = list.Count % BatchSize;
        list.Add(reading.Index == index ? reading : reading with { Index = index });
    }

    private static int RoundOf(string commune) => (int)((uint)Trace.HashOf(System.Text.Encoding.ASCII.GetBytes(commune)) % MinutesOfRound);

    /// <summary>What the devices of a round will say at an instant, once it is done.</summary>
    private sealed record Foresight(DateTimeOffset At, (string Id, string Commune, string? Cabinet, bool SendsFrames)[] Devices, IncomingReading?[] Readings, Task Done)
    {
        /// <summary>A device is about to obey something else: it is asked when it is its turn. Nothing else is under way meanwhile.</summary>
        public void Forget(string device)
        {
            Done.GetAwaiter().GetResult();
            if (Array.FindIndex(Devices, known => known.Id == device) is >= 0 and var index)
            {
                Readings[index] = null;

                // Its cabinet meters what it draws.
                if (Devices[index].Cabinet is { } cabinet && Array.FindIndex(Devices, known => known.Id == cabinet) is >= 0 and var feeding)
                {
                    Readings[feeding] = null;
                }
            }
        }
    }
}
