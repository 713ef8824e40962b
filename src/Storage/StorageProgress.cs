namespace Grid.Storage;

/// <summary>Told how far something long is: often, and from any thread.</summary>
/// <param name="doing">What is being done, for people.</param>
/// <param name="done">How much of it.</param>
/// <param name="total">Of how much.</param>
public delegate void StorageProgress(string doing, long done, long total);
