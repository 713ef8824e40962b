using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Communes;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Sectors;

/// <summary>
/// The rules of a sector that ask for neighbours, alarms or figures. They are judged live and once, from what the sector holds of its devices; what that decides goes into the
/// log, and only from there do memories and effects follow: so that a replay, which knows less of the time between, does the same under the same ids. No I/O and no clock.
/// </summary>
/// <param name="sector">The sector.</param>
/// <param name="book">Its devices.</param>
/// <param name="alarms">Their alarms.</param>
/// <param name="sets">Compiled sets.</param>
/// <param name="place">Sun and calendar over its commune; null when nobody knows where that is.</param>
internal sealed class SectorRuleTurn(string sector, SectorBook book, SectorAlarms alarms, RuleSets sets, RulePlace? place)
{
    private const long Minute = 60_000;

    private readonly Dictionary<string, RuleMemory[]> _memories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> _passed = new(StringComparer.Ordinal);
    private readonly SectorRuleCauses _causes = new(sets);

    private Func<CompiledRule, IRuleSurroundings?> _commune = static _ => null;

    /// <summary>The look of the commune that rules see; null for none.</summary>
    public DateTimeOffset? Seen { get; private set; }

    /// <summary>What rules see of the commune from now on: what it said at a look.</summary>
    public void See(DateTimeOffset? look, Func<CompiledRule, IRuleSurroundings?> commune) => (Seen, _commune) = (look, commune);

