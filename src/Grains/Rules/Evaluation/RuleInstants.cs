namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// The instants at which the rules of devices look at what came: whole multiples of five seconds since 1970-01-01 UTC, each at what was accepted before it. So what a rule does depends neither
/// on when exactly a timer ran nor on the other rules of its sector, and what was stored gives the same again. Unix milliseconds.
/// </summary>
internal static class RuleInstants
{
    /// <summary>Between two.</summary>
    public const long EveryMilliseconds = 5_000;

    /// <summary>From an instant to the look at it: what was accepted before it has come by then.</summary>
    public const long WaitMilliseconds = 250;

    /// <summary>The last one that is not after an instant.</summary>
    public static long AtOrBefore(long instant) => instant - (((instant % EveryMilliseconds) + EveryMilliseconds) % EveryMilliseconds);

    /// <summary>The first one that is not before an instant.</summary>
    public static long AtOrAfter(long instant) => AtOrBefore(instant + EveryMilliseconds - 1);
}
