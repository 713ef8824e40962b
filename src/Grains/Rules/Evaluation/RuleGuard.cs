using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// What the rules of a device saw when they were evaluated, so that only those are evaluated again for which something is another. Follows from the device's state alone and is
/// never stored: without it all rules are evaluated, with the same result. About 150 bytes, 16 for each metric that rules see and 16 for each rule that is not at rest.
/// </summary>
internal sealed class RuleGuard
{
    private readonly DeviceRuleState _state;
    private readonly CompiledRules _rules;
    private readonly long[]? _passed;
    private readonly NewestValue[]? _values;
    private readonly RulePlace? _place;
    private readonly SeenMetric[] _seen;
    private RuleMemory[]? _memories;
    private RuleStanding[] _standing;
    private Conditions _conditions;
    private DeviceStatus _status;
    private bool _isBroken;

    // The next instants, in Unix milliseconds: of rules at rest that see sun or calendar; of rules at rest that are evaluated every time; of the others; at which a memory lapses;
    // and the end of the local day, at which other instants of sun and calendar come into sight.
    private long _restingDue = long.MaxValue;
    private long _restlessDue = long.MaxValue;
    private long _standingDue = long.MaxValue;
    private long _lapsesAt = long.MaxValue;
    private long _dayEnd = long.MaxValue;

    /// <summary>As if nothing had been seen: all rules are to be evaluated.</summary>
    /// <param name="state">The device's.</param>
    /// <param name="rules">Its rules.</param>
    /// <param name="plan">Those that concern it.</param>
    /// <param name="frame">What there is to see.</param>
    public RuleGuard(DeviceRuleState state, CompiledRules rules, RulePlan plan, in RuleFrame frame)
    {
        (_state, _rules, Plan, _passed, _values, _place, _memories) = (state, rules, plan, state.Passed, frame.Values, frame.Place, state.Rules);
        (_conditions, _status, _dayEnd) = (ConditionTable.Set(frame.Active), frame.Status, DayEnd(frame));
        _seen = plan.Metrics.Length == 0 ? [] : new SeenMetric[plan.Metrics.Length];
        for (var place = 0; place < _seen.Length; place++)
        {
            var position = Array.FindIndex(_values ?? [], value => value.Name == plan.Metrics[place].Name);
            var value = position < 0 ? 0 : _values![position].Value;
            var (below, notAbove) = plan.Metrics[place].PlaceOf(value);
            _seen[place] = new SeenMetric { Value = value, Position = (short)position, Below = below, NotAbove = notAbove };
        }

        _standing = new RuleStanding[_memories?.Length ?? 0];
        for (var (number, place) = (0, 0); number < plan.Rules.Length && place < _standing.Length; number++)
        {
            if (_memories![place].Key == plan.Rules[number].Key)
            {
                _standing[place++] = new RuleStanding(number, long.MaxValue);
            }
        }
    }

    /// <summary>The rules that concern the device.</summary>
    public RulePlan Plan { get; }

    /// <summary>Which rule each memory is of, and when it may be otherwise.</summary>
    public RuleStanding[] Standing => _standing;

    /// <summary>The next instant at which a rule may be otherwise though nothing is heard, in Unix milliseconds.</summary>
    public long Due => Math.Min(Math.Min(_restingDue, _restlessDue), _standingDue);

    /// <summary>Whether it tells what these rules saw last.</summary>
    public bool IsOf(DeviceRuleState state, CompiledRules rules, in RuleFrame frame) =>
        ReferenceEquals(_state, state) && ReferenceEquals(_rules, rules) && ReferenceEquals(_passed, state.Passed) && ReferenceEquals(_memories, state.Rules)
        && ReferenceEquals(_values, frame.Values) && ReferenceEquals(_place, frame.Place) && !_isBroken;

    /// <summary>Takes in what there is to see now.</summary>
    /// <param name="frame">What there is to see.</param>
    /// <param name="dirty">Gets the rules that are to be evaluated.</param>
    /// <param name="restless">Gets those of them that are as long as it is like this.</param>
    /// <returns>False when there are none.</returns>
    public bool See(ref RuleFrame frame, Span<ulong> dirty, Span<ulong> restless)
    {
        var isDirty = Plan.HasRestless | SeeConditions(frame, dirty, restless) | SeeMetrics(dirty) | SeeTime(frame, dirty);
        if (frame.Status != _status)
        {
            _status = frame.Status;
            RuleBits.Add(dirty, Plan.OfStatus);
            isDirty = true;
        }

        if (Plan.HasRestless)
        {
            RuleBits.Add(restless, Plan.Restless);
        }

        RuleBits.Add(dirty, restless);
        _restlessDue = long.MaxValue;
        return isDirty;
    }

