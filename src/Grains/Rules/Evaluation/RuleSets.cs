using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Loops;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>The rules of a sector, compiled.</summary>
internal sealed class CompiledRules
{
    private readonly CompiledRule[][] _ofDevice;
    private readonly string[][] _previous;
    private readonly bool[] _isSelective;
    private readonly int _count;
    private readonly Lazy<RuleRings> _rings;

    // A plan for each choice of rules that devices have; of more choices all are forgotten, and made again for those that ask.
    private const int MostPlans = 1_024;
    private readonly ConcurrentDictionary<(DeviceKind Kind, string Concerned), RulePlan> _plans = new();

    /// <summary>No rules.</summary>
    public static CompiledRules Empty { get; } = new(0, []);

    /// <summary>Compiles a set. A rule that this program cannot read is left out, and counted.</summary>
    /// <param name="set">The set.</param>
    /// <param name="compile">Compiles a rule; null for one that it cannot read.</param>
    public CompiledRules(RuleSet set, Func<PublishedRule, CompiledRule?> compile)
        : this(set.Hash, [.. set.Rules.Select(compile).OfType<CompiledRule>()]) => Unreadable = set.Rules.Length - _count;

    /// <summary>Of rules that are compiled already.</summary>
    public CompiledRules(long hash, IReadOnlyCollection<CompiledRule> rules)
    {
        (Hash, _count) = (hash, rules.Count);
        _rings = new Lazy<RuleRings>(() => RuleRings.Of(rules));
        (_ofDevice, _previous) = ByKind(rules);
        _isSelective = [.. _ofDevice.Select(ofKind => ofKind.Any(rule => rule.IsSelective))];
        OfSector = [.. rules.Where(rule => rule.Facts.Needs == RuleNeeds.Sector)];
        OfCommune = [.. rules.Where(rule => rule.Facts.Needs == RuleNeeds.Commune || rule.Rule.Target.IsCommune)];
    }

    /// <summary>The rules that ask for neighbours or alarms: evaluated on the sector's turn.</summary>
    public CompiledRule[] OfSector { get; }

    /// <summary>The rules for communes, and those for devices that ask for figures or groups of their commune.</summary>
    public CompiledRule[] OfCommune { get; }

    /// <summary>Which of them can have each other begin again and again. Looked for when somebody asks first.</summary>
    public RuleRings Rings => _rings.Value;

    /// <summary>The kinds of which a rule asks for attributes; none when it asks for none.</summary>
    public static DeviceKinds FilteredKindsOf(PublishedRule published) =>
        RuleJson.Read(published.Json).Rule is { Target: { Kind: { } kind, Where.Count: > 0 } } ? Vocabulary.SetOf(kind) & published.Kinds : DeviceKinds.None;

    /// <summary>Stands for the set.</summary>
    public long Hash { get; }

    /// <summary>Rules that this program cannot read.</summary>
    public int Unreadable { get; }

    /// <summary>The rules that a device of a kind evaluates on its own turn, in the order of the set.</summary>
    public CompiledRule[] Of(DeviceKind kind) => _ofDevice[(int)kind];

    /// <summary>The plan of those that concern a device.</summary>
    public RulePlan PlanOf(DeviceKind kind, DeviceRuleState state, string device)
    {
        var rules = Of(kind);
        var concerned = RuleBits.Of(rules.Length);
        for (var number = 0; number < rules.Length; number++)
        {
            if (rules[number].Concerns(state, device))
            {
                RuleBits.Set(concerned, number);
            }
        }

        // All bits of the choice, as text: equal when they are.
        var key = (kind, _isSelective[(int)kind] ? new string(MemoryMarshal.Cast<ulong, char>(concerned)) : "");
        if (_plans.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_plans.Count >= MostPlans)
        {
            _plans.Clear();
        }

        return _plans.GetOrAdd(key, new RulePlan(rules, concerned));
    }

    /// <summary>The metrics of which they ask what they were before.</summary>
    public IReadOnlyList<string> PreviousOf(DeviceKind kind) => _previous[(int)kind];

    private static (CompiledRule[][] Rules, string[][] Previous) ByKind(IReadOnlyCollection<CompiledRule> rules)
    {
        var kinds = Enum.GetValues<DeviceKind>();
        var ofDevice = new CompiledRule[kinds.Length][];
        var previous = new string[kinds.Length][];
        foreach (var kind in kinds)
        {
            ofDevice[(int)kind] = [.. rules.Where(rule => rule.Facts.Needs == RuleNeeds.Device && (rule.Facts.Kinds & Vocabulary.SetOf(kind)) != 0)];
            previous[(int)kind] = [.. ofDevice[(int)kind].SelectMany(rule => rule.Previous).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }

        return (ofDevice, previous);
    }
}

/// <summary>How the scopes of rules are written.</summary>
internal static class RuleScopes
{
    private const string DevicePrefix = "device:";

    /// <summary>The device of a scope; null when it is of more than one.</summary>
    public static string? DeviceOf(string scope) => scope.StartsWith(DevicePrefix, StringComparison.Ordinal) ? scope[DevicePrefix.Length..] : null;
}

/// <summary>The compiled sets of a process, one for each content, whoever asks. Safe for all threads.</summary>
public sealed class RuleSets
{
    /// <summary>Sets that are kept; beyond it all are forgotten and those in use are compiled again.</summary>
    private const int Bound = 4_096;

    /// <summary>Rules that are kept compiled, beside those of the sets; beyond it all are forgotten.</summary>
    private const int RulesBound = 16_384;

    private readonly ConcurrentDictionary<long, CompiledRules> _byHash = new();
    private readonly ConcurrentDictionary<PublishedRule, CompiledRule> _rules = new();

    /// <summary>The compiled form of a set.</summary>
    internal CompiledRules Of(RuleSet set)
    {
        if (set.Hash == 0)
        {
            return CompiledRules.Empty;
        }

        if (_byHash.TryGetValue(set.Hash, out var known))
        {
            return known;
        }

        if (_byHash.Count >= Bound)
        {
            _byHash.Clear();
        }

        return _byHash.GetOrAdd(set.Hash, _ => new CompiledRules(set, Compiled));
    }

    /// <summary>The compiled set of a hash; null when this process has not seen it.</summary>
    internal CompiledRules? Find(long hash) => hash == 0 ? CompiledRules.Empty : _byHash.GetValueOrDefault(hash);

    /// <summary>A rule is compiled once, of however many sets it is.</summary>
    private CompiledRule? Compiled(PublishedRule published)
    {
        if (_rules.TryGetValue(published, out var known))
        {
            return known;
        }

        if (RuleJson.Read(published.Json).Rule is not { } rule)
        {
            return null;
        }

        if (_rules.Count >= RulesBound)
        {
            _rules.Clear();
        }

        var compiled = CompiledRule.Of(published.Id, published.Version, rule);
        return _rules.GetOrAdd(published, compiled with
        {
            Device = RuleScopes.DeviceOf(published.Scope),
            Facts = compiled.Facts with { Kinds = compiled.Facts.Kinds & published.Kinds },
            Competence = published.Kinds,
        });
    }

    /// <summary>The set of these rules, whatever their order.</summary>
    public static RuleSet SetOf(IEnumerable<PublishedRule> rules)
    {
        var ordered = rules.OrderBy(rule => rule.Id, StringComparer.Ordinal).ToImmutableArray();
        return ordered.IsEmpty ? RuleSet.Empty : new RuleSet { Hash = Fingerprint.OfRules(ordered), Rules = ordered };
    }
}
