namespace Grid.Connectors.Notifications;

/// <summary>How long to wait before another try: twice as long after each, up to a limit, and spread so that what failed together is not tried together.</summary>
/// <param name="options">The limits.</param>
/// <param name="random">What spreads; any thread may ask.</param>
internal sealed class RetryPauses(NotificationSenderOptions options, Random random)
{
    private const int MostDoublings = 20;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The pause after a try that failed.</summary>
    /// <param name="attempts">Tries before it.</param>
    /// <param name="asked">What the receiver asked for, null for nothing: it is given that, within limits, and nothing is spread before it.</param>
    public TimeSpan After(int attempts, TimeSpan? asked = null)
    {
        if (asked is { } wanted)
        {
            return wanted < Shortest ? Shortest : wanted > options.LongestRetry ? options.LongestRetry : wanted;
        }

        var pause = options.FirstRetry * Math.Pow(2, Math.Min(attempts, MostDoublings));
        pause = pause < options.LongestRetry ? pause : options.LongestRetry;
        lock (random)
        {
            return pause * (0.75 + (random.NextDouble() / 2));
        }
    }
}
