using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Rules.Language;

/// <summary>What a rule names of a commune: figures, and groups of all of it.</summary>
internal static class CommuneTerms
{
    private const string ByKind = "devices.byKind.";

    /// <summary>The figures that a rule names.</summary>
    public static IEnumerable<string> Figures(Rule rule) => Parts.Of(rule.When).OfType<FigureTerm>().Select(figure => figure.Name).Distinct(StringComparer.Ordinal);

    /// <summary>The groups that a rule names, in the order of the text.</summary>
    public static IEnumerable<GroupTerm> Groups(Rule rule) => Parts.Of(rule.When).OfType<GroupTerm>();

    /// <summary>The kind of which a figure is; null for one over all kinds, which counts those for which the rule's scope is competent.</summary>
    public static DeviceKind? KindOf(string figure) =>
        figure.StartsWith(ByKind, StringComparison.Ordinal) ? Vocabulary.Kinds[figure[ByKind.Length..]]
        : figure[..Math.Max(0, figure.IndexOf('.', StringComparison.Ordinal))] switch
        {
            "lighting" => DeviceKind.Streetlight,
            "water" => DeviceKind.Meter,
            "buildings" => DeviceKind.Building,
            "bins" => DeviceKind.Bin,
            "environment" => DeviceKind.Environment,
            _ => null,
        };

    /// <summary>The kinds that a rule for communes names, those that its commands are for among them.</summary>
    public static DeviceKinds KindsOf(Rule rule)
    {
        var kinds = DeviceKinds.None;
        foreach (var kind in Figures(rule).Select(KindOf).OfType<DeviceKind>().Concat(Groups(rule).Select(group => group.Kind)))
        {
            kinds |= Vocabulary.SetOf(kind);
        }

        foreach (var command in rule.Then.OfType<SendCommand>())
        {
            // What at least one kind understands goes to those that do.
            kinds |= CommandCatalog.All.Where(known => known.Name == command.Name).Select(known => Vocabulary.SetOf(known.Kind)).FirstOrDefault();
        }

        return kinds;
    }

    /// <summary>True for a rule for communes, or for devices that asks for what the commune says, of all whose kinds the scope is competent.</summary>
    public static bool IsFollowed(PublishedRule published, Func<string, bool> isHere) =>
        RuleJson.Read(published.Json).Rule is { } rule
        && (rule.Target.IsCommune ? RuleScopes.DeviceOf(published.Scope) is null : RuleChecker.FactsOf(rule).Needs == RuleNeeds.Commune)
        && (RuleScopes.DeviceOf(published.Scope) is not { } device || isHere(device))
        && (KindsOf(rule) & ~published.Kinds) == 0;
}

/// <summary>All parts of a condition.</summary>
internal static class Parts
{
    /// <summary>A part and all in it, in the order of the text.</summary>
    public static IEnumerable<Expression> Of(Expression expression) => Under(expression).Prepend(expression);

    private static IEnumerable<Expression> Under(Expression expression) => expression switch
    {
        GroupTerm group => Of(group.Holds),
        NegationTerm negation => Of(negation.Operand),
        NotTerm not => Of(not.Operand),
        ArithmeticTerm arithmetic => Of(arithmetic.Left).Concat(Of(arithmetic.Right)),
        ComparisonTerm comparison => Of(comparison.Left).Concat(Of(comparison.Right)),
        LogicTerm logic => Of(logic.Left).Concat(Of(logic.Right)),
        _ => [],
    };
}
