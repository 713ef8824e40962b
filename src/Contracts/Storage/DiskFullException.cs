namespace Grid.Contracts.Storage;

/// <summary>The disk has no room: nothing of what was asked was done. It works again once there is room.</summary>
public sealed class DiskFullException(string store, TimeSpan retryAfter, Exception? cause = null)
    : IOException($"The disk is full: {store} could not be written.", cause)
{
    /// <summary>What could not be written.</summary>
    public string Store { get; } = store;

    /// <summary>When another try is worth it.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
