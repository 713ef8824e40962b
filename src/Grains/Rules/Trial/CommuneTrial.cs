using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.RollUp;
using Grid.Grains.Rules.Communes;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Grains.Sectors;

namespace Grid.Grains.Rules.Trial;

/// <summary>
/// One commune over again, with one rule that needs more than a device: what its sectors held of their devices, what its figures were at each look, and the same code that judges
/// live, at the same instants. Pure.
/// </summary>
internal sealed class CommuneTrial
{
    /// <summary>Looks and changes after which it is another one's turn.</summary>
    private const int StepsPerTurn = 64;

    private readonly Dictionary<string, (SectorDevice Device, DeviceDescriptor Descriptor, TrialSector Sector)> _devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TrialSector> _sectors = new(StringComparer.Ordinal);
    private readonly Dictionary<DateTimeOffset, Func<CompiledRule, IRuleSurroundings?>> _seen = [];
    private readonly HashSet<DateTimeOffset> _needed = [];
    private readonly Dictionary<string, Queue<(DateTimeOffset Look, double Value)>> _figures;
    private readonly Dictionary<string, double> _now = new(StringComparer.Ordinal);
    private readonly RuleSet _set;
    private readonly CompiledRule _rule;
    private readonly RuleSets _sets;
    private readonly RulePlace? _place;
    private readonly FigureOptions _options;
    private readonly string _source;
    private ImmutableArray<RuleMemory> _memories = [];

    /// <summary>Looks at which some sector could count for no rule: one with groups stayed as it was.</summary>
    public IReadOnlySet<DateTimeOffset> Uncounted { get; init; } = new HashSet<DateTimeOffset>();

    /// <param name="commune">Its INSEE code.</param>
    /// <param name="set">The rule, for the kinds for which its scope is competent.</param>
    /// <param name="devices">The devices that it may see, and where they are.</param>
    /// <param name="figures">The figures that it names, by the looks at which they changed.</param>
    /// <param name="looks">How each of its sectors looked.</param>
    /// <param name="context">What devices need.</param>
    /// <param name="options">When communes look.</param>
    /// <param name="sectors">How fast sectors look.</param>
    public CommuneTrial(
        Contracts.Territories.Commune commune,
        RuleSet set,
        IEnumerable<(DeviceDescriptor Descriptor, string Sector)> devices,
        Dictionary<string, Queue<(DateTimeOffset Look, double Value)>> figures,
        IReadOnlyDictionary<string, TrialLooks> looks,
        DeviceContext context,
        FigureOptions options,
        SectorOptions sectors)
    {
        (_set, _sets, _figures, _options) = (set, context.Rules, figures, options);
        var compiled = _sets.Of(set);
        _rule = compiled.OfSector.Concat(compiled.OfCommune).Single();
        _place = context.Places.Of(commune.InseeCode);
        _source = CommuneRuleTurn.SourceOf(commune.InseeCode, SectorMap.SectorsOf(commune.InseeCode, commune.Population)[0]);
        var pace = (long)sectors.RulesLookEvery.TotalMilliseconds;
        foreach (var name in SectorMap.SectorsOf(commune.InseeCode, commune.Population))
        {
            _sectors.Add(name, new TrialSector(name, _sets, _place, looks.GetValueOrDefault(name, TrialLooks.None), pace));
        }

        _needed.UnionWith(looks.Values.SelectMany(of => of.Judged).Select(look => look.Seen).OfType<DateTimeOffset>());

        foreach (var (descriptor, name) in devices)
        {
            if (!_sectors.TryGetValue(name, out var sector))
            {
                _sectors.Add(name, sector = new TrialSector(name, _sets, _place, TrialLooks.None, pace));
            }

            var device = new SectorDevice
            {
                Id = descriptor.Id,
                Kind = descriptor.Kind,
                Follows = DescriptorRules.CabinetHeard(descriptor),
                Topology = AlarmTopology.Of(descriptor),
                Contribution = new Contribution { Kind = descriptor.Kind, Status = DeviceStatus.Unknown },
            };
            _devices.Add(device.Id, (device, descriptor, sector));
        }
    }

