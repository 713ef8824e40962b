using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;
using Grid.Grains.Territory;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// Every device as the effect of exactly the entries that were acknowledged for it, each once, in one go and without a process that dies; and what its rules decided on the way, with the ids
/// that it has whoever replays.
/// </summary>
internal sealed class Shadows
{
    private readonly Dictionary<string, (DeviceKind Kind, IDeviceLife Shadow)> _shadows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _followers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<ParameterSet>> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RuleSet> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sectors = new(StringComparer.Ordinal);
    private readonly List<Decision> _decisions = [];
    private readonly DeviceContext _context;

    private Shadows(DeviceContext context) => _context = context;

    /// <summary>What rules of devices decided, in the order of the log of each sector.</summary>
    public IReadOnlyList<Decision> Decisions => _decisions;

    /// <summary>After all that was acknowledged so far.</summary>
    public static Shadows Of(World world, GridProcess process)
    {
        var shadows = new Shadows(
            new DeviceContext(new LocalCalendars(world.Territory), new LocalSkies(world.Territory), world.Clock, process.Get<DeviceInstruments>(), process.Get<ISubscriberKeys>()));
        foreach (var (sector, offset, entry) in world.Journal.Entries())
        {
            shadows.Take(sector, offset, entry);
        }

        return shadows;
    }

    /// <summary>The shadow of a device; null when its registration is nowhere in the log.</summary>
    public IDeviceLife? Find(string device) => _shadows.TryGetValue(device, out var known) ? known.Shadow : null;

    private void Take(string sector, long offset, LogEntry entry)
    {
        switch (entry)
        {
            case ParametersEntry parameters:
                // To every device: one that is in another sector knows by the position that it does not concern it.
                var former = _given.GetValueOrDefault(sector, []);
                _given[sector] = parameters.Defaults;
                foreach (var (device, (kind, _)) in _shadows)
                {
                    if (!former.Of(kind).SequenceEqual(parameters.Defaults.Of(kind)))
                    {
                        Hand(sector, offset, entry, device);
                    }
                }

                return;
            case RulesEntry given:
                _rules[sector] = given.Rules;
                HandToAll(sector, offset, entry);
                return;
            case RulesLookEntry:
                HandToAll(sector, offset, entry);
                return;
            case RegisteredEntry registered:
                entry = Register(sector, registered);
                break;
        }

        Hand(sector, offset, entry, entry.Device);
        foreach (var follower in _followers.GetValueOrDefault(entry.Device, []))
        {
            Hand(sector, offset, entry, follower);
        }

        if (entry is RemovedEntry)
        {
            _sectors.Remove(entry.Device);
            _decisions.Add(new Decision(sector, entry.Device, entry.ReceivedAt, null));
        }
    }

    private RegisteredEntry Register(string sector, RegisteredEntry registered)
    {
        var entry = registered with { Defaults = _given.GetValueOrDefault(sector, []), Rules = _rules.GetValueOrDefault(sector, RuleSet.Empty) };
        if (!_shadows.TryGetValue(entry.Device, out var known) || known.Kind != registered.Descriptor.Kind)
        {
            _shadows[entry.Device] = (registered.Descriptor.Kind, DeviceLives.New(registered.Descriptor.Kind, entry.Device, _context));
        }

        if (DescriptorRules.CabinetHeard(registered.Descriptor) is { } cabinet)
        {
            var led = _followers.TryGetValue(cabinet, out var list) ? list : _followers[cabinet] = [];
            if (!led.Contains(entry.Device))
            {
                led.Add(entry.Device);
            }
        }

        _sectors[entry.Device] = sector;
        return entry;
    }

    private void HandToAll(string sector, long offset, LogEntry entry)
    {
        foreach (var device in _sectors.Where(device => device.Value == sector).Select(device => device.Key).Order(StringComparer.Ordinal).ToArray())
        {
            Hand(sector, offset, entry, device);
        }
    }

    private void Hand(string sector, long offset, LogEntry entry, string device)
    {
        if (!_shadows.TryGetValue(device, out var shadow))
        {
            return;
        }

        var outcome = shadow.Shadow.Apply(entry, new LogPosition(sector, offset), 0, out _);
        foreach (var effect in outcome.Effects.IsDefault ? [] : outcome.Effects)
        {
            if (effect is RuleAlarm or RuleAction)
            {
                _decisions.Add(new Decision(sector, device, entry.ReceivedAt, effect));
            }
        }
    }
}

/// <summary>Something that a rule of a device decided.</summary>
/// <param name="Sector">Where.</param>
/// <param name="Device">Of which device.</param>
/// <param name="ReceivedAt">When the entry was taken in by which it did.</param>
/// <param name="Effect">What; null when the device left the sector.</param>
internal sealed record Decision(string Sector, string Device, DateTimeOffset ReceivedAt, DeviceEffect? Effect);
