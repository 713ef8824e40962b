using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// Makes closures of a condition that was checked. Evaluating them allocates nothing. Each part that time alone may change notes when it may.
/// </summary>
internal sealed class ConditionCompiler
{
    private const double HourMilliseconds = 3_600_000;

    /// <summary>How often what depends on time in a way that has no formula here is looked at.</summary>
    private const long LookMilliseconds = 60_000;

    private readonly List<string> _previous = [];
    private readonly List<CompiledGroup> _groups = [];
    private int _bands;

    /// <summary>The metrics of which it asks what they were before.</summary>
    public IReadOnlyList<string> Previous => _previous;

    /// <summary>Its groups, by number.</summary>
    public IReadOnlyList<CompiledGroup> Groups => _groups;

    /// <summary>A condition.</summary>
    public TruthOf Truth(Expression expression) => expression switch
    {
        MetricTerm metric => Flag(MetricNames.Shared(metric.Name)),
        PreviousTerm previous => PreviousFlag(Asked(previous.Metric)),
        ConditionTerm condition => Holds(Vocabulary.Conditions[condition.Name]),
        AlarmTerm alarm => (ref RuleFrame frame) => frame.Around?.AlarmOf(alarm.Condition, alarm.Aspect) ?? Evaluation.Truth.Unknown,
        SunTerm sun => sun.IsNight
            ? (ref RuleFrame frame) => frame.Place is { } place ? Of(place.IsNight(ref frame)) : Evaluation.Truth.Unknown
            : (ref RuleFrame frame) => frame.Place is { } place ? Of(!place.IsNight(ref frame)) : Evaluation.Truth.Unknown,
        DayTerm day => (ref RuleFrame frame) => frame.Place is { } place ? Of(place.IsDay(day.Day, ref frame)) : Evaluation.Truth.Unknown,
        WindowTerm window => (ref RuleFrame frame) => frame.Place is { } place ? Of(place.IsWithin(window.From, window.To, ref frame)) : Evaluation.Truth.Unknown,
        ComparisonTerm comparison => Compare(comparison),
        NotTerm not => Not(Truth(not.Operand)),
        LogicTerm logic => logic.IsAnd ? And(Truth(logic.Left), Truth(logic.Right)) : Or(Truth(logic.Left), Truth(logic.Right)),
        _ => throw new InvalidOperationException($"{expression.GetType().Name} is not true or false."),
    };

    private NumberOf Number(Expression expression) => expression switch
    {
        NumberLiteral number => Constant(number.Value),
        PercentLiteral percent => Constant(percent.Value),
        DurationLiteral duration => Constant(duration.Milliseconds),
        StatusLiteral status => Constant((double)status.Status),
        StatusTerm => static (ref RuleFrame frame) => (double)frame.Status,
        MetricTerm metric => Metric(MetricNames.Shared(metric.Name)),
        PreviousTerm previous => PreviousNumber(Asked(previous.Metric)),
        RateTerm rate => Rate(Asked(rate.Metric)),
        SinceTerm since => Elapsed(Origin(since)),
        FigureTerm figure => (ref RuleFrame frame) => frame.Around?.FigureOf(figure.Name) ?? double.NaN,
        GroupTerm group => Group(group),
        NegationTerm negation => Negative(Number(negation.Operand)),
        ArithmeticTerm arithmetic => Arithmetic(arithmetic.Operator, Number(arithmetic.Left), Number(arithmetic.Right)),
        _ => throw new InvalidOperationException($"{expression.GetType().Name} is no number."),
    };

    private string Asked(string metric)
    {
        var name = MetricNames.Shared(metric);
        if (!_previous.Contains(name))
        {
            _previous.Add(name);
        }

        return name;
    }

    private static NumberOf Constant(double value) => (ref RuleFrame _) => value;

    private static NumberOf Metric(string name) => (ref RuleFrame frame) => NewestValues.Find(frame.Values, name)?.Value ?? double.NaN;

    private static TruthOf Flag(string name) =>
        (ref RuleFrame frame) => NewestValues.Find(frame.Values, name) is { } newest ? Of(newest.Value != 0) : Evaluation.Truth.Unknown;

    private static NumberOf PreviousNumber(string name) => (ref RuleFrame frame) => PreviousValues.ValueOf(frame.Previous, name);

    private static TruthOf PreviousFlag(string name) =>
        (ref RuleFrame frame) => PreviousValues.ValueOf(frame.Previous, name) is var value && double.IsNaN(value) ? Evaluation.Truth.Unknown : Of(value != 0);

