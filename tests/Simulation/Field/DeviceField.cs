using System.Runtime.InteropServices;
using Grid.Connectors.Simulator;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
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

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Dictionary<string, FieldDevice> _devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<DateTimeOffset, List<(string Commune, IncomingReading Reading)>> _kept = [];
    private SimulatedFleet _fleet = SimulatedFleet.Empty;
    private IReadOnlyCollection<DeviceDescriptor>? _registered;
    private ILookup<int, FieldDevice> _rounds = Array.Empty<FieldDevice>().ToLookup(_ => 0);
    private Foresight? _foresight;
    private long _number;

    public DeviceField(World world)
    {
        _world = world;
        _chance = world.ChanceOf("field");
        world.Clock.CreateTimer(_ => Report(), null, Tick, Tick);
    }

    /// <summary>Batches that are not answered.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Readings that were made.</summary>
    public long Readings { get; private set; }

    /// <summary>True while devices report.</summary>
    public bool IsReporting { get; set; }

    /// <summary>Lamps that can be commanded, as of the last round.</summary>
    public IReadOnlyList<DeviceDescriptor> Lamps { get; private set; } = [];

    /// <summary>Asks these devices from the next round on.</summary>
    public void Serve(IReadOnlyCollection<DeviceDescriptor> devices) => _registered = devices;

    /// <summary>A downlink arrives at its lamp.</summary>
    public void Obey(Downlink downlink)
    {
        if (_fleet.Contains(downlink.Device))
        {
            _foresight?.Forget(downlink.Device);
            _fleet.Obey(downlink.Device, downlink.Name, downlink.Arguments, _world.Clock.GetUtcNow(), downlink.Version);
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
        var (fleet, devices) = (_fleet, _rounds[at.Minute % MinutesOfRound].Select(device => (device.Id, device.Commune)).ToArray());
        var readings = new IncomingReading?[devices.Length];
        _foresight = new Foresight(at, devices, readings, Task.Run(() =>
        {
            var places = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var index = 0; index < readings.Length; index++)
            {
                ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, devices[index].Commune, out _);
                readings[index] = fleet.Read(devices[index].Id, at, place);
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

        known.Commune = device.Commune;
        return known;
    }

    private void Ask(FieldDevice device, DateTimeOffset now, SortedDictionary<string, List<IncomingReading>> batches, IncomingReading? foreseen)
    {
        if (now < device.SilentUntil)
        {
            return;
        }

        if (_chance.Happens(_world.Rates[Fault.Silence] / 4))
        {
            device.FallSilent(now + _chance.Between(TimeSpan.FromMinutes(30), TimeSpan.FromHours(3)));
            _world.Trace.Add("silent", device.Id);
            return;
        }

        if ((foreseen ?? _fleet.Read(device.Id, now)) is not { } reading)
        {
            return;
        }

        reading = device.Number(reading);
        Readings++;
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
    private sealed record Foresight(DateTimeOffset At, (string Id, string Commune)[] Devices, IncomingReading?[] Readings, Task Done)
    {
        /// <summary>A device is about to obey something else: it is asked when it is its turn. Nothing else is under way meanwhile.</summary>
        public void Forget(string device)
        {
            Done.GetAwaiter().GetResult();
            if (Array.FindIndex(Devices, known => known.Id == device) is >= 0 and var index)
            {
                Readings[index] = null;
            }
        }
    }
}