    /// <summary>What the rule does before an instant, with what comes before the first one that counts: that only brings it into the state in which it was.</summary>
    /// <param name="states">What the sectors held of the devices, by time.</param>
    /// <param name="looks">The looks that the commune had; null for every one that it may have had.</param>
    /// <param name="start">When it is first judged.</param>
    /// <param name="to">Before when.</param>
    /// <param name="rest">Awaited now and then.</param>
    /// <param name="told">What it does.</param>
    public async Task RunAsync(IReadOnlyList<TrialState> states, IReadOnlySet<DateTimeOffset>? looks, DateTimeOffset start, DateTimeOffset to, Func<Task> rest, Action<RuleTrialEvent> told)
    {
        var isOfSector = !_rule.Rule.Target.IsCommune;
        var hasLooks = _rule.Facts.Needs == RuleNeeds.Commune || !isOfSector;
        var look = hasLooks ? _options.LookOf(start) + _options.RecordEvery : DateTimeOffset.MaxValue;
        foreach (var sector in isOfSector ? _sectors.Values.AsEnumerable() : [])
        {
            sector.Clock.Expect(start.ToMilliseconds());
        }

        for (int next = 0, steps = 1; ; steps++)
        {
            var due = isOfSector ? _sectors.Values.Select(sector => sector.Next).DefaultIfEmpty(RuleTurnClock.Never).Min() : RuleTurnClock.Never;
            var state = next < states.Count ? states[next].At : DateTimeOffset.MaxValue;
            var turn = due == RuleTurnClock.Never ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeMilliseconds(due);
            var at = state < look ? state : look;
            at = turn < at ? turn : at;
            if (at >= to)
            {
                return;
            }

            // What was accepted at the very instant of a look is seen at the next.
            if (look == at)
            {
                if (looks is null || looks.Contains(look) || _needed.Contains(look))
                {
                    Look(look, told);
                }

                look += _options.RecordEvery;
            }
            else if (turn == at)
            {
                foreach (var sector in _sectors.Values.Where(sector => sector.Next == due).ToArray())
                {
                    foreach (var one in sector.Judge(_set, due, _seen))
                    {
                        told(one);
                    }
                }
            }
            else
            {
                Take(states[next++]);
            }

            if (steps % StepsPerTurn == 0)
            {
                await rest();
            }
        }
    }

    private void Take(TrialState state)
    {
        var (device, descriptor, sector) = _devices[state.Device];
        var isNew = sector.Book.Find(device.Id) is null;
        if (isNew)
        {
            sector.Book.Add(device);
            sector.Turn.Describe(_set, descriptor);
        }

        if (isNew || device.Holding != state.Holding || device.Contribution.Status != state.Status)
        {
            sector.Clock.Changed(state.At.ToMilliseconds());
        }

        (device.Holding, device.LastHeardAt) = (state.Holding, state.HeardAt);
        device.Contribution = device.Contribution with { Status = state.Status };
    }

