using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Grains.Devices;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// How a command that a rule gave came about: through how many commands of rules, and of which. It is in the command's id, <c>rule-DEPTH-RULES-HASH</c>, so that a device
/// whose reports follow from the command knows it. So loops of rules end.
/// </summary>
/// <param name="Depth">Commands of rules that lead to it, itself included; 0 for none.</param>
/// <param name="Rules">The rules that gave them, as <see cref="MarkOf"/> has them.</param>
internal readonly record struct RuleChain(int Depth, string Rules)
{
    /// <summary>A command that would be deeper is not given.</summary>
    public const int MostDepth = 3;

    /// <summary>A command of longer ago is no cause of what a report shows now; among rules of a ring, <see cref="Loops.RuleRing.MemoryMilliseconds"/>.</summary>
    public const long CauseMilliseconds = 15 * 60_000;

    /// <summary>A rule that begins so much later than its condition has lasted for began by its schedule.</summary>
    private const long OpeningMilliseconds = 2 * 60_000;

    private const string Prefix = "rule-";
    private const char Part = '-';
    private const char Between = '.';

    /// <summary>What people do, and what happens by itself.</summary>
    public static RuleChain None { get; } = new(0, "");

    /// <summary>Stands for a rule, whatever its version, in ids of commands.</summary>
    public static string MarkOf(string rule) => ((uint)Fingerprint.OfRule(rule, 0)).ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>The rule that gave the last of its commands, as <see cref="MarkOf"/> has it; empty for none.</summary>
    public string Last => Rules[(Rules.LastIndexOf(Between) + 1)..];

    /// <summary>Whether a rule is in it.</summary>
    public bool Has(string rule) => Depth > 0 && Rules.Contains(MarkOf(rule), StringComparison.Ordinal);

    /// <summary>Of two causes of what a rule does the one that counts: in which the rule is already, else the longer.</summary>
    public static RuleChain Of(string rule, RuleChain one, RuleChain other) => one.Has(rule) == other.Has(rule) ? (other.Depth > one.Depth ? other : one) : one.Has(rule) ? one : other;

    /// <summary>
    /// What brought about that a rule begins after its condition has lasted: what brought the condition about. None when the condition had lasted long enough and it is the schedule that begins.
    /// </summary>
    public static RuleChain Lasting(CompiledRule rule, in RuleMemory memory, long at) =>
        memory.Cause is not { } cause || (rule.Rule.Within is not null && at - memory.Since - rule.Rule.ForMilliseconds > OpeningMilliseconds) ? None : Of(cause);

    /// <summary>The chain with one more command; null when it is a loop, or too long.</summary>
    public RuleChain? With(string rule)
    {
        var mark = MarkOf(rule);
        return Depth >= MostDepth || Rules.Contains(mark, StringComparison.Ordinal) ? null : new RuleChain(Depth + 1, Rules.Length == 0 ? mark : Rules + Between + mark);
    }

    /// <summary>The id of a command.</summary>
    public string IdOf(string hash) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Depth}{Part}{Rules}{Part}{hash}");

    /// <summary>What stands in an id for the rule, device, log offset and place of the action, whatever caused it.</summary>
    public static string HashOf(string id) => id.StartsWith(Prefix, StringComparison.Ordinal) ? id[(id.LastIndexOf(Part) + 1)..] : id;

    /// <summary>The chain in the id of a command; none for one that no rule gave.</summary>
    public static RuleChain Of(string command)
    {
        if (!command.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return None;
        }

        var parts = command.Split(Part);
        return parts.Length >= 4 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var depth) ? new RuleChain(depth, parts[2]) : None;
    }

    /// <summary>Whether a rule told a device something that it is to do still.</summary>
    public static bool HasCommanded(DesiredState? desired)
    {
        foreach (var aim in desired?.Aims ?? [])
        {
            if (aim.Command.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return desired?.Follow?.Command.StartsWith(Prefix, StringComparison.Ordinal) == true;
    }

    /// <summary>When a device was told something last by others than rules and its plan, before an instant, in Unix milliseconds; 0 for never.</summary>
    public static long ToldByOthers(DesiredState? desired, long before)
    {
        var last = desired?.Follow is { } follow && Of(follow.Command).Depth == 0 && follow.AcceptedAt <= before ? follow.AcceptedAt : 0;
        foreach (var aim in desired?.Aims ?? [])
        {
            last = aim.Command.Length > 0 && aim.Layer != ControlLayer.Plan && aim.AcceptedAt <= before && Of(aim.Command).Depth == 0 ? Math.Max(last, aim.AcceptedAt) : last;
        }

        return last;
    }

    /// <summary>
    /// Of the commands that a device lately obeys, the chain of the one that came about through most. One that was given after the report was taken in did not cause it: a replay must
    /// not find another cause than there was.
    /// </summary>
    /// <param name="desired">What the device is to do.</param>
    /// <param name="at">When the rule began to hold, by the times of the reports.</param>
    /// <param name="receivedAt">When the report was taken in.</param>
    public static RuleChain CauseOf(DesiredState? desired, long at, long receivedAt) => CommandOf(desired, null, at, receivedAt, CauseMilliseconds) is { } command ? Of(command) : None;

    /// <summary>The command behind <see cref="CauseOf"/>, or null: of those in which a rule is already when there are any.</summary>
    public static string? CommandOf(DesiredState? desired, string? rule, long at, long receivedAt, long within)
    {
        string? cause = null;
        foreach (var aim in desired?.Aims ?? [])
        {
            cause = Better(cause, aim.Command, aim.AcceptedAt);
        }

        return desired?.Follow is { } follow ? Better(cause, follow.Command, follow.AcceptedAt) : cause;

        string? Better(string? known, string command, long acceptedAt)
        {
            if (acceptedAt > receivedAt || at - acceptedAt > within || Of(command) is not { Depth: > 0 } chain)
            {
                return known;
            }

            var before = known is null ? None : Of(known);
            return known is null || (rule is null ? chain.Depth > before.Depth : Of(rule, before, chain) != before) ? command : known;
        }
    }
}
