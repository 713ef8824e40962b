namespace Grid.Grains.Rules.Language;

/// <summary>What a sector does not know of its devices: it holds their conditions, their status and when they were heard.</summary>
internal static class SectorTerms
{
    /// <summary>The parts of a rule's condition that only a device itself knows.</summary>
    public static IEnumerable<Expression> Others(Rule rule) =>
        Parts.Of(rule.When).Where(part => part is MetricTerm or PreviousTerm or RateTerm or SinceTerm { What: not SinceWhat.Heard });

    /// <summary>The alarms for which a rule asks.</summary>
    public static IEnumerable<AlarmTerm> Alarms(Rule rule) => Parts.Of(rule.When).OfType<AlarmTerm>();

    /// <summary>True when it asks how long ago devices were heard: that changes by itself, at instants that nobody tells.</summary>
    public static bool LooksAtTime(Rule rule) => Parts.Of(rule.When).Any(part => part is SinceTerm);
}