    private void Look(DateTimeOffset look, Action<RuleTrialEvent> told)
    {
        foreach (var (name, points) in _figures)
        {
            while (points.TryPeek(out var point) && point.Look <= look)
            {
                _now[name] = points.Dequeue().Value;
            }
        }

        if (_now.Count < _figures.Count)
        {
            // The commune had not looked at its figures yet.
            return;
        }

        var now = look.ToMilliseconds();
        var counts = CommuneRuleTurn.Sum([.. _sectors.Values.Select(sector => sector.Turn.CountForCommune(_set, now))]);
        var figures = _now.ToDictionary(StringComparer.Ordinal);
        var isCounted = _rule.Groups.Count == 0 || !Uncounted.Contains(look);
        Func<CompiledRule, IRuleSurroundings?> seen = rule => !isCounted ? null : new TrialSurroundings(figures, counts.GetValueOrDefault(rule.Key, []));
        if (_rule.Rule.Target.IsCommune)
        {
            (_memories, var firings) = CommuneRuleTurn.Judge([_rule], [], _memories, seen, _place, now);
            foreach (var one in DeviceTrial.EventsOf(RuleEffectsOf.Firings(firings, _source, CommuneRuleTurn.KindOf(_rule), now, RuleChain.None, "commune"), _source))
            {
                told(one);
            }

            return;
        }

        if (_needed.Contains(look))
        {
            _seen[look] = seen;
        }

        foreach (var sector in _sectors.Values)
        {
            sector.Hear(look, seen);
        }
    }

    /// <summary>A sector as far as the rule sees it.</summary>
    private sealed class TrialSector(string name, RuleSets sets, RulePlace? place, TrialLooks looks, long pace)
    {
        /// <summary>From a look of the commune until its sectors have heard of it, where nobody says when they did.</summary>
        private const long HearingMilliseconds = 1_000;

        private long _offset;
        private int _next;

        public SectorBook Book { get; } = new();

        public RuleTurnClock Clock { get; } = new(pace);

        public SectorRuleTurn Turn => field ??= new SectorRuleTurn(name, Book, new SectorAlarms(name, Book), sets, place);

        /// <summary>The next instant for which it is judged, or of which it has to be found out that it is not.</summary>
        public long Next => _next < looks.Judged.Count ? Math.Min(looks.Judged[_next].At.ToMilliseconds(), Clock.Next) : Clock.Next;

        /// <summary>The commune says something, which is seen unless it is known what was.</summary>
        public void Hear(DateTimeOffset look, Func<CompiledRule, IRuleSurroundings?> seen)
        {
            if (!looks.IsFollowedAt(look))
            {
                Turn.See(look, seen);
                Clock.Expect(look.ToMilliseconds() + HearingMilliseconds);
            }
        }

        public IEnumerable<RuleTrialEvent> Judge(RuleSet set, long now, Dictionary<DateTimeOffset, Func<CompiledRule, IRuleSurroundings?>> seen)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(now);
            var isFollowed = looks.IsFollowedAt(at);
            var isLook = false;
            if (_next < looks.Judged.Count && looks.Judged[_next] is var look && look.At == at)
            {
                _next++;
                isLook = isFollowed;
                if (isFollowed)
                {
                    Turn.See(look.Seen, look.Seen is { } instant && seen.TryGetValue(instant, out var surroundings) ? surroundings : static _ => null);
                }
            }

            if (isFollowed && !isLook)
            {
                // Live it was not looked at then, or that decided nothing.
                Clock.Judged(now, looks.ChangesAfter(at) is var change && change == DateTimeOffset.MaxValue ? RuleTurnClock.Never : change.ToMilliseconds());
                return [];
            }

            if (!isFollowed && Clock.Next > now)
            {
                return [];
            }

            var (turns, due) = Turn.Judge(set, now, []);
            Clock.Judged(now, due);
            return turns.IsEmpty
                ? []
                : Turn.Apply(new RuleTurnEntry { Device = "", ReceivedAt = at, At = at, Turns = turns }, set, ++_offset).SelectMany(one => DeviceTrial.EventsOf([one.Effect], one.Device.Id)).ToArray();
        }
    }

    private sealed class TrialSurroundings(Dictionary<string, double> figures, ImmutableArray<RuleGroupCount> groups) : IRuleSurroundings
    {
        public double FigureOf(string name) => figures[name];

        public (int Holds, int Members) GroupOf(int number) => number < groups.Length ? (groups[number].Holds, groups[number].Members) : default;

        public Truth AlarmOf(string condition, AlarmAspect aspect) => Truth.Unknown;
    }
}