    /// <summary>A rule at rest may be otherwise at an instant.</summary>
    public void ExpectAtRest(long due, bool isRestless)
    {
        if (isRestless)
        {
            _restlessDue = Math.Min(_restlessDue, due);
        }
        else
        {
            _restingDue = Math.Min(_restingDue, due);
        }
    }

    /// <summary>A rule failed: what it noted for later is worth nothing.</summary>
    public void Break() => _isBroken = true;

    /// <summary>Rules were evaluated: these memories are left.</summary>
    public void Note(RuleMemory[]? memories, RuleStanding[] standing)
    {
        (_memories, _standing) = (memories, standing);
        (_standingDue, _lapsesAt) = (long.MaxValue, long.MaxValue);
        for (var place = 0; place < standing.Length; place++)
        {
            _standingDue = Math.Min(_standingDue, standing[place].Due);
            if (memories![place].FiredAt is not 0 and var fired)
            {
                _lapsesAt = Math.Min(_lapsesAt, fired + RuleStep.LeastBetweenMilliseconds);
            }
        }
    }

    private bool SeeConditions(in RuleFrame frame, Span<ulong> dirty, Span<ulong> restless)
    {
        var now = ConditionTable.Set(frame.Active);
        var changed = (now ^ _conditions) & Plan.Conditions;
        _conditions = now;
        if (changed != default)
        {
            foreach (var (seen, rule) in Plan.OfConditions)
            {
                if ((seen & changed) != 0)
                {
                    RuleBits.Set(dirty, rule);
                }
            }
        }

        if ((now & Plan.Ages) == 0)
        {
            return changed != default;
        }

        foreach (var (seen, rule) in Plan.OfAges)
        {
            if ((seen & now) != 0)
            {
                RuleBits.Set(restless, rule);
            }
        }

        return true;
    }

    private bool SeeMetrics(Span<ulong> dirty)
    {
        var isDirty = false;
        for (var place = 0; place < _seen.Length; place++)
        {
            ref var seen = ref _seen[place];
            if (seen.Position < 0 || _values![seen.Position].Value is var value && value.Equals(seen.Value))
            {
                continue;
            }

            seen.Value = value;
            var metric = Plan.Metrics[place];
            if (metric.OfAnyValue is { } any)
            {
                RuleBits.Add(dirty, any);
                isDirty = true;
            }

            if (!metric.IsAt(value, seen.Below, seen.NotAbove))
            {
                isDirty |= Cross(metric, ref seen, dirty);
            }
        }

        return isDirty;
    }

    /// <summary>The rules whose limits lie between where a value was and where it is.</summary>
    private static bool Cross(PlannedMetric metric, ref SeenMetric seen, Span<ulong> dirty)
    {
        var (below, notAbove) = metric.PlaceOf(seen.Value);
        var isNumber = below <= notAbove && seen.Below <= seen.NotAbove;
        var from = isNumber ? Math.Min(below, seen.Below) : 0;
        var to = isNumber ? Math.Max(notAbove, seen.NotAbove) : metric.Limits.Length;
        (seen.Below, seen.NotAbove) = (below, notAbove);
        for (var limit = from; limit < to; limit++)
        {
            RuleBits.Set(dirty, metric.Rules[limit]);
        }

        return from < to;
    }

    private bool SeeTime(in RuleFrame frame, Span<ulong> dirty)
    {
        var isDirty = false;
        if (frame.Now >= _restingDue || frame.Now >= _dayEnd)
        {
            (_restingDue, _dayEnd) = (long.MaxValue, DayEnd(frame));
            RuleBits.Add(dirty, Plan.Scheduled);
            isDirty = true;
        }

        if (frame.Now < _standingDue && frame.Now < _lapsesAt)
        {
            return isDirty;
        }

        for (var place = 0; place < _standing.Length; place++)
        {
            var fired = _memories![place].FiredAt;
            if (frame.Now >= _standing[place].Due || (fired != 0 && frame.Now >= fired + RuleStep.LeastBetweenMilliseconds))
            {
                RuleBits.Set(dirty, _standing[place].Rule);
                isDirty = true;
            }
        }

        return isDirty;
    }

    private long DayEnd(in RuleFrame frame) => Plan.HasScheduled && frame.Place is { } place ? place.DayEnd(frame.Now) : long.MaxValue;

    /// <summary>A metric as it was seen last: its value, where it is among the device's (-1 for nowhere), and where it lies among the limits.</summary>
    private struct SeenMetric
    {
        public double Value;
        public short Position;
        public ushort Below;
        public ushort NotAbove;
    }
}

/// <summary>Of which rule a memory is.</summary>
/// <param name="Rule">Its number.</param>
/// <param name="Due">When it may be otherwise though nothing is heard, in Unix milliseconds.</param>
internal readonly record struct RuleStanding(int Rule, long Due);
