using Grid.Grains.Maintenance;
using Orleans;

namespace Grid.Grains.Bins;

/// <summary>What a bin remembers: some 160 bytes, and 24 to 56 for the means of its fill.</summary>
[GenerateSerializer, Alias("grid.BinState")]
public readonly record struct BinState
{
    /// <summary>Fill as it was reported last, in thousandths of a percent.</summary>
    [Id(0)] public int Fill { get; init; }

    /// <summary>True from overflowing until it is well below.</summary>
    [Id(1)] public bool IsOverflowing { get; init; }

    /// <summary>True from burning until it has cooled down.</summary>
    [Id(2)] public bool IsBurning { get; init; }

    /// <summary>True while it lies on its side.</summary>
    [Id(3)] public bool IsTipped { get; init; }

    /// <summary>True while its battery wants changing.</summary>
    [Id(4)] public bool IsBatteryLow { get; init; }

    /// <summary>True when the report before said something else of overflowing than what holds: two running are needed.</summary>
    [Id(5)] public bool IsOverflowInDoubt { get; init; }

    /// <summary>The first of the reports running that show it on its side, in Unix milliseconds; 0 for none.</summary>
    [Id(6)] public long TiltedSince { get; init; }

    /// <summary>Its fill behind the noise.</summary>
    [Id(7)] public FillTrack Track { get; init; }

    /// <summary>Its heat.</summary>
    [Id(8)] public HeatTrack Heat { get; init; }

    /// <summary>How its battery's charge has gone.</summary>
    [Id(20)] public BatteryCurve Battery { get; init; }
}
