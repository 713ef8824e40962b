using System.Globalization;
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

    /// <summary>A command of longer ago is no cause of what a report shows now.</summary>
    public const long CauseMilliseconds = 15 * 60_000;

    private const string Prefix = "rule-";
    private const char Part = '-';
    private const char Between = '.';

    /// <summary>What people do, and what happens by itself.</summary>
    public static RuleChain None { get; } = new(0, "");

    /// <summary>Stands for a rule, whatever its version, in ids of commands.</summary>
    public static string MarkOf(string rule) => ((uint)Fingerprint.OfRule(rule, 0)).ToString("x8", CultureInfo.InvariantCulture);

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

    /// <summary>
    /// Of the commands that a device lately obeys, the chain of the one that came about through most. One that was given after the report was taken in did not cause it: a replay must
    /// not find another cause than there was.
    /// </summary>
    /// <param name="desired">What the device is to do.</param>
    /// <param name="at">When the rule began to hold, by the times of the reports.</param>
    /// <param name="receivedAt">When the report was taken in.</param>
    public static RuleChain CauseOf(DesiredState? desired, long at, long receivedAt)
    {
        var cause = None;
        foreach (var aim in desired?.Aims ?? [])
        {
            cause = Deeper(cause, aim.Command, aim.AcceptedAt, at, receivedAt);
        }

        return desired?.Follow is { } follow ? Deeper(cause, follow.Command, follow.AcceptedAt, at, receivedAt) : cause;
    }

    private static RuleChain Deeper(RuleChain cause, string command, long acceptedAt, long at, long receivedAt) =>
        acceptedAt <= receivedAt && at - acceptedAt <= CauseMilliseconds && Of(command) is var chain && chain.Depth > cause.Depth ? chain : cause;
}
