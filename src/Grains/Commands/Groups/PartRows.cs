using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Contracts.Sectors;

namespace Grid.Grains.Commands.Groups;

/// <summary>What a part says of its rows in the outbox, and makes of what became of them. Pure.</summary>
public static class PartRows
{
    private const string Duration = "durationMinutes";

    /// <summary>The lane of the outbox in which a part is driven.</summary>
    public static string DriveGateway(string sector, int lanes) => string.Create(CultureInfo.InvariantCulture, $"parts {SectorMap.PartitionOf(sector) % lanes}");

    /// <summary>The word of a slot's row.</summary>
    public static string WordOf(PartSlot slot) => string.Create(CultureInfo.InvariantCulture, $"{slot.Lane}.{slot.Number}");

    /// <summary>The slot of a word, null when there is none.</summary>
    public static PartSlot? SlotOf(PartMembers members, string word) => word.Split('.') is [var lane, var slot]
        && int.TryParse(lane, NumberStyles.None, CultureInfo.InvariantCulture, out var laneNumber)
        && int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out var slotNumber)
        ? members.Slot(laneNumber, slotNumber)
        : null;

    /// <summary>What is to be sent to the members of a row now, those first that are told the same; null when nothing ever again.</summary>
    /// <param name="members">The members.</param>
    /// <param name="states">Where they are.</param>
    /// <param name="word">The row's word.</param>
    /// <param name="now">Now.</param>
    /// <param name="later">When to look again for members whose desired states are not all set.</param>
    /// <param name="again">When to look again once all is sent.</param>
    public static DownlinkWork? Take(PartMembers members, PartStates states, string word, DateTimeOffset now, TimeSpan later, TimeSpan again)
    {
        if (SlotOf(members, word) is not { } slot || now >= members.Part.ExpiresAt)
        {
            return null;
        }

        var lane = members.Part.Lanes[slot.Lane];
        var end = members.EndOf(lane);
        var order = default(DeviceOrder);
        var isWaiting = false;
        var isMixed = false;
        var to = ImmutableArray.CreateBuilder<DownlinkMember>();
        for (var member = slot.From; member < slot.To; member++)
        {
            isWaiting |= states[member].IsWaiting;
            if (states[member].IsToSend && !(end <= now))
            {
                var own = states.Order(member, lane.Order);
                order ??= own;
                if (ReferenceEquals(order, own))
                {
                    to.Add(new DownlinkMember(members.DeviceAt(member), states.Versions[member]));
                }
                else
                {
                    isMixed = true;
                }
            }
        }

        if (order is null)
        {
            return isWaiting ? new DownlinkWork { DueAt = Earlier(now + later, members.Part.ExpiresAt) } : null;
        }

        return new DownlinkWork
        {
            Members = to.ToImmutable(),
            Name = order.Name,
            Arguments = end is { } until && order.Arguments.ContainsKey(Duration)
                ? order.Arguments.SetItem(Duration, Math.Max(1, Math.Round((until - now).TotalMinutes, 1)))
                : order.Arguments,
            DueAt = Earlier(isMixed ? now : now + again, members.Part.ExpiresAt),
        };
    }

    /// <summary>Notes what became of a member.</summary>
    public static void Note(PartStates states, int member, MemberResult result)
    {
        switch (result.Status)
        {
            case DownlinkStatus.Transmitted:
                states.Reach(member, CommandState.Transmitted);
                states.Send(member);
                break;
            case DownlinkStatus.Acknowledged:
                states.Reach(member, CommandState.Acknowledged);
                states.Send(member);
                break;
            case DownlinkStatus.Rejected:
                states.Reach(member, CommandState.Rejected, result.Detail);
                break;
            case DownlinkStatus.Ambiguous:
                states.Reach(member, CommandState.Transmitted);
                break;
            case DownlinkStatus.NotCarried:
                // The device reads its desired state itself, and its measurements confirm it, or it expires.
                states.Send(member);
                break;
            case DownlinkStatus.Retry:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(result), result.Status, "is no answer of a sender");
        }
    }

    /// <summary>Members from a position on, at most that many; in one state only when one is given.</summary>
    public static GroupMembers List(PartMembers members, PartStates states, CommandState? state, int from, int limit)
    {
        var items = ImmutableArray.CreateBuilder<GroupMember>();
        var member = Math.Max(0, from);
        for (; member < members.Count && items.Count < limit; member++)
        {
            if (state is null || states[member].State == state)
            {
                var order = states.Order(member, members.Part.Lanes[members.LaneAt(member)].Order);
                items.Add(new GroupMember(members.DeviceAt(member), order, states[member].State, states.Detail(member)));
            }
        }

        return new GroupMembers(items.ToImmutable(), member < members.Count ? member : null);
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
