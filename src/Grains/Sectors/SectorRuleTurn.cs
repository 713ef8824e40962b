using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Sectors;

/// <summary>
/// The rules of a sector that ask for neighbours or alarms: evaluated for its devices at an entry by which time passes, from what the sector holds of them. No I/O and no clock.
/// </summary>
/// <param name="sector">The sector.</param>
/// <param name="book">Its devices.</param>
/// <param name="alarms">Their alarms.</param>
/// <param name="sets">Compiled sets.</param>
/// <param name="place">Sun and calendar over its commune; null when nobody knows where that is.</param>
internal sealed class SectorRuleTurn(string sector, SectorBook book, SectorAlarms alarms, RuleSets sets, RulePlace? place)
{
    /// <summary>How often they are looked at when nothing changes.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, RuleMemory[]> _memories = new(StringComparer.Ordinal);

    /// <summary>What is to be stored: devices with rules that are not at rest.</summary>
    public ImmutableArray<SectorRuleMemory> ToSnapshot() =>
        [.. _memories.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new SectorRuleMemory(pair.Key, pair.Value))];

    /// <summary>Goes on from what is stored.</summary>
    public void Resume(ImmutableArray<SectorRuleMemory> stored)
    {
        foreach (var (device, rules) in stored.IsDefault ? [] : stored)
        {
            _memories[device] = rules;
        }
    }

    /// <summary>The effects of all that begins and ends for the devices as they are now.</summary>
    /// <param name="set">The rules that hold.</param>
    /// <param name="former">Those that held before; the same when they did.</param>
    /// <param name="now">In Unix milliseconds.</param>
    /// <param name="offset">Offset of the entry.</param>
    public List<(SectorDevice Device, DeviceEffect Effect)> Evaluate(RuleSet set, RuleSet former, long now, long offset)
    {
        var effects = new List<(SectorDevice, DeviceEffect)>();
        var rules = sets.Of(set).OfSector;
        var gone = former.Hash == set.Hash ? [] : sets.Of(former).OfSector.Where(rule => rules.All(other => other.Key != rule.Key)).ToArray();
        if (rules.Length == 0 && gone.Length == 0)
        {
            return effects;
        }

        foreach (var left in _memories.Keys.Where(device => book.Find(device) is null).ToArray())
        {
            // Its alarms went with it.
            _memories.Remove(left);
        }

        var groups = rules.ToDictionary(rule => rule.Key, rule => GroupsOf(rule, now));
        foreach (var device in book.Devices)
        {
            var memories = _memories.GetValueOrDefault(device.Id, []);
            var kept = new List<RuleMemory>();

            // What goes ends before anything begins: another version of a rule has the same alarm and the same flags.
            List<RuleFiring> firings = [.. gone.Where(rule => MemoryOf(memories, rule.Key).Flags != RuleFlags.None).Select(rule => new RuleFiring(rule, RuleChange.Ends, now))];
            foreach (var rule in rules.Where(rule => (rule.Facts.Kinds & Vocabulary.SetOf(device.Kind)) != 0 && (rule.Device is null || rule.Device == device.Id)))
            {
                var frame = FrameOf(device, now);
                frame.Around = new Surroundings(groups[rule.Key], CabinetOf(device), device.Id, alarms);
                var next = RuleStep.Next(rule, MemoryOf(memories, rule.Key), ref frame, out var change);
                if (change != RuleChange.None)
                {
                    firings.Add(new RuleFiring(rule, change, now));
                }

                if (!next.IsAtRest)
                {
                    kept.Add(next);
                }
            }

            Keep(device.Id, kept);
            if (firings.Count > 0)
            {
                effects.AddRange(RuleEffectsOf.Firings(firings, $"{device.Id}@{sector}", device.Kind, offset, RuleChain.None).Select(effect => (device, effect)));
            }
        }

        return effects;
    }

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

    /// <summary>By cabinet, for each group of a rule.</summary>
    private Dictionary<string, (int Holds, int Members)>[] GroupsOf(CompiledRule rule, long now) => [.. rule.Groups.Select(group =>
    {
        var counts = new Dictionary<string, (int Holds, int Members)>(StringComparer.Ordinal);
        foreach (var device in book.Devices)
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

    private sealed class Surroundings(Dictionary<string, (int Holds, int Members)>[] groups, string? cabinet, string device, SectorAlarms alarms) : IRuleSurroundings
    {
        /// <summary>Rules that ask for figures are none of a sector.</summary>
        public double FigureOf(string name) => double.NaN;

        public (int Holds, int Members) GroupOf(int number) => cabinet is null ? default : groups[number].GetValueOrDefault(cabinet);

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
