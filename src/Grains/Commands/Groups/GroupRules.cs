using System.Collections.Immutable;
using Grid.Contracts.Commands;

namespace Grid.Grains.Commands.Groups;

/// <summary>What a group command is, as the sum of its parts. Pure.</summary>
public static class GroupRules
{
    private static readonly int States = Enum.GetValues<CommandState>().Length;

    /// <summary>True when two requests ask the same, whoever asks.</summary>
    public static bool AreSame(GroupRequest left, GroupRequest right) =>
        left.Name == right.Name && left.Layer == right.Layer && left.ExpiresIn == right.ExpiresIn && left.Arguments.SequenceEqual(right.Arguments)
        && left.Selector with { Ids = [] } == right.Selector with { Ids = [] }
        && Ids(left.Selector).SequenceEqual(Ids(right.Selector), StringComparer.Ordinal);

    /// <summary>A group command with the counts of parts that were asked. A part that says nothing was never accepted: its members have failed.</summary>
    public static StoredGroup Counted(StoredGroup group, IReadOnlyDictionary<string, int[]> counts) => group with
    {
        Parts = [.. group.Parts.Select(part => part.Final is not null ? part : part with { Final = CountsOf(part, counts) })],
    };

    /// <summary>A group command that remembers the parts whose members are all final; the same when there is none more.</summary>
    public static StoredGroup Ended(StoredGroup group, IReadOnlyDictionary<string, int[]> counts)
    {
        var parts = group.Parts
            .Select(part => part.Final is null && counts.ContainsKey(part.Sector) && CountsOf(part, counts) is var final && IsFinal(final) ? part with { Final = final } : part)
            .ToArray();
        return parts.Zip(group.Parts).All(pair => ReferenceEquals(pair.First, pair.Second)) ? group : group with { Parts = parts };
    }

    /// <summary>True when every member of every part is final.</summary>
    public static bool IsDone(StoredGroup group) => group.Parts.All(part => part.Final is { } counts && IsFinal(counts));

    /// <summary>What GET shows. A part without counts has just been accepted.</summary>
    public static GroupView View(string id, StoredGroup group)
    {
        var sums = new int[States];
        foreach (var part in group.Parts)
        {
            if (part.Final is not { } counts)
            {
                sums[(int)CommandState.Accepted] += part.Members;
                continue;
            }

            for (var state = 0; state < States; state++)
            {
                sums[state] += counts[state];
            }
        }

        return new GroupView
        {
            Id = id,
            Request = group.Request!,
            CreatedAt = group.CreatedAt,
            ExpiresAt = group.CreatedAt + group.Request!.ExpiresIn,
            Members = group.Parts.Sum(part => part.Members),
            Counts = [.. sums],
            State = !IsDone(group) ? GroupState.Running : group.Cancelled is null ? GroupState.Done : GroupState.Cancelled,
        };
    }

    private static int[] CountsOf(StoredGroupPart part, IReadOnlyDictionary<string, int[]> counts)
    {
        if (counts.TryGetValue(part.Sector, out var said) && said.Sum() == part.Members)
        {
            return said;
        }

        var failed = new int[States];
        failed[(int)CommandState.Failed] = part.Members;
        return failed;
    }

    private static bool IsFinal(int[] counts) =>
        counts[(int)CommandState.Accepted] + counts[(int)CommandState.Transmitted] + counts[(int)CommandState.Acknowledged] == 0;

    private static IEnumerable<string> Ids(GroupSelector selector) =>
        selector.Ids.IsDefault ? [] : selector.Ids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
