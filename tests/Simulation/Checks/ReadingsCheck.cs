using System.Collections.Immutable;
using Grid.Client;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;
using Grid.Grains.Territory;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// I2 for readings: every device is the effect of exactly the entries that were acknowledged for it, each once. The journal says which those are.
/// </summary>
internal static class ReadingsCheck
{
    // What is asked of a device is in no log, so that a shadow cannot know that it does something else.
    private static readonly HashSet<string> OfWhatIsAsked =
        [.. new[] { Conditions.Discrepancy, Conditions.SegmentUnexpectedOn, Conditions.SegmentUnexpectedOff, Conditions.ConsumptionUnexpected }.Select(ConditionTable.NameOf)];

    public static async Task RunAsync(World world, GridProcess process)
    {
        var context = new DeviceContext(new LocalCalendars(world.Territory), new LocalSkies(world.Territory), world.Clock, process.Get<DeviceInstruments>(), process.Get<ISubscriberKeys>());
        var shadows = new Dictionary<string, (DeviceKind Kind, IDeviceLife Shadow)>(StringComparer.Ordinal);
        var followers = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var given = new Dictionary<string, ImmutableArray<ParameterSet>>(StringComparer.Ordinal);
        foreach (var (sector, offset, durable) in world.Journal.Entries())
        {
            var entry = durable;
            if (entry is ParametersEntry parameters)
            {
                // To every device: one that is in another sector knows by the position that it does not concern it.
                var former = given.GetValueOrDefault(sector, []);
                given[sector] = parameters.Defaults;
                foreach (var (device, (kind, _)) in shadows)
                {
                    if (!former.Of(kind).SequenceEqual(parameters.Defaults.Of(kind)))
                    {
                        Hand(device);
                    }
                }

                continue;
            }

            if (entry is RegisteredEntry registered)
            {
                entry = registered with { Defaults = given.GetValueOrDefault(sector, []) };
                if (!shadows.TryGetValue(entry.Device, out var known) || known.Kind != registered.Descriptor.Kind)
                {
                    shadows[entry.Device] = (registered.Descriptor.Kind, DeviceLives.New(registered.Descriptor.Kind, entry.Device, context));
                }

                if (DescriptorRules.CabinetHeard(registered.Descriptor) is { } cabinet)
                {
                    var led = followers.TryGetValue(cabinet, out var list) ? list : followers[cabinet] = [];
                    if (!led.Contains(entry.Device))
                    {
                        led.Add(entry.Device);
                    }
                }
            }

            Hand(entry.Device);
            foreach (var follower in followers.GetValueOrDefault(entry.Device, []))
            {
                Hand(follower);
            }

            void Hand(string device)
            {
                if (shadows.TryGetValue(device, out var shadow))
                {
                    shadow.Shadow.Apply(entry, new LogPosition(sector, offset), 0, out _);
                }
            }
        }

        foreach (var record in world.Registry.Devices.Values.Where(record => world.Journal.Keeps(record.Sector)))
        {
            var id = record.Descriptor.Id;
            var grain = process.Get<IGridGrains>().Device(record.Descriptor.Kind, id);
            if (!shadows.TryGetValue(id, out var shadow))
            {
                world.Violated("I2", $"device {id} is registered and its registration is nowhere in the log");
                continue;
            }

            var now = world.Clock.GetUtcNow();

            var (expected, actual) = (shadow.Shadow.View(now), await grain.GetView());

            var contribution = shadow.Shadow.Contribution;
            foreach (var asked in actual.Conditions.Where(condition => OfWhatIsAsked.Contains(condition.Condition)))
            {
                contribution = contribution.Status is DeviceStatus.Ok or DeviceStatus.Warning && asked.Severity > contribution.Status ? contribution with { Status = asked.Severity } : contribution;
            }

            Compare(world, id, "contributes", contribution, await grain.GetContribution());
            Compare(world, id, "was last heard at", expected.LastSeen, actual.LastSeen);
            Compare(world, id, "shows", string.Join(", ", expected.Reported), string.Join(", ", actual.Reported));
            Compare(world, id, "explains", string.Join(", ", expected.Derived), string.Join(", ", actual.Derived));
            Compare(world, id, "is in", string.Join(", ", expected.Conditions), string.Join(", ", actual.Conditions.Where(condition => !OfWhatIsAsked.Contains(condition.Condition))));
        }
    }

    private static void Compare<T>(World world, string device, string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            world.Violated("I2", $"device {device} {what} {actual}; after what was acknowledged it must be {expected}");
        }
    }
}
