namespace Grid.Grains.Rules.Language;

/// <summary>The metrics that a rule names.</summary>
internal static class MetricsNamed
{
    public static IEnumerable<string> In(Rule rule) => Parts.Of(rule.When).Select(part => part switch
    {
        MetricTerm metric => metric.Name,
        PreviousTerm previous => previous.Metric,
        RateTerm rate => rate.Metric,
        SinceTerm { What: SinceWhat.Metric } since => since.Name,
        _ => null,
    }).OfType<string>();
}
