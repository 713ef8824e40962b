using System.Collections.Immutable;
using Grid.Contracts.Commands;

namespace Grid.Grains.Commands.Groups;

/// <summary>The members of a part, by position: lane after lane, and in a lane by key. They never change.</summary>
public sealed class PartMembers
{
    /// <summary>Members of one row of the outbox, at most.</summary>
    public const int SlotSize = 256;

    private const double MillisecondsPerMinute = 60_000;

    private readonly int[] _first;

    /// <summary>The members of a part.</summary>
    public PartMembers(GroupPart part)
    {
        Part = part;
        _first = new int[part.Lanes.Length + 1];
        for (var lane = 0; lane < part.Lanes.Length; lane++)
        {
            _first[lane + 1] = _first[lane] + part.Lanes[lane].Devices.Length;
        }
    }

    /// <summary>The part.</summary>
    public GroupPart Part { get; }

    /// <summary>How many there are.</summary>
    public int Count => _first[^1];

    /// <summary>Until when desired states may be set: what is asked for has not ended by then.</summary>
    public DateTimeOffset SetUntil => Part.Lanes.Min(lane => EndOf(lane) is { } end && end < Part.ExpiresAt ? end : Part.ExpiresAt);

    /// <summary>When what a lane is asked for ends; null for never.</summary>
    public DateTimeOffset? EndOf(GroupLane lane) =>
        lane.Order.Arguments.TryGetValue("durationMinutes", out var minutes) ? Part.CreatedAt.AddMilliseconds(minutes * MillisecondsPerMinute) : null;

    /// <summary>The position of a device in a lane, null when it is not there.</summary>
    public int? Find(int lane, string device) =>
        lane >= 0 && lane < Part.Lanes.Length && Part.Lanes[lane].Devices.BinarySearch(device, StringComparer.Ordinal) is >= 0 and var found ? _first[lane] + found : null;

    /// <summary>The lane of a position.</summary>
    public int LaneAt(int member)
    {
        var found = Array.BinarySearch(_first, member);
        if (found < 0)
        {
            return ~found - 1;
        }

        // Lanes without members begin where the next one does.
        while (_first[found + 1] == member)
        {
            found++;
        }

        return found;
    }

    /// <summary>The device at a position.</summary>
    public string DeviceAt(int member)
    {
        var lane = LaneAt(member);
        return Part.Lanes[lane].Devices[member - _first[lane]];
    }

    /// <summary>Every slot, in the order of positions.</summary>
    public IEnumerable<PartSlot> Slots()
    {
        for (var lane = 0; lane < Part.Lanes.Length; lane++)
        {
            for (var slot = 0; slot * SlotSize < Part.Lanes[lane].Devices.Length; slot++)
            {
                yield return Slot(lane, slot)!.Value;
            }
        }
    }

    /// <summary>A slot, null when there is none.</summary>
    public PartSlot? Slot(int lane, int slot)
    {
        if (lane < 0 || lane >= Part.Lanes.Length || slot < 0 || slot * SlotSize >= Part.Lanes[lane].Devices.Length)
        {
            return null;
        }

        var from = _first[lane] + (slot * SlotSize);
        return new PartSlot(lane, slot, from, Math.Min(from + SlotSize, _first[lane + 1]));
    }
}

/// <summary>Members of one row of the outbox.</summary>
/// <param name="Lane">Their lane.</param>
/// <param name="Number">Which of the lane's slots, from 0.</param>
/// <param name="From">Position of the first.</param>
/// <param name="To">Position after the last.</param>
public readonly record struct PartSlot(int Lane, int Number, int From, int To);
