using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Loops;

namespace Grid.Grains.Rules.Communes;

/// <summary>The rules for communes, judged for one commune at one look. Pure: live and on history the same.</summary>
internal static class CommuneRuleTurn
{
    /// <summary>What becomes of the rules at a look.</summary>
    /// <param name="rules">The rules that are followed.</param>
    /// <param name="former">Those that were followed at the look before: what one that goes has raised ends.</param>
    /// <param name="memories">What they remember.</param>
    /// <param name="seen">What a rule sees of the commune; null while that is not known: then it stays as it is.</param>
    /// <param name="place">Sun and calendar over the commune.</param>
    /// <param name="now">The look, in Unix milliseconds.</param>
    public static (ImmutableArray<RuleMemory> Memories, List<RuleFiring> Firings) Judge(
        CompiledRule[] rules, CompiledRule[] former, ImmutableArray<RuleMemory> memories, Func<CompiledRule, IRuleSurroundings?> seen, RulePlace? place, long now)
    {
        var firings = new List<RuleFiring>();
        var next = ImmutableArray.CreateBuilder<RuleMemory>();

        // Before what begins: another version that holds as well has the alarm go on and its flag up.
        foreach (var gone in former.Where(rule => rules.All(other => other.Key != rule.Key)))
        {
            var memory = memories.FirstOrDefault(one => one.Key == gone.Key);
            if (memory.Flags != RuleFlags.None)
            {
                firings.Add(new RuleFiring(gone, RuleChange.Ends, now) { WasSuspended = (memory.Flags & RuleFlags.Suspended) != 0 });
            }
        }

        foreach (var rule in rules)
        {
            var memory = memories.FirstOrDefault(one => one.Key == rule.Key, new RuleMemory { Key = rule.Key });
            if (seen(rule) is { } around)
            {
                var frame = new RuleFrame { Around = around, Place = place, Now = now, Due = long.MaxValue };
                memory = RuleStep.Next(rule, memory, ref frame, out var change);
                if (change != RuleChange.None)
                {
                    firings.Add(new RuleFiring(rule, change, now));
                }
            }

            if (!memory.IsAtRest)
            {
                next.Add(memory);
            }
        }

        return (next.DrainToImmutable(), firings);
    }

    /// <summary>History has under this name, of a commune, the looks at which its rules were judged; 1 when some sector could count for none that asks for groups, 2 when for some, else 0. No figure begins with this sign.</summary>
    public const string Looked = "~looked";

    /// <summary>
    /// Memories with what brought about that their conditions hold: of a rule whose condition begins to, and that is in a ring, what one of the ring commanded. What a condition remembers, it remembers as long as it lasts.
    /// </summary>
    public static ImmutableArray<RuleMemory> WithCauses(
        CompiledRule[] rules, ImmutableArray<RuleMemory> memories, ImmutableArray<RuleMemory> former, ImmutableArray<CommuneCommand> commands, RuleRings rings) =>
        commands.IsEmpty ? memories :
        [
            .. memories.Select(memory => memory.Since != 0 && former.FirstOrDefault(one => one.Key == memory.Key).Since != memory.Since
                && rules.FirstOrDefault(rule => rule.Key == memory.Key) is { } rule && rings.Of(rule.Id) is { } ring
                && RuleCauses.Best(rule.Id, null, commands.Select(command => new RuleCause(command.Id, command.At)), ring, memory.Since) is { } cause
                    ? memory with { Cause = cause }
                    : memory),
        ];

    /// <summary>The commands that can be the cause of what is seen at an instant: all lately; of rules of a ring the newest of each for as long as the ring remembers.</summary>
    public static ImmutableArray<CommuneCommand> StillCauses(ImmutableArray<CommuneCommand> commands, RuleRings rings, long now) =>
    [
        .. commands.Where((command, place) => now - command.At <= RuleChain.CauseMilliseconds || (RuleChain.Of(command.Id).Last is var mark && rings.OfMark(mark) is { } ring
            && now - command.At <= ring.MemoryMilliseconds && commands.Skip(place + 1).All(later => RuleChain.Of(later.Id).Last != mark))),
    ];

    /// <summary>The source of the alarms that rules raise at a commune: no device, in its first sector.</summary>
    public static string SourceOf(string inseeCode, string firstSector) => $"commune:{inseeCode}{AlarmIds.SectorMark}{firstSector}";

    /// <summary>The trade under which a rule's alarms and work orders are: the first that it names.</summary>
    public static DeviceKind KindOf(CompiledRule rule)
    {
        var named = CommuneTerms.KindsOf(rule.Rule) is var kinds && kinds == DeviceKinds.None ? rule.Competence : kinds;
        return Enum.GetValues<DeviceKind>().FirstOrDefault(kind => (named & Vocabulary.SetOf(kind)) != 0);
    }

    /// <summary>What one look has all rules see: figures by name and group counts by rule.</summary>
    /// <param name="summary">The figures of all kinds.</param>
    /// <param name="counts">Sums over the sectors of the commune; a rule that some sector does not follow yet is not among them.</param>
    public static Func<CompiledRule, IRuleSurroundings?> Seeing(TerritorySummary summary, IReadOnlyDictionary<long, ImmutableArray<RuleGroupCount>> counts) => rule =>
        rule.Groups.Count == 0 ? new CommuneSurroundings(Within(summary, rule.Competence), [])
        : counts.TryGetValue(rule.Key, out var groups) ? new CommuneSurroundings(Within(summary, rule.Competence), groups)
        : null;

    /// <summary>Adds the counts of the sectors of a commune: of the rules that all of them follow.</summary>
    public static Dictionary<long, ImmutableArray<RuleGroupCount>> Sum(IReadOnlyCollection<ImmutableArray<RuleGroupCounts>> sectors) => sectors
        .SelectMany(counts => counts)
        .GroupBy(counts => counts.Rule)
        .Where(same => same.Count() == sectors.Count)
        .ToDictionary(
            same => same.Key,
            same => same.Select(counts => counts.Groups).Aggregate((all, one) => [.. all.Zip(one, (sum, more) => new RuleGroupCount(sum.Holds + more.Holds, sum.Members + more.Members))]));

    /// <summary>A body counts a commune's figures for the kinds of its competence only.</summary>
    private static TerritorySummary Within(TerritorySummary summary, DeviceKinds kinds) => kinds == DeviceKinds.All ? summary : summary with
    {
        Figures = summary.Figures with { Kinds = [.. summary.Figures.Kinds.Where(figures => (kinds & Vocabulary.SetOf(figures.Kind)) != 0)] },
    };
}

/// <summary>What a rule sees of a commune.</summary>
internal sealed class CommuneSurroundings(TerritorySummary summary, ImmutableArray<RuleGroupCount> groups) : IRuleSurroundings
{
    public double FigureOf(string name) => FigureCatalog.ByName[name].Read(summary);

    public (int Holds, int Members) GroupOf(int number) => (groups[number].Holds, groups[number].Members);

    /// <summary>Rules for communes ask for no alarm of a device.</summary>
    public Truth AlarmOf(string condition, AlarmAspect aspect) => Truth.Unknown;
}
