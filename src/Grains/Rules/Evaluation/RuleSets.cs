using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>The rules of a sector, compiled.</summary>
internal sealed class CompiledRules
{
    private readonly CompiledRule[][] _ofDevice;
    private readonly string[][] _previous;

    /// <summary>No rules.</summary>
    public static CompiledRules Empty { get; } = new(RuleSet.Empty);

    /// <summary>Compiles a set. A rule that this program cannot read is left out, and counted.</summary>
    public CompiledRules(RuleSet set)
    {
        Hash = set.Hash;
        var rules = new List<CompiledRule>();
        foreach (var published in set.Rules)
        {
            if (RuleJson.Read(published.Json).Rule is { } rule)
            {
                var compiled = CompiledRule.Of(published.Id, published.Version, rule);
                rules.Add(compiled with
                {
                    Device = RuleScopes.DeviceOf(published.Scope),
                    Facts = compiled.Facts with { Kinds = compiled.Facts.Kinds & published.Kinds },
                    Competence = published.Kinds,
                });
            }
            else
            {
                Unreadable++;
            }
        }

        (_ofDevice, _previous) = ByKind(rules);
        OfSector = [.. rules.Where(rule => rule.Facts.Needs == RuleNeeds.Sector)];
        OfCommune = [.. rules.Where(rule => rule.Facts.Needs == RuleNeeds.Commune || rule.Rule.Target.IsCommune)];
    }

    /// <summary>Of rules that are compiled already.</summary>
    public CompiledRules(long hash, IReadOnlyCollection<CompiledRule> rules)
    {
        Hash = hash;
        (_ofDevice, _previous) = ByKind(rules);
        OfSector = [.. rules.Where(rule => rule.Facts.Needs == RuleNeeds.Sector)];
        OfCommune = [.. rules.Where(rule => rule.Facts.Needs == RuleNeeds.Commune || rule.Rule.Target.IsCommune)];
    }

    /// <summary>The rules that ask for neighbours or alarms: evaluated on the sector's turn.</summary>
    public CompiledRule[] OfSector { get; }

    /// <summary>The rules for communes, and those for devices that ask for figures or groups of their commune.</summary>
    public CompiledRule[] OfCommune { get; }

    /// <summary>The kinds of which a rule asks for attributes; none when it asks for none.</summary>
    public static DeviceKinds FilteredKindsOf(PublishedRule published) =>
        RuleJson.Read(published.Json).Rule is { Target: { Kind: { } kind, Where.Count: > 0 } } ? Vocabulary.SetOf(kind) & published.Kinds : DeviceKinds.None;

    /// <summary>Stands for the set.</summary>
    public long Hash { get; }

    /// <summary>Rules that this program cannot read.</summary>
    public int Unreadable { get; }

    /// <summary>The rules that a device of a kind evaluates on its own turn, in the order of the set.</summary>
    public CompiledRule[] Of(DeviceKind kind) => _ofDevice[(int)kind];

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

    private readonly ConcurrentDictionary<long, CompiledRules> _byHash = new();

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

        return _byHash.GetOrAdd(set.Hash, _ => new CompiledRules(set));
    }

    /// <summary>The compiled set of a hash; null when this process has not seen it.</summary>
    internal CompiledRules? Find(long hash) => hash == 0 ? CompiledRules.Empty : _byHash.GetValueOrDefault(hash);

    /// <summary>The set of these rules, whatever their order.</summary>
    public static RuleSet SetOf(IEnumerable<PublishedRule> rules)
    {
        var ordered = rules.OrderBy(rule => rule.Id, StringComparer.Ordinal).ToImmutableArray();
        return ordered.IsEmpty ? RuleSet.Empty : new RuleSet { Hash = Fingerprint.OfRules(ordered), Rules = ordered };
    }
}
