using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Storage;
using Grid.Grains.Waiting;
using Orleans;
using Orleans.Storage;

namespace Grid.Grains.Commands.Groups;

/// <summary>Sets desired states of a part's members, some at a time, and makes them due in the outbox.</summary>
internal sealed class PartStep(IGrainFactory grains, IOutbox outbox, string key, PartMembers members, PartStates states)
{
    /// <summary>Desired states that are set at the same time. They share commits of the store, and leave it room for others.</summary>
    private const int AtOnce = 64;

    /// <summary>Members after which what was done is persisted.</summary>
    private const int StepSize = 256;

    private readonly IEnumerator<PartSlot> _slots = members.Slots().GetEnumerator();

    /// <summary>True when a desired state could not be set: worth another try.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The next slots with members whose desired state is to be set; null when there are none.</summary>
    public List<PartSlot>? Next()
    {
        var found = new List<PartSlot>();
        for (var count = 0; count < StepSize && _slots.MoveNext();)
        {
            var slot = _slots.Current;
            if (WaitingIn(slot).Any())
            {
                found.Add(slot);
                count += slot.To - slot.From;
            }
        }

        return found.Count == 0 ? null : found;
    }

    /// <summary>
    /// Sets the desired states in slots. What devices answered is noted at the end, when the rows that send it are there: the states may be persisted at any time.
    /// </summary>
    public async Task SetAsync(List<PartSlot> slots, DateTimeOffset now)
    {
        var answers = new List<(PartSlot Slot, int Member, DesiredAnswer Answer)>();
        foreach (var some in slots.SelectMany(slot => WaitingIn(slot).Select(member => (Slot: slot, Member: member))).Chunk(AtOnce))
        {
            var given = await Waits.All(some.Select(one => SetAsync(one.Slot.Lane, one.Member)));
            answers.AddRange(some.Zip(given).Where(one => one.Second is not null).Select(one => (one.First.Slot, one.First.Member, one.Second!)));
        }

        await TellAsync(answers, now);
        await WatchAsync(answers);
        foreach (var some in answers.Where(one => one.Answer.Order is not null).Select(one => one.Slot).Distinct().Chunk(AtOnce))
        {
            await Waits.All(some.Select(slot => outbox.AddAsync(RowOf(slot), now, CancellationToken.None)));
        }

        foreach (var (slot, member, answer) in answers)
        {
            Note(members.Part.Lanes[slot.Lane], member, answer);
        }
    }

    private IEnumerable<int> WaitingIn(PartSlot slot) => Enumerable.Range(slot.From, slot.To - slot.From).Where(member => states[member].IsWaiting);

    /// <summary>The device's answer, null when there was none.</summary>
    private async Task<DesiredAnswer?> SetAsync(int laneNumber, int member)
    {
        var lane = members.Part.Lanes[laneNumber];
        try
        {
            return await DeviceGrains.Get(grains, lane.Kind, members.DeviceAt(member)).SetDesired(new DesiredChange
            {
                Command = GroupParts.CommandOf(key, laneNumber),
                Name = lane.Order.Name,
                Arguments = lane.Order.Arguments,
                At = members.Part.CreatedAt,
                Layer = members.Part.Layer,
            });
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or InconsistentStateException or StorageOverloadedException or StorageUnavailableException)
        {
            // It may have been set or not: once more tells.
            HasFailed = true;
            return null;
        }
    }

    private void Note(GroupLane lane, int member, DesiredAnswer answer)
    {
        if (answer.Reason is { } reason)
        {
            states.Reach(member, CommandState.Rejected, $"{answer.Field}: {reason}");
        }
        else if (answer.HeldBy is { } layer)
        {
            states.Reach(member, CommandState.Superseded, CommandRules.HeldBy(layer));
        }
        else
        {
            states.Desire(member, answer.Version, answer.Order ?? lane.Order, lane.Order);
            if (answer.Order is null)
            {
                states.Send(member);
            }
        }
    }

    /// <summary>Where something lies below what was asked for, the device is to be told that when this ends.</summary>
    private async Task WatchAsync(List<(PartSlot Slot, int Member, DesiredAnswer Answer)> answers)
    {
        foreach (var end in answers.Where(one => one.Answer.Resumes is not null).GroupBy(one => one.Answer.Resumes!.Value, one => members.DeviceAt(one.Member)))
        {
            await grains.GetGrain<ISectorControllersGrain>(GroupParts.SectorOf(key)).Watch([.. end.Distinct(StringComparer.Ordinal)], end.Key);
        }
    }

    /// <summary>Those whose place was taken are told.</summary>
    private async Task TellAsync(List<(PartSlot Slot, int Member, DesiredAnswer Answer)> answers, DateTimeOffset now)
    {
        var superseded = answers.SelectMany(one => one.Answer.Superseded
            .Where(other => other != GroupParts.CommandOf(key, one.Slot.Lane)).Select(other => (Command: other, Device: members.DeviceAt(one.Member))));
        var progress = new CommandProgress { State = CommandState.Superseded, At = now, Detail = $"by group command {GroupParts.GroupOf(key)}" };
        foreach (var some in superseded.GroupBy(one => one.Command, one => one.Device, StringComparer.Ordinal).Chunk(AtOnce))
        {
            await Waits.All(some.Select(one => GroupParts.IsPart(one.Key)
                ? grains.GetGrain<IGroupPartGrain>(GroupParts.PartOf(one.Key)).Report(one.Key, [.. one], progress)
                : grains.GetGrain<ICommandGrain>(one.Key).Report(progress)));
        }
    }

    private Downlink RowOf(PartSlot slot)
    {
        var lane = members.Part.Lanes[slot.Lane];
        return new Downlink(
            DownlinkOwners.RowOf(key, PartRows.WordOf(slot)), string.Empty, lane.Route.Connector, lane.Order.Name, lane.Order.Arguments, 0, members.Part.ExpiresAt,
            lane.Route.Gateway, DownlinkOwner.Group);
    }
}
