namespace Grid.Contracts.Storage;

/// <summary>The database behind a store cannot be reached: nothing of what was asked was done.</summary>
public sealed class StorageUnavailableException(string store, TimeSpan retryAfter, Exception? cause = null)
    : IOException($"The store {store} cannot reach its database.", cause)
{
    /// <summary>The store.</summary>
    public string Store { get; } = store;

    /// <summary>When another try is worth it.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
