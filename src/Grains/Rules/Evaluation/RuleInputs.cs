using Grid.Grains.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// What a rule sees of a device, and so when it has to be evaluated again: while none of it changes, and the time that it noted has not come, it does nothing and remembers
/// the same. Compiled once a version.
/// </summary>
internal sealed class RuleInputs
{
    private readonly List<MetricLimit> _limits = [];
    private readonly List<string> _values = [];

    private RuleInputs()
    {
    }

    /// <summary>Values of metrics at which something changes; between two of them it is the same.</summary>
    public IReadOnlyList<MetricLimit> Limits => _limits;

    /// <summary>Metrics of which any other value counts.</summary>
    public IReadOnlyList<string> Values => _values;

    /// <summary>Conditions whose beginning or end counts.</summary>
    public Conditions Conditions { get; private set; }

    /// <summary>Conditions whose age counts while they hold.</summary>
    public Conditions Ages { get; private set; }

    /// <summary>The status counts.</summary>
    public bool HasStatus { get; private set; }

    /// <summary>Sun or calendar counts.</summary>
    public bool IsScheduled { get; private set; }

    /// <summary>It is evaluated every time: what it sees is another with every report, or with every look.</summary>
    public bool IsRestless { get; private set; }

    /// <summary>What a rule that was checked sees.</summary>
    public static RuleInputs Of(Rule rule)
    {
        var inputs = new RuleInputs();
        inputs.See(rule.When);
        if (rule.Within is { } within)
        {
            inputs.See(within);
        }

        return inputs;
    }

    private void See(Expression expression)
    {
        switch (expression)
        {
            case MetricTerm flag:
                Limit(flag.Name, 0);
                break;
            case ConditionTerm condition:
                Conditions |= Vocabulary.Conditions[condition.Name];
                break;
            case SunTerm or DayTerm or WindowTerm:
                IsScheduled = true;
                break;
            case ComparisonTerm comparison:
                Compare(comparison);
                break;
            case NotTerm not:
                See(not.Operand);
                break;
            case LogicTerm logic:
                See(logic.Left);
                See(logic.Right);
                break;
            default:
                IsRestless = true;
                break;
        }
    }

    private void Compare(ComparisonTerm term)
    {
        switch (term)
        {
            case { Left: MetricTerm metric, Right: var right } when ConstantOf(right) is { } limit:
                Limit(metric.Name, limit);
                if (term.Deadband > 0)
                {
                    // As the compiled comparison adds it, to the last bit.
                    Limit(metric.Name, limit + (term.Operator is ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual ? -term.Deadband : term.Deadband));
                }

                break;
            case { Left: var left, Right: MetricTerm metric, Deadband: 0 } when ConstantOf(left) is { } limit:
                Limit(metric.Name, limit);
                break;
            case { Left: SinceTerm { What: SinceWhat.Condition } since, Right: not SinceTerm } when !SeesTime(term.Right):
                Age(since);
                Count(term.Right);
                break;
            case { Left: not SinceTerm, Right: SinceTerm { What: SinceWhat.Condition } since } when !SeesTime(term.Left):
                Age(since);
                Count(term.Left);
                break;
            default:
                Count(term.Left);
                Count(term.Right);
                break;
        }
    }

    private void Count(Expression expression)
    {
        switch (expression)
        {
            case NumberLiteral or PercentLiteral or DurationLiteral or StatusLiteral:
                break;
            case StatusTerm:
                HasStatus = true;
                break;
            case MetricTerm metric:
                _values.Add(MetricNames.Shared(metric.Name));
                break;
            case NegationTerm negation:
                Count(negation.Operand);
                break;
            case ArithmeticTerm arithmetic:
                Count(arithmetic.Left);
                Count(arithmetic.Right);
                break;
            default:
                IsRestless = true;
                break;
        }
    }

    private void Age(SinceTerm since)
    {
        Ages |= Vocabulary.Conditions[since.Name];
        Conditions |= Vocabulary.Conditions[since.Name];
    }

    private void Limit(string metric, double value)
    {
        // What is compared with no number is unknown, whatever is reported.
        if (!double.IsNaN(value))
        {
            _limits.Add(new MetricLimit(MetricNames.Shared(metric), value));
        }
    }

    private static bool SeesTime(Expression expression) => expression switch
    {
        SinceTerm => true,
        NegationTerm negation => SeesTime(negation.Operand),
        ArithmeticTerm arithmetic => SeesTime(arithmetic.Left) || SeesTime(arithmetic.Right),
        _ => false,
    };

    /// <summary>The value of what sees nothing of the device; null for what does.</summary>
    private static double? ConstantOf(Expression expression) => expression switch
    {
        NumberLiteral number => number.Value,
        PercentLiteral percent => percent.Value,
        DurationLiteral duration => duration.Milliseconds,
        NegationTerm negation => -ConstantOf(negation.Operand),
        _ => null,
    };
}

/// <summary>A value of a metric at which a rule may change.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Value">The value.</param>
internal readonly record struct MetricLimit(string Metric, double Value);