    private static NumberOf Rate(string name)
    {
        var isIndex = MetricCatalog.ByName.TryGetValue(name, out var metric) && metric.IsIndex;
        return (ref RuleFrame frame) =>
        {
            var previous = PreviousValues.Find(frame.Previous, name);
            if (previous.ObservedAt == 0 || NewestValues.Find(frame.Values, name) is not { } newest || newest.ObservedAt <= previous.ObservedAt)
            {
                return double.NaN;
            }

            // An index that falls was replaced or has started again: what was gained meanwhile nobody knows.
            var gained = newest.Value - previous.Value;
            return isIndex && gained < 0 ? double.NaN : gained * HourMilliseconds / (newest.ObservedAt - previous.ObservedAt);
        };
    }

    private static TruthOf Holds(Conditions mask) => (ref RuleFrame frame) => Of(((ConditionTable.Set(frame.Active) | frame.Held) & mask) != 0);

    private static NumberOf Elapsed(NumberOf origin) => (ref RuleFrame frame) => Math.Max(0, frame.Now - origin(ref frame));

    /// <summary>From when on a duration counts, in Unix milliseconds.</summary>
    private static NumberOf Origin(SinceTerm since)
    {
        switch (since.What)
        {
            case SinceWhat.Heard:
                return static (ref RuleFrame frame) => frame.HeardAt == 0 ? double.NaN : frame.HeardAt;
            case SinceWhat.Metric:
                var name = MetricNames.Shared(since.Name);
                return (ref RuleFrame frame) => NewestValues.Find(frame.Values, name)?.ObservedAt ?? double.NaN;
            case SinceWhat.Condition:
                var mask = Vocabulary.Conditions[since.Name];
                return (ref RuleFrame frame) =>
                {
                    foreach (ref readonly var condition in frame.Active.AsSpan())
                    {
                        if ((condition.Condition & mask) != 0)
                        {
                            return condition.Since;
                        }
                    }

                    return double.NaN;
                };
            default:
                throw new InvalidOperationException($"Durations do not count from {since.What}.");
        }
    }

    private NumberOf Group(GroupTerm term)
    {
        var number = _groups.Count;

        // What holds for the neighbours is theirs to find: it remembers nothing here.
        var inner = new ConditionCompiler();
        _groups.Add(new CompiledGroup(term.Kind, term.By, inner.Truth(term.Holds), inner.Previous));
        return (ref RuleFrame frame) =>
        {
            if (frame.Around is not { } around)
            {
                return double.NaN;
            }

            var (holds, members) = around.GroupOf(number);
            return !term.IsShare ? holds : members == 0 ? double.NaN : (double)holds / members;
        };
    }

    private static NumberOf Negative(NumberOf operand) => (ref RuleFrame frame) => -operand(ref frame);

    /// <summary>What is divided by nothing is unknown.</summary>
    private static NumberOf Arithmetic(ArithmeticOperator sign, NumberOf left, NumberOf right) => sign switch
    {
        ArithmeticOperator.Add => (ref RuleFrame frame) => left(ref frame) + right(ref frame),
        ArithmeticOperator.Subtract => (ref RuleFrame frame) => left(ref frame) - right(ref frame),
        ArithmeticOperator.Multiply => (ref RuleFrame frame) => left(ref frame) * right(ref frame),
        ArithmeticOperator.Divide => (ref RuleFrame frame) => left(ref frame) / right(ref frame) is var quotient && double.IsFinite(quotient) ? quotient : double.NaN,
        _ => throw new InvalidOperationException($"There is no operator {sign}."),
    };

    private TruthOf Compare(ComparisonTerm term)
    {
        var left = Scaled(term.Left, term.Right);
        var right = Scaled(term.Right, term.Left);
        var compared = term.Deadband > 0 ? WithDeadband(term, left, right) : Plain(term.Operator, left, right);
        return WithTime(term, left, right, compared);
    }

    /// <summary>A percentage beside a share counts as one.</summary>
    private NumberOf Scaled(Expression side, Expression other)
    {
        var number = Number(side);
        return IsPercentage(side) && IsShare(other) ? (ref RuleFrame frame) => number(ref frame) / 100 : number;
    }

    private static bool IsPercentage(Expression expression) => expression is PercentLiteral or ArithmeticTerm { Left: PercentLiteral, Right: PercentLiteral };

    private static bool IsShare(Expression expression) => expression is GroupTerm { IsShare: true } || (expression is ArithmeticTerm sum && IsShare(sum.Left) && IsShare(sum.Right));

    private static TruthOf Plain(ComparisonOperator comparison, NumberOf left, NumberOf right) => (ref RuleFrame frame) =>
    {
        var (one, other) = (left(ref frame), right(ref frame));
        return double.IsNaN(one) || double.IsNaN(other) ? Evaluation.Truth.Unknown : Of(Holds(comparison, one, other));
    };

