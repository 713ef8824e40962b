namespace Grid.Grains.Rules.Language;

/// <summary>What a sector does not know of its devices: it holds their conditions, their status and when they were heard.</summary>
internal static class SectorTerms
{
    /// <summary>The parts of a rule's condition that only a device itself knows.</summary>
    public static IEnumerable<Expression> Others(Rule rule) =>
        Parts.Of(rule.When).Where(part => part is MetricTerm or PreviousTerm or RateTerm or SinceTerm { What: not SinceWhat.Heard });
}
