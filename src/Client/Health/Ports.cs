namespace Grid.Client.Health;

/// <summary>Whether the program can do its work; given by the program that composes it.</summary>
public interface IReadiness
{
    /// <summary>Null when ready, else what it waits for, for people.</summary>
    string? WaitsFor { get; }
}

/// <summary>What the program runs on; given by the program that composes it.</summary>
public interface IGridRuntime
{
    /// <summary>The grain runtime's name, such as <c>Embedded</c>.</summary>
    string Name { get; }
}
