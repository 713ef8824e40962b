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
    private readonly Dictionary<string, (SectorDevice Device, TrialSector Sector)> _devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TrialSector> _sectors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<(DateTimeOffset Look, double Value)>> _figures;
    private readonly Dictionary<string, double> _now = new(StringComparer.Ordinal);
    private readonly List<RuleTrialEvent> _events = [];
    private readonly RuleSet _set;
    private readonly CompiledRule _rule;
    private readonly RuleSets _sets;
    private readonly RulePlace? _place;
    private readonly FigureOptions _options;
    private readonly string _source;
    private ImmutableArray<RuleMemory> _memories = [];

    /// <param name="commune">Its INSEE code.</param>
    /// <param name="set">The rule, for the kinds for which its scope is competent.</param>
    /// <param name="devices">The devices that it may see.</param>
    /// <param name="figures">The figures that it names, by the looks at which they changed.</param>
    /// <param name="context">What devices need.</param>
    /// <param name="options">When communes look.</param>
    /// <param name="pace">Least time between two looks of a sector at changes.</param>
    public CommuneTrial(
        Contracts.Territories.Commune commune, RuleSet set, IEnumerable<DeviceRecord> devices, Dictionary<string, Queue<(DateTimeOffset Look, double Value)>> figures, DeviceContext context, FigureOptions options, TimeSpan pace)
    {
        (_set, _sets, _figures, _options) = (set, context.Rules, figures, options);
        var compiled = _sets.Of(set);
        _rule = compiled.OfSector.Concat(compiled.OfCommune).Single();
        _place = context.Places.Of(commune.InseeCode);
        _source = CommuneRuleTurn.SourceOf(commune.InseeCode, SectorMap.SectorsOf(commune.InseeCode, commune.Population)[0]);
        foreach (var record in devices)
        {
            if (!_sectors.TryGetValue(record.Sector, out var sector))
            {
                _sectors.Add(record.Sector, sector = new TrialSector(record.Sector, _sets, _place, (long)pace.TotalMilliseconds));
            }

            var device = new SectorDevice
            {
                Id = record.Descriptor.Id,
                Kind = record.Descriptor.Kind,
                Follows = DescriptorRules.CabinetHeard(record.Descriptor),
                Topology = AlarmTopology.Of(record.Descriptor),
                Contribution = new Contribution { Kind = record.Descriptor.Kind, Status = DeviceStatus.Unknown },
            };
            sector.Book.Add(device);
            sector.Turn.Describe(set, record.Descriptor);
            _devices.Add(device.Id, (device, sector));
        }
    }

    /// <summary>What the rule did from an instant on and before another.</summary>
    /// <param name="states">What the sectors held of the devices, by time.</param>
    /// <param name="start">When it is first judged: what comes before the beginning only brings it into the state in which it was.</param>
    /// <param name="from">From when on.</param>
    /// <param name="to">Before when.</param>
    public List<RuleTrialEvent> Run(IReadOnlyList<TrialState> states, DateTimeOffset start, DateTimeOffset from, DateTimeOffset to)
    {
        var isOfSector = !_rule.Rule.Target.IsCommune;
        var hasLooks = _rule.Facts.Needs == RuleNeeds.Commune || !isOfSector;
        var look = hasLooks ? _options.LookOf(start) + _options.RecordEvery : DateTimeOffset.MaxValue;
        foreach (var sector in isOfSector ? _sectors.Values.AsEnumerable() : [])
        {
            sector.Clock.Expect(start.ToMilliseconds());
        }

        for (var next = 0; ;)
        {
            var due = isOfSector ? _sectors.Values.Select(sector => sector.Clock.Next).DefaultIfEmpty(RuleTurnClock.Never).Min() : RuleTurnClock.Never;
            var state = next < states.Count ? states[next].At : DateTimeOffset.MaxValue;
            var turn = due == RuleTurnClock.Never ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeMilliseconds(due);
            var at = state < look ? state : look;
            at = turn < at ? turn : at;
            if (at >= to)
            {
                return [.. _events.Where(one => one.At >= from && one.At < to)];
            }

            if (state == at)
            {
                Take(states[next++]);
            }
            else if (look == at)
            {
                Look(look);
                look += _options.RecordEvery;
            }
            else
            {
                foreach (var sector in _sectors.Values.Where(sector => sector.Clock.Next == due).ToArray())
                {
                    _events.AddRange(sector.Judge(_set, due));
                }
            }
        }
    }

    private void Take(TrialState state)
    {
        var (device, sector) = _devices[state.Device];
        if (device.Holding != state.Holding || device.Contribution.Status != state.Status)
        {
            sector.Clock.Changed(state.At.ToMilliseconds());
        }

        (device.Holding, device.LastHeardAt) = (state.Holding, state.HeardAt);
        device.Contribution = device.Contribution with { Status = state.Status };
    }

    private void Look(DateTimeOffset look)
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
        Func<CompiledRule, IRuleSurroundings?> seen = rule => new TrialSurroundings(figures, counts.GetValueOrDefault(rule.Key, []));
        if (_rule.Rule.Target.IsCommune)
        {
            (_memories, var firings) = CommuneRuleTurn.Judge([_rule], [], _memories, seen, _place, now);
            var effects = RuleEffectsOf.Firings(firings, _source, CommuneRuleTurn.KindOf(_rule), now, RuleChain.None, "commune");
            _events.AddRange(DeviceTrial.EventsOf(effects, _source));
            return;
        }

        foreach (var sector in _sectors.Values)
        {
            sector.Turn.Commune = seen;
            sector.Clock.Expect(now);
        }
    }

    /// <summary>A sector as far as the rule sees it.</summary>
    private sealed class TrialSector(string name, RuleSets sets, RulePlace? place, long pace)
    {
        private long _offset;

        public SectorBook Book { get; } = new();

        public RuleTurnClock Clock { get; } = new(SectorRules.GatherMilliseconds, pace);

        public SectorRuleTurn Turn => field ??= new SectorRuleTurn(name, Book, new SectorAlarms(name, Book), sets, place);

        public IEnumerable<RuleTrialEvent> Judge(RuleSet set, long now)
        {
            var (turns, due) = Turn.Judge(set, now, []);
            Clock.Judged(now, due);
            var at = DateTimeOffset.FromUnixTimeMilliseconds(now);
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
