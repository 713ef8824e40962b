namespace Grid.Connectors.Simulator;

/// <summary>Settings of the simulator.</summary>
public sealed record SimulatorOptions
{
    /// <summary>The highest rate that can be set.</summary>
    public const double MaximumRate = 1_000_000;

    /// <summary><c>Grid:Demo:Seed</c>: everything that is left to chance follows from it.</summary>
    public long Seed { get; init; } = 1;

    /// <summary><c>Grid:Demo:Rate</c>: readings a second over all, 0 to <see cref="MaximumRate"/>, 0 for a silent simulator; null for each device at its own interval, 15 minutes where it says none.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>File in which controllers keep their programs and what they were told while Grid is down; null: they forget.</summary>
    public string? MemoryPath { get; init; }

    /// <summary>What is wrong with these settings, null when nothing is.</summary>
    public string? FindError() => RatePerSecond is { } rate && !(rate is >= 0 and <= MaximumRate)
        ? $"Grid:Demo:Rate must be a number from 0 to {MaximumRate:0}, but is {rate.ToString(System.Globalization.CultureInfo.InvariantCulture)}"
        : null;
}
