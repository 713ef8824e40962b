using Grid.Contracts.Commands;
using Grid.Simulation.Field;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// I2 for commands to many devices: each that was accepted is there with its members, each of them once. I4: each member ends once, in time, and stays so; the counts are
/// those of the members.
/// </summary>
internal static class GroupsCheck
{
    private const int PageSize = 100;

    /// <summary>After its expiry every member is final within this: a process that is gone and comes back, and a clock that was wrong, are in it.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(World world, GridProcess process)
    {
        foreach (var group in world.Groups.Accepted)
        {
            var grain = process.Grains.GetGrain<IGroupCommandGrain>(group.Id);
            if (await grain.Get() is not { } view)
            {
                world.Violated("I2", $"group command {group.Id} was accepted and is not there");
                continue;
            }

            var members = await MembersAsync(grain);
            group.Devices.UnionWith(members.Select(member => member.Device));
            var states = members.CountBy(member => member.State).ToDictionary();
            if (members.Count != group.Members || view.Members != group.Members || members.Select(KeyOf).Distinct(StringComparer.Ordinal).Count() != members.Count)
            {
                world.Violated("I2", $"group command {group.Id} was accepted with {group.Members} members, shows {view.Members} and lists {members.Count}");
            }

            if (Enum.GetValues<CommandState>().Any(state => view.Counts[(int)state] != states.GetValueOrDefault(state)))
            {
                world.Violated("I4", $"group command {group.Id} counts {string.Join(' ', view.Counts)}, and its members are {string.Join(", ", states)}");
            }

            JudgeEnds(world, group, view, members);
        }
    }

    private static void JudgeEnds(World world, AcceptedGroup group, GroupView view, List<GroupMember> members)
    {
        foreach (var member in members)
        {
            var isKnown = group.Final.TryGetValue(KeyOf(member), out var before);
            if (isKnown && before != member.State)
            {
                world.Violated("I4", $"{member.Device} had ended as {before} in group command {group.Id} and is {member.State}");
            }

            if (member.State >= CommandState.Confirmed)
            {
                group.Final[KeyOf(member)] = member.State;
            }
        }

        if (view.ExpiresAt + EndsWithin >= world.Clock.GetUtcNow())
        {
            return;
        }

        if (view.State == GroupState.Running)
        {
            world.Violated("I4", $"group command {group.Id} should have ended at {view.ExpiresAt:HH:mm:ss} and counts {string.Join(' ', view.Counts)}");
        }

        if (world.Outbox.Rows.Values.FirstOrDefault(row => row.DueAt + EndsWithin < world.Clock.GetUtcNow()
            && row.Downlink.Command.StartsWith($"{group.Id}/", StringComparison.Ordinal)) is { } left)
        {
            world.Violated("I7", $"group command {group.Id} has ended and its row {left.Downlink.Command} is still in the outbox");
        }
    }

    /// <summary>Every member of a command to many.</summary>
    public static async Task<List<GroupMember>> MembersAsync(IGroupCommandGrain grain)
    {
        var members = new List<GroupMember>();
        var from = default(GroupPlace);
        do
        {
            var page = (await grain.List(null, from, PageSize))!;
            members.AddRange(page.Items);
            from = page.Next;
        }
        while (from is not null);
        return members;
    }

    private static string KeyOf(GroupMember member) => $"{member.Device} {member.Order.Name} {member.Order.Arguments.GetValueOrDefault("segment")}";
}
