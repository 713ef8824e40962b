namespace Grid.Client.Health;

/// <summary>Whether the program can do its work; given by the program that composes it.</summary>
public interface IReadiness
{
    /// <summary>Null when ready, else what it waits for, for people.</summary>
    string? WaitsFor { get; }

    /// <summary>How far the figures have caught up since the start.</summary>
    RecoveryProgress Recovery => RecoveryProgress.Complete;
}

/// <summary>After a start: sectors whose figures hold all that was acknowledged before it.</summary>
/// <param name="IsComplete">True when all do.</param>
/// <param name="SectorsDone">Those that do.</param>
/// <param name="Sectors">Those that have devices.</param>
public sealed record RecoveryProgress(bool IsComplete, int SectorsDone, int Sectors)
{
    /// <summary>Nothing to catch up.</summary>
    public static readonly RecoveryProgress Complete = new(true, 0, 0);
}

/// <summary>What the program runs on; given by the program that composes it.</summary>
public interface IGridRuntime
{
    /// <summary>The grain runtime's name, such as <c>Embedded</c>.</summary>
    string Name { get; }
}
