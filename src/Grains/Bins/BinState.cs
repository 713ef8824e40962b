using Orleans;

namespace Grid.Grains.Bins;

/// <summary>What a bin remembers.</summary>
[GenerateSerializer, Alias("grid.BinState")]
public readonly record struct BinState
{
    /// <summary>Fill, in thousandths of a percent.</summary>
    [Id(0)] public int Fill { get; init; }

    /// <summary>True from overflowing until it is well below.</summary>
    [Id(1)] public bool IsOverflowing { get; init; }

    /// <summary>True from burning until it has cooled down.</summary>
    [Id(2)] public bool IsBurning { get; init; }

    /// <summary>True while it lies on its side.</summary>
    [Id(3)] public bool IsTipped { get; init; }

    /// <summary>True while its battery wants changing.</summary>
    [Id(4)] public bool IsBatteryLow { get; init; }
}
