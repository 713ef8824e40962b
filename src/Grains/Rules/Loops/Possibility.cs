using Grid.Contracts.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Loops;

/// <summary>What a condition can come to.</summary>
/// <param name="CanHold">Something may make it true.</param>
/// <param name="CanEnd">Something may make it false.</param>
internal readonly record struct Possibility(bool CanHold, bool CanEnd)
{
    private static readonly Possibility Either = new(true, true);

    /// <summary>
    /// What a condition can come to when all is open but what a move has set: a metric of the device, or the alarm of a rule. Simple reasoning on intervals: what is not seen to be impossible is possible.
    /// </summary>
    public static Possibility Of(Expression condition, RuleMove move) => condition switch
    {
        NotTerm not when Of(not.Operand, move) is var operand => new(operand.CanEnd, operand.CanHold),
        LogicTerm logic when (Of(logic.Left, move), Of(logic.Right, move)) is var (left, right) => logic.IsAnd
            ? new(left.CanHold && right.CanHold, left.CanEnd || right.CanEnd)
            : new(left.CanHold || right.CanHold, left.CanEnd && right.CanEnd),
        ComparisonTerm comparison => Compare(comparison, move),
        MetricTerm flag when Interval.Of(flag, move) is var range => new(!range.IsOnly(0), range.Low <= 0 && range.High >= 0),
        AlarmTerm alarm when move.Alarm is { } set && set.Condition == alarm.Condition => alarm.Aspect switch
        {
            // Just raised nobody has acknowledged it.
            AlarmAspect.Raised => new(set.IsRaised, !set.IsRaised),
            AlarmAspect.Acknowledged => new(false, true),
            _ => new(!set.IsRaised, set.IsRaised),
        },
        _ => Either,
    };

    /// <summary>A deadband only puts off an end: it begins where the comparison does.</summary>
    private static Possibility Compare(ComparisonTerm term, RuleMove move)
    {
        var (left, right) = (Interval.Of(term.Left, move), Interval.Of(term.Right, move));
        var plain = term.Operator switch
        {
            ComparisonOperator.Greater => new Possibility(left.High > right.Low, left.Low <= right.High),
            ComparisonOperator.GreaterOrEqual => new(left.High >= right.Low, left.Low < right.High),
            ComparisonOperator.Less => new(left.Low < right.High, left.High >= right.Low),
            ComparisonOperator.LessOrEqual => new(left.Low <= right.High, left.High > right.Low),
            ComparisonOperator.Equal => new(left.Low <= right.High && right.Low <= left.High, !(left.IsPoint && left == right)),
            _ => new(!(left.IsPoint && left == right), left.Low <= right.High && right.Low <= left.High),
        };
        return plain;
    }

    /// <summary>Values that a number may have, both ends included.</summary>
    private readonly record struct Interval(double Low, double High)
    {
        private static readonly Interval Any = new(double.NegativeInfinity, double.PositiveInfinity);

        public bool IsPoint => Low == High;

        public static Interval Of(Expression expression, RuleMove move) => expression switch
        {
            NumberLiteral number => new(number.Value, number.Value),
            PercentLiteral percent => new(percent.Value, percent.Value),
            MetricTerm metric when move.Sets is { } sets && sets.Metric.Name == metric.Name => new(sets.Value, sets.Value),
            MetricTerm metric when MetricCatalog.ByName.TryGetValue(metric.Name, out var known) => new(known.Minimum, known.Maximum),
            NegationTerm negation when Of(negation.Operand, move) is var operand => new(-operand.High, -operand.Low),
            ArithmeticTerm { Operator: ArithmeticOperator.Add } sum when (Of(sum.Left, move), Of(sum.Right, move)) is var (left, right) => Known(left.Low + right.Low, left.High + right.High),
            ArithmeticTerm { Operator: ArithmeticOperator.Subtract } difference when (Of(difference.Left, move), Of(difference.Right, move)) is var (left, right) =>
                Known(left.Low - right.High, left.High - right.Low),
            _ => Any,
        };

        public bool IsOnly(double value) => Low == value && High == value;

        private static Interval Known(double low, double high) => double.IsNaN(low) || double.IsNaN(high) ? Any : new(low, high);
    }
}
