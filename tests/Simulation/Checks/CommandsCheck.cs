using Grid.Client;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Simulation.Field;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// I2 for commands: each that was accepted is there as it was asked for, and a lamp wants what the newest one said. I4: each ends once, in time, and stays so.
/// </summary>
internal static class CommandsCheck
{
    /// <summary>After its expiry a command is final within this: a process that is gone and comes back, and a clock that was wrong, are in it.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(World world, GridProcess process)
    {
        var newest = new Dictionary<string, AcceptedCommand>(StringComparer.Ordinal);
        foreach (var command in world.Operators.Accepted)
        {
            newest[command.Request.Device] = command;
            if (await process.Grains.GetGrain<ICommandGrain>(command.Id).Get() is not { } view)
            {
                world.Violated("I2", $"command {command.Id} to {command.Request.Device} was accepted and is not there");
                continue;
            }

            if (view.Device != command.Request.Device || !view.Arguments.SequenceEqual(command.Request.Arguments))
            {
                world.Violated("I2", $"command {command.Id} to {command.Request.Device} is there as another one, to {view.Device}");
            }

            JudgeEnd(world, command, view);
        }

        var removed = world.Journal.Entries().Where(entry => entry.Entry is RemovedEntry { Moved: false }).Select(entry => entry.Entry.Device).ToHashSet(StringComparer.Ordinal);
        var byRules = await CommandedByRulesAsync(world, process);
        foreach (var (lamp, command) in newest)
        {
            if (!removed.Contains(lamp) && world.Registry.Devices.TryGetValue(lamp, out var record) && world.Journal.Keeps(record.Sector))
            {
                var desired = (await process.Get<IGridGrains>().Device(record.Descriptor.Kind, lamp).GetView()).Desired;
                var asked = command.Request.Arguments["percent"];

                // Which of a command to it and one to its commune came last is known to the lamp alone: any of them may count. One that follows a plan which it does
                // not keep wants what that says now.
                var groups = world.Groups.Accepted.Where(group => group.Devices.Contains(lamp)).ToList();
                var mayFollowPlan = groups.Any(group => group.Level is null);
                var isAsked = byRules.Contains(lamp) || desired is [{ Name: "dimmingPercent" } wanted] && (wanted.Value == asked || groups.Any(group => group.Level == wanted.Value));
                if (!isAsked && !mayFollowPlan)
                {
                    world.Violated("I2", $"lamp {lamp} wants {string.Join(", ", desired)}; the newest accepted command {command.Id} asked for {asked}");
                }
            }
        }
    }

    /// <summary>Lamps that rules have told something: what they want may be that, or, once that is over, nothing.</summary>
    private static async Task<HashSet<string>> CommandedByRulesAsync(World world, GridProcess process)
    {
        var lamps = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (state, grain) in world.Grains.Records.Keys.Where(key => key.State is "command" or "group" && key.Grain.Key.ToString()!.StartsWith("rule-", StringComparison.Ordinal)).ToList())
        {
            var id = grain.Key.ToString()!;
            if (state == "command")
            {
                lamps.UnionWith(await process.Grains.GetGrain<ICommandGrain>(id).Get() is { } view ? [view.Device] : []);
            }
            else
            {
                lamps.UnionWith((await GroupsCheck.MembersAsync(process.Grains.GetGrain<IGroupCommandGrain>(id))).Select(member => member.Device));
            }
        }

        return lamps;
    }

    private static void JudgeEnd(World world, AcceptedCommand command, CommandView view)
    {
        var ends = view.Ledger.Where(step => IsFinal(step.State)).ToList();
        if (ends.Count > 1 || (ends.Count == 1) != IsFinal(view.State) || (ends.Count == 1 && view.Ledger[^1].State != view.State))
        {
            world.Violated("I4", $"command {command.Id} is {view.State}, and its ledger says {string.Join(", ", view.Ledger.Select(step => step.State))}");
        }

        if (command.Final is { } before && before != view.State)
        {
            world.Violated("I4", $"command {command.Id} had ended as {before} and is {view.State}");
        }

        if (IsFinal(view.State))
        {
            command.Final = view.State;
            if (world.Outbox.Rows.TryGetValue(command.Id, out var row) && row.DueAt + EndsWithin < world.Clock.GetUtcNow())
            {
                world.Violated("I7", $"command {command.Id} is {view.State} and its row is still in the outbox");
            }
        }
        else if (view.ExpiresAt + EndsWithin < world.Clock.GetUtcNow())
        {
            world.Violated("I4", $"command {command.Id} should have ended at {view.ExpiresAt:HH:mm:ss} and is {view.State}");
        }
    }

    private static bool IsFinal(CommandState state) => state >= CommandState.Confirmed;
}
