using System.Collections.Immutable;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Sectors;

/// <summary>
/// What the rules of a sector that ask for neighbours, alarms or figures commanded for its devices: the cause of what they see next. Of each device the newest command of each rule, <see cref="RuleCause.Bound"/> at
/// most, as long as it can be a cause. Follows from the log, and is stored.
/// </summary>
/// <param name="sets">Compiled sets.</param>
internal sealed class SectorRuleCauses(RuleSets sets)
{
    private readonly Dictionary<string, RuleCause[]> _causes = new(StringComparer.Ordinal);

    /// <summary>What is to be stored.</summary>
    public ImmutableArray<SectorRuleCause> ToSnapshot() =>
        [.. _causes.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.Select(cause => new SectorRuleCause(pair.Key, cause.Command, cause.At)))];

    /// <summary>Goes on from what is stored.</summary>
    public void Resume(ImmutableArray<SectorRuleCause> stored)
    {
        foreach (var cause in stored.GroupBy(cause => cause.Device, StringComparer.Ordinal))
        {
            _causes[cause.Key] = [.. cause.Select(one => new RuleCause(one.Command, one.At))];
        }
    }

    /// <summary>A device leaves.</summary>
    public void Forget(string device) => _causes.Remove(device);

    /// <summary>A rule commanded something for a device.</summary>
    public void Add(string device, RuleCommand command, RuleSet set, long at) =>
        _causes[device] = RuleCause.With([.. _causes.GetValueOrDefault(device, []).Where(given => at - given.At <= MemoryOf(set, given))], command.Id, at);

    /// <summary>The newest command for a device that may be the cause of what a rule sees now.</summary>
    public RuleChain Lately(string device, long at) =>
        _causes.GetValueOrDefault(device, []).Where(given => at - given.At <= RuleChain.CauseMilliseconds).Select(given => RuleChain.Of(given.Command)).LastOrDefault(RuleChain.None);

    /// <summary>
    /// What brought about that a condition holds, as long as it does: among rules of a ring, what one of them commanded for the device. Others begin after 15 minutes as if nobody had: what moved, the sector does not know.
    /// </summary>
    public string? Began(CompiledRule rule, RuleSet set, RuleTurn turn, RuleMemory former) => turn.Since == 0 ? null
        : turn.Since == former.Since ? former.Cause
        : _causes.TryGetValue(turn.Device, out var given) && sets.Of(set).Rings.Of(rule.Id) is { } ring ? RuleCauses.Best(rule.Id, null, given, ring, turn.Since)
        : null;

    /// <summary>For how long a command may be a cause.</summary>
    private long MemoryOf(RuleSet set, RuleCause given) => sets.Of(set).Rings.OfMark(RuleChain.Of(given.Command).Last)?.MemoryMilliseconds ?? RuleChain.CauseMilliseconds;
}
