namespace Grid.Connectors.Notifications;

/// <summary>How notifications are sent; section <c>Grid:Notifications</c>.</summary>
public sealed record NotificationSenderOptions
{
    /// <summary>True and webhooks may go to private and loopback addresses; default false. Link-local ones, where clouds keep credentials of machines, never.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>How long one try may take; 1 to 60 s, default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First pause before another try, doubled with each and spread by a quarter to either side; 1 s to 10 min, default 10 s.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause before another try; 1 min to 24 h, default 1 h. A receiver that asks for more time gets no more than this.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest time for which what is new for an endpoint waits because a try has just failed; default 1 min.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Endpoints that are sent to at the same time, each one notification after the other; 1 to 1,000, default 64.</summary>
    public int MaximumLanes { get; init; } = 64;

    /// <summary>Of these, so many by mail, which share one server; 1 to 64, default 8.</summary>
    public int MaximumMailLanes { get; init; } = 8;

    /// <summary>Notifications of one endpoint that are taken at a time; default 8. What is not sent within the lease is given back.</summary>
    public int PerEndpoint { get; init; } = 8;

    /// <summary>How long a claim holds; default 2 min.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Between two looks for what has become due; default 1 s. What is new is looked for at once.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For how long a finished one is kept and shown; 1 to 90 days, default 7 days.</summary>
    public TimeSpan KeepFinished { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many finished ones are kept at most, the newest; 1,000 to 1,000,000, default 100,000.</summary>
    public int MostFinished { get; init; } = 100_000;

    /// <summary>Seed of the spread.</summary>
    public int Seed { get; init; } = 1;
}
