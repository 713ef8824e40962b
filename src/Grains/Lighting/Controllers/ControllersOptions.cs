namespace Grid.Grains.Lighting.Controllers;

/// <summary>How the controllers of a sector are looked after.</summary>
public sealed record ControllersOptions
{
    /// <summary>From a change of plans or devices to what follows from it; 0 to 1 min, default 2 s.</summary>
    public TimeSpan RefreshAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between two looks at plans and devices that nothing has said to have changed; 10 min to 1 day, default 1 h.</summary>
    public TimeSpan RefreshEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>From one try to the next where a gateway says nothing; 10 s to 1 h, default 1 min.</summary>
    public TimeSpan SendAgainAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Devices that are told the same are told at the next multiple of this: those of all sectors behind a gateway, each of which takes its time to find out, by one message.
    /// 0 to 10 s, default 3 s.
    /// </summary>
    public TimeSpan GatherFor { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long what is switched live may be obeyed after it was sent; 1 min to 1 h, default 15 min.</summary>
    public TimeSpan LiveLasts { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a row of the outbox lasts; 1 day to 30 days, default 7 days.</summary>
    public TimeSpan RowsLast { get; init; } = TimeSpan.FromDays(7);
}
