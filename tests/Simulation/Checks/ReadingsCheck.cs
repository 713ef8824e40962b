using Grid.Client;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
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
        var shadows = Shadows.Of(world, process);
        foreach (var record in world.Registry.Devices.Values.Where(record => world.Journal.Keeps(record.Sector)))
        {
            var id = record.Descriptor.Id;
            var grain = process.Get<IGridGrains>().Device(record.Descriptor.Kind, id);
            if (shadows.Find(id) is not { } shadow)
            {
                world.Violated("I2", $"device {id} is registered and its registration is nowhere in the log");
                continue;
            }

            var now = world.Clock.GetUtcNow();

            var (expected, actual) = (shadow.View(now), await grain.GetView());

            var contribution = shadow.Contribution;
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
