namespace Grid.Connectors.Outbox;

/// <summary>How downlinks are sent.</summary>
public sealed record OutboxOptions
{
    /// <summary>Between two looks at the outbox; 10 ms to 10 s, default 100 ms.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Rows taken at a look; 1 to 1,000, default 200.</summary>
    public int BatchSize { get; init; } = 200;

    /// <summary>How long a claim holds; 10 s to 10 min, default 1 min. Longer than <see cref="SendTimeout"/>.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one send may take; 1 s to 1 min, default 10 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Rows under way at the same time, all gateways together; 1 to 10,000, default 1,000.</summary>
    public int MaximumUnderWay { get; init; } = 1_000;

    /// <summary>Rows under way for one gateway, of which its sender sends a few at a time; 1 to 1,000, default 64. What is over it waits in the outbox.</summary>
    public int MaximumUnderWayPerGateway { get; init; } = 64;

    /// <summary>First pause before another try, doubled with each and spread by half; 100 ms to 1 min, default 2 s.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest pause before another try; 1 s to 1 h, default 5 min.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Seed of the spread.</summary>
    public int Seed { get; init; } = 1;
}
