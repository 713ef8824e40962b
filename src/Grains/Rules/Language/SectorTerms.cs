namespace Grid.Grains.Rules.Language;

/// <summary>What a sector does not know of its devices: it holds their conditions, their status and when they were heard.</summary>
internal static class SectorTerms
{
    /// <summary>The parts of a rule's condition that only a device itself knows.</summary>
    public static IEnumerable<Expression> Others(Rule rule) => Others(rule.When);

    private static IEnumerable<Expression> Others(Expression expression) => expression switch
    {
        MetricTerm or PreviousTerm or RateTerm or SinceTerm { What: not SinceWhat.Heard } => [expression],
        GroupTerm group => Others(group.Holds),
        NegationTerm negation => Others(negation.Operand),
        NotTerm not => Others(not.Operand),
        ArithmeticTerm arithmetic => Others(arithmetic.Left).Concat(Others(arithmetic.Right)),
        ComparisonTerm comparison => Others(comparison.Left).Concat(Others(comparison.Right)),
        LogicTerm logic => Others(logic.Left).Concat(Others(logic.Right)),
        _ => [],
    };
}
