namespace Grid.Grains.Rules.Language;

/// <summary>The metrics that a rule names.</summary>
internal static class MetricsNamed
{
    public static IEnumerable<string> In(Rule rule) => In(rule.When);

    private static IEnumerable<string> In(Expression expression) => expression switch
    {
        MetricTerm metric => [metric.Name],
        PreviousTerm previous => [previous.Metric],
        RateTerm rate => [rate.Metric],
        SinceTerm { What: SinceWhat.Metric } since => [since.Name],
        GroupTerm group => In(group.Holds),
        NegationTerm negation => In(negation.Operand),
        NotTerm not => In(not.Operand),
        ArithmeticTerm arithmetic => In(arithmetic.Left).Concat(In(arithmetic.Right)),
        ComparisonTerm comparison => In(comparison.Left).Concat(In(comparison.Right)),
        LogicTerm logic => In(logic.Left).Concat(In(logic.Right)),
        _ => [],
    };
}
