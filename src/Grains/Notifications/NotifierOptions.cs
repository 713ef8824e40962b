namespace Grid.Grains.Notifications;

/// <summary>How notifications are kept until they are delivered; section <c>Grid:Notifications</c>.</summary>
public sealed record NotifierOptions
{
    /// <summary>For how long a notification is tried; 1 minute to 7 days, default 24 hours.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How many may wait for one endpoint, 1 to 10,000; where there are more, the oldest expire.</summary>
    public int MostPending { get; init; } = 500;

    /// <summary>Address of the grid as people reach it, without a slash at its end, for links; null and messages have none.</summary>
    public string? PublicAddress { get; init; }
}
