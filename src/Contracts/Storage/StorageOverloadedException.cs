namespace Grid.Contracts.Storage;

/// <summary>Too much waits to be read from or written to a store: nothing of it was done.</summary>
public sealed class StorageOverloadedException(string store, TimeSpan retryAfter) : Exception($"The store {store} has too much to do.")
{
    /// <summary>The store.</summary>
    public string Store { get; } = store;

    /// <summary>When another try is worth it.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