    /// <summary>What is to be stored: devices with rules that are not at rest.</summary>
    public ImmutableArray<SectorRuleMemory> ToSnapshot() =>
        [.. _memories.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new SectorRuleMemory(pair.Key, pair.Value))];

    /// <summary>What is to be stored: which rules with a filter of attributes the devices pass.</summary>
    public ImmutableArray<SectorRulesPassed> PassedToSnapshot() =>
        [.. _passed.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new SectorRulesPassed(pair.Key, pair.Value))];

    /// <summary>What is to be stored: the commands that these rules gave last.</summary>
    public ImmutableArray<SectorRuleCause> CausesToSnapshot() => _causes.ToSnapshot();

    /// <summary>Goes on from what is stored.</summary>
    public void Resume(StoredSectorRules? stored)
    {
        foreach (var (device, rules) in stored?.Memories ?? [])
        {
            _memories[device] = rules;
        }

        foreach (var (device, rules) in stored?.Passed ?? [])
        {
            _passed[device] = rules;
        }

        _causes.Resume(stored?.Causes ?? []);
    }

    /// <summary>A device is registered: which filters of attributes it passes.</summary>
    public void Describe(RuleSet set, DeviceDescriptor device)
    {
        long[] passed = [.. JudgedBy(set).Where(rule => rule.Rule.Target.Where.Count > 0 && rule.Rule.Target.Where.All(filter => Filters.Pass(filter, device))).Select(rule => rule.Key)];
        if (passed.Length == 0)
        {
            _passed.Remove(device.Id);
        }
        else
        {
            _passed[device.Id] = passed;
        }
    }

    /// <summary>A device leaves, and its alarms with it: the flags that rules hold up on it go down.</summary>
    public ImmutableArray<DeviceEffect> Leave(SectorDevice device, RuleSet set, long now, long offset)
    {
        var effects = new List<(SectorDevice Device, DeviceEffect Effect)>();
        AddEffects(device, EndsOf(JudgedBy(set), _memories.GetValueOrDefault(device.Id, []), now), set, offset, effects);
        _memories.Remove(device.Id);
        _passed.Remove(device.Id);
        _causes.Forget(device.Id);
        return [.. effects.Select(one => one.Effect).Where(effect => effect is RuleAction)];
    }

    /// <summary>What the rules decide for the devices as they are now, and the next instant at which time alone may change that. Changes nothing here.</summary>
    /// <param name="set">The rules that hold.</param>
    /// <param name="now">The instant for which they are judged, in Unix milliseconds.</param>
    /// <param name="ahead">What was decided for earlier instants and is not in the log yet; this decision is added.</param>
    public (ImmutableArray<RuleTurn> Turns, long DueAt) Judge(RuleSet set, long now, Dictionary<string, RuleMemory[]> ahead)
    {
        var turns = ImmutableArray.CreateBuilder<RuleTurn>();
        var due = long.MaxValue;
        CompiledRule[] rules = [.. JudgedBy(set)];
        if (rules.Length == 0)
        {
            return ([], due);
        }

        if (rules.Any(rule => SectorTerms.LooksAtTime(rule.Rule)))
        {
            // Being heard is no change of which anybody is told: on whole minutes only, whatever else there is to look at in between.
            due = now - (now % Minute) + Minute;
            rules = now % Minute == 0 ? rules : [.. rules.Where(rule => !SectorTerms.LooksAtTime(rule.Rule))];
        }

        var groups = rules.ToDictionary(rule => rule.Key, rule => GroupsOf(rule, now));
        foreach (var device in book.Devices)
        {
            var memories = ahead.GetValueOrDefault(device.Id) ?? _memories.GetValueOrDefault(device.Id, []);
            List<RuleMemory>? next = null;
            foreach (var rule in rules)
            {
                var memory = MemoryOf(memories, rule.Key);
                var (after, change) = Step(rule, device, memory, groups[rule.Key], now, ref due);
                if (change == RuleChange.None && !IsNews(memory, after))
                {
                    continue;
                }

                turns.Add(TurnOf(device.Id, after, change));
                next ??= [.. memories];
                next.RemoveAll(one => one.Key == rule.Key);
                if (!after.IsAtRest)
                {
                    next.Add(after);
                }
            }

            if (next is not null)
            {
                ahead[device.Id] = [.. next];
            }
        }

        return (turns.DrainToImmutable(), due);
    }

    /// <summary>What the log says was decided: memories and effects follow. Of a rule that is followed no more, or a device that is gone, nothing.</summary>
    public List<(SectorDevice Device, DeviceEffect Effect)> Apply(RuleTurnEntry entry, RuleSet set, long offset)
    {
        var effects = new List<(SectorDevice, DeviceEffect)>();
        var rules = JudgedBy(set).ToDictionary(rule => rule.Key);
        foreach (var ofDevice in entry.Turns.GroupBy(turn => turn.Device, StringComparer.Ordinal))
        {
            if (book.Find(ofDevice.Key) is not { } device)
            {
                continue;
            }

            var kept = _memories.GetValueOrDefault(device.Id, []).ToList();
            var firings = new List<RuleFiring>();
            foreach (var turn in ofDevice.Where(turn => rules.ContainsKey(turn.Rule)))
            {
                var (rule, at) = (rules[turn.Rule], entry.At.ToMilliseconds());
                var memory = MemoryOf(turn) with { Cause = _causes.Began(rule, set, turn, MemoryOf([.. kept], turn.Rule)) };
                kept.RemoveAll(one => one.Key == turn.Rule);
                if (!memory.IsAtRest)
                {
                    kept.Add(memory);
                }

                if (ChangeOf(turn.Marks) is not RuleChange.None and var change)
                {
                    firings.Add(new RuleFiring(rule, change, at) { Cause = RuleChain.Lasting(rule, memory, at) });
                }
            }

            Keep(device.Id, kept);
            AddEffects(device, firings, set, offset, effects);
        }

        return effects;
    }

    /// <summary>Other rules hold: what those that go have raised ends.</summary>
    public List<(SectorDevice Device, DeviceEffect Effect)> Replace(RuleSet set, RuleSet former, long now, long offset)
    {
        var effects = new List<(SectorDevice, DeviceEffect)>();
        var rules = JudgedBy(set).Select(rule => rule.Key).ToHashSet();
        CompiledRule[] gone = [.. JudgedBy(former).Where(rule => !rules.Contains(rule.Key))];
        if (gone.Length == 0)
        {
            return effects;
        }

        foreach (var (id, memories) in _memories.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray())
        {
            Keep(id, [.. memories.Where(memory => rules.Contains(memory.Key))]);
            if (book.Find(id) is { } device)
            {
                AddEffects(device, EndsOf(gone, memories, now), set, offset, effects);
            }
        }

        return effects;
    }

    /// <summary>What its devices count for the groups of the rules of the commune.</summary>
    public ImmutableArray<RuleGroupCounts> CountForCommune(RuleSet set, long now) =>
        [.. sets.Of(set).OfCommune.Where(rule => rule.Groups.Count > 0).Select(rule => new RuleGroupCounts(rule.Key, [.. rule.Groups.Select(group => CountOf(rule, group, now))]))];

    /// <summary>The rules that are judged here: those that ask for neighbours or alarms, and those for devices that ask for what the commune says.</summary>
    private IEnumerable<CompiledRule> JudgedBy(RuleSet set) => sets.Of(set) is var compiled && compiled.OfCommune.Length == 0
        ? compiled.OfSector
        : compiled.OfSector.Concat(compiled.OfCommune.Where(rule => !rule.Rule.Target.IsCommune && (CommuneTerms.KindsOf(rule.Rule) & ~rule.Competence) == 0));

    private (RuleMemory After, RuleChange Change) Step(
        CompiledRule rule, SectorDevice device, RuleMemory memory, Dictionary<string, (int Holds, int Members)>[] groups, long now, ref long due)
    {
        if (!Concerns(rule, device))
        {
            return memory.IsAtRest ? (memory, RuleChange.None) : (new RuleMemory { Key = rule.Key }, memory.Flags == RuleFlags.None ? RuleChange.None : RuleChange.Ends);
        }

        var commune = rule.Facts.Needs == RuleNeeds.Commune ? _commune(rule) : null;
        if (rule.Facts.Needs == RuleNeeds.Commune && commune is null)
        {
            // Not known yet: as it was.
            return (memory, RuleChange.None);
        }

        var frame = FrameOf(device, now);
        frame.Around = new Surroundings(rule, groups, CabinetOf(device), device.Id, alarms, commune);
        var after = RuleStep.Next(rule, memory, ref frame, out var change);
        due = Math.Min(due, frame.Due);
        return (after, change);
    }

    private bool Concerns(CompiledRule rule, SectorDevice device) =>
        (rule.Facts.Kinds & Vocabulary.SetOf(device.Kind)) != 0 && (rule.Device is null || rule.Device == device.Id)
        && (rule.Rule.Target.Where.Count == 0 || (_passed.TryGetValue(device.Id, out var passed) && passed.AsSpan().Contains(rule.Key)));

    /// <summary>That it began some time ago is forgotten with the next change, which is early enough.</summary>
    private static bool IsNews(RuleMemory memory, RuleMemory after) => after.IsAtRest ? !memory.IsAtRest : after != memory && after with { FiredAt = memory.FiredAt } != memory;

    private void AddEffects(SectorDevice device, List<RuleFiring> firings, RuleSet set, long offset, List<(SectorDevice, DeviceEffect)> effects)
    {
        if (firings.Count == 0)
        {
            return;
        }

        var at = firings[^1].At;
        var cause = _causes.Lately(device.Id, at);
        foreach (var effect in RuleEffectsOf.Firings(firings, $"{device.Id}@{sector}", device.Kind, offset, cause))
        {
            effects.Add((device, effect));
            if (effect is RuleCommand { IsCut: false } command)
            {
                _causes.Add(device.Id, command, set, at);
            }
        }
    }

    /// <summary>What rules that go had begun ends: not before it began, whatever the clock of the entry says, so that the end is the newer one.</summary>
    private static List<RuleFiring> EndsOf(IEnumerable<CompiledRule> gone, RuleMemory[] memories, long now) =>
    [
        .. gone.Select(rule => (Rule: rule, Memory: MemoryOf(memories, rule.Key))).Where(one => one.Memory.Flags != RuleFlags.None)
            .Select(one => new RuleFiring(one.Rule, RuleChange.Ends, Math.Max(now, one.Memory.FiredAt)) { WasSuspended = (one.Memory.Flags & RuleFlags.Suspended) != 0 }),
    ];

    private void Keep(string device, List<RuleMemory> kept)
    {
        if (kept.Count == 0)
        {
            _memories.Remove(device);
        }
        else
        {
            _memories[device] = [.. kept];
        }
    }

    private static RuleMemory MemoryOf(RuleMemory[] memories, long key)
    {
        foreach (var memory in memories)
        {
            if (memory.Key == key)
            {
                return memory;
            }
        }

        return new RuleMemory { Key = key };
    }

    private static RuleMemory MemoryOf(RuleTurn turn) => new()
    {
        Key = turn.Rule,
        Since = turn.Since,
        FiredAt = turn.FiredAt,
        Bands = turn.Bands,
        Flags = (turn.Marks.HasFlag(RuleTurnMarks.Holds) ? RuleFlags.Holds : RuleFlags.None) | (turn.Marks.HasFlag(RuleTurnMarks.Suspended) ? RuleFlags.Suspended : RuleFlags.None),
    };

    private static RuleTurn TurnOf(string device, RuleMemory memory, RuleChange change) => new()
    {
        Device = device,
        Rule = memory.Key,
        Since = memory.Since,
        FiredAt = memory.FiredAt,
        Bands = memory.Bands,
        Marks = (memory.Flags.HasFlag(RuleFlags.Holds) ? RuleTurnMarks.Holds : 0) | (memory.Flags.HasFlag(RuleFlags.Suspended) ? RuleTurnMarks.Suspended : 0) | change switch
        {
            RuleChange.Begins => RuleTurnMarks.Begins,
            RuleChange.Ends => RuleTurnMarks.Ends,
            RuleChange.Fails => RuleTurnMarks.Fails,
            _ => RuleTurnMarks.None,
        },
    };

    private static RuleChange ChangeOf(RuleTurnMarks marks) =>
        marks.HasFlag(RuleTurnMarks.Begins) ? RuleChange.Begins : marks.HasFlag(RuleTurnMarks.Ends) ? RuleChange.Ends : marks.HasFlag(RuleTurnMarks.Fails) ? RuleChange.Fails : RuleChange.None;

    /// <summary>By cabinet, for each group of a rule.</summary>
    private Dictionary<string, (int Holds, int Members)>[] GroupsOf(CompiledRule rule, long now) => [.. rule.Groups.Select(group =>
    {
        var counts = new Dictionary<string, (int Holds, int Members)>(StringComparer.Ordinal);
        foreach (var device in group.By == GroupBy.Cabinet ? book.Devices : [])
        {
            if (device.Kind == group.Kind && CabinetOf(device) is { } cabinet)
            {
                var frame = FrameOf(device, now);
                var (holds, members) = counts.GetValueOrDefault(cabinet);
                counts[cabinet] = (holds + (group.Holds(ref frame) == Truth.True ? 1 : 0), members + 1);
            }
        }

        return counts;
    })];

    private RuleGroupCount CountOf(CompiledRule rule, CompiledGroup group, long now)
    {
        var (holds, members) = (0, 0);
        foreach (var device in group.By == GroupBy.Commune ? book.Devices : [])
        {
            if (device.Kind == group.Kind && (rule.Competence & Vocabulary.SetOf(group.Kind)) != 0)
            {
                var frame = FrameOf(device, now);
                (holds, members) = (holds + (group.Holds(ref frame) == Truth.True ? 1 : 0), members + 1);
            }
        }

        return new RuleGroupCount(holds, members);
    }

    private RuleFrame FrameOf(SectorDevice device, long now) => new()
    {
        Held = (Conditions)device.Holding,
        Status = device.Contribution.Status,
        HeardAt = device.LastHeardAt?.ToUnixTimeMilliseconds() ?? 0,
        Place = place,
        Now = now,
        Due = long.MaxValue,
    };

    private static string? CabinetOf(SectorDevice device) => device.Kind == DeviceKind.Cabinet ? device.Id : device.Topology?.Cabinet ?? device.Follows;

    private sealed class Surroundings(
        CompiledRule rule, Dictionary<string, (int Holds, int Members)>[] groups, string? cabinet, string device, SectorAlarms alarms, IRuleSurroundings? commune) : IRuleSurroundings
    {
        public double FigureOf(string name) => commune?.FigureOf(name) ?? double.NaN;

        public (int Holds, int Members) GroupOf(int number) =>
            rule.Groups[number].By == GroupBy.Commune ? commune?.GroupOf(number) ?? default : cabinet is null ? default : groups[number].GetValueOrDefault(cabinet);

        public Truth AlarmOf(string condition, AlarmAspect aspect)
        {
            var alarm = alarms.Find(Contracts.Alarms.AlarmIds.Of(device, condition));
            var holds = aspect switch
            {
                AlarmAspect.Raised => alarm is { IsActive: true },
                AlarmAspect.Acknowledged => alarm is { IsActive: true, IsAcknowledged: true },
                _ => alarm is { IsActive: false, RaisedAt: > 0 },
            };
            return holds ? Truth.True : Truth.False;
        }
    }
}