    private TruthOf WithDeadband(ComparisonTerm term, NumberOf left, NumberOf right)
    {
        var bit = (ushort)(1 << _bands++);
        var comparison = term.Operator;
        var shift = comparison is ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual ? -term.Deadband : term.Deadband;
        return (ref RuleFrame frame) =>
        {
            var (one, other) = (left(ref frame), right(ref frame));
            var isHeld = (frame.Bands & bit) != 0;
            var isUnknown = double.IsNaN(one) || double.IsNaN(other);
            var holds = !isUnknown && Holds(comparison, one, isHeld ? other + shift : other);
            frame.Bands = (ushort)(holds ? frame.Bands | bit : frame.Bands & ~bit);
            return isUnknown ? Evaluation.Truth.Unknown : Of(holds);
        };
    }

    /// <summary>A duration reaches a limit at an instant that can be told; any other formula with one is looked at every minute.</summary>
    private static TruthOf WithTime(ComparisonTerm term, NumberOf left, NumberOf right, TruthOf compared)
    {
        var (isLeft, isRight) = (DependsOnTime(term.Left), DependsOnTime(term.Right));
        if (!isLeft && !isRight)
        {
            return compared;
        }

        var (limit, duration) = isLeft ? (right, term.Left) : (left, term.Right);
        if (isLeft == isRight || duration is not SinceTerm since)
        {
            return (ref RuleFrame frame) =>
            {
                frame.MayChangeAt(frame.Now + LookMilliseconds);
                return compared(ref frame);
            };
        }

        var origin = Origin(since);
        return (ref RuleFrame frame) =>
        {
            if (origin(ref frame) + limit(ref frame) is var reached && reached >= frame.Now && reached < long.MaxValue / 2)
            {
                // At it, and just after it: which of them counts is the operator's to say.
                frame.MayChangeAt((long)reached);
                frame.MayChangeAt((long)reached + 1);
            }

            return compared(ref frame);
        };
    }

    private static bool DependsOnTime(Expression expression) => expression switch
    {
        SinceTerm => true,
        NegationTerm negation => DependsOnTime(negation.Operand),
        ArithmeticTerm arithmetic => DependsOnTime(arithmetic.Left) || DependsOnTime(arithmetic.Right),
        _ => false,
    };

    private static bool Holds(ComparisonOperator comparison, double one, double other) => comparison switch
    {
        ComparisonOperator.Greater => one > other,
        ComparisonOperator.GreaterOrEqual => one >= other,
        ComparisonOperator.Less => one < other,
        ComparisonOperator.LessOrEqual => one <= other,
        ComparisonOperator.Equal => one == other,
        ComparisonOperator.NotEqual => one != other,
        _ => throw new InvalidOperationException($"There is no operator {comparison}."),
    };

    private static TruthOf Not(TruthOf operand) => (ref RuleFrame frame) => operand(ref frame) switch
    {
        Evaluation.Truth.True => Evaluation.Truth.False,
        Evaluation.Truth.False => Evaluation.Truth.True,
        _ => Evaluation.Truth.Unknown,
    };

    /// <summary>Both sides are always evaluated: each keeps its deadbands, and notes when it may change.</summary>
    private static TruthOf And(TruthOf left, TruthOf right) => (ref RuleFrame frame) =>
    {
        var (one, other) = (left(ref frame), right(ref frame));
        return one == Evaluation.Truth.False || other == Evaluation.Truth.False ? Evaluation.Truth.False
            : one == Evaluation.Truth.True && other == Evaluation.Truth.True ? Evaluation.Truth.True
            : Evaluation.Truth.Unknown;
    };

    private static TruthOf Or(TruthOf left, TruthOf right) => (ref RuleFrame frame) =>
    {
        var (one, other) = (left(ref frame), right(ref frame));
        return one == Evaluation.Truth.True || other == Evaluation.Truth.True ? Evaluation.Truth.True
            : one == Evaluation.Truth.False && other == Evaluation.Truth.False ? Evaluation.Truth.False
            : Evaluation.Truth.Unknown;
    };

    private static Truth Of(bool holds) => holds ? Evaluation.Truth.True : Evaluation.Truth.False;
}

/// <summary>A group of a rule.</summary>
/// <param name="Kind">The kind of its members.</param>
/// <param name="By">Who are neighbours.</param>
/// <param name="Holds">What is counted: a member finds it on its own turn.</param>
/// <param name="Previous">The metrics of which it asks what they were before.</param>
internal sealed record CompiledGroup(DeviceKind Kind, GroupBy By, TruthOf Holds, IReadOnlyList<string> Previous);
