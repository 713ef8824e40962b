namespace Grid.Client.Sensors;

/// <summary>The environment sensors of a commune beside their neighbours.</summary>
public sealed record EnvironmentModel
{
    /// <summary>INSEE code.</summary>
    public required string Commune { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>How far off a neighbour may be.</summary>
    public required double RadiusKilometres { get; init; }

    /// <summary>From how old on a value does not count.</summary>
    public required int StaleMinutes { get; init; }

    /// <summary>False when there are more sensors or neighbours than are looked at.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>By metric.</summary>
    public required IReadOnlyList<MetricSpreadModel> Metrics { get; init; }
}

/// <summary>The sensors of one metric; <c>median</c>, <c>medianAbsoluteDeviation</c> and <c>highest</c> are null when no value is fresh.</summary>
public sealed record MetricSpreadModel(
    string Metric,
    string? Unit,
    int Sensors,
    int Stale,
    double? Median,
    double? MedianAbsoluteDeviation,
    HighestModel? Highest,
    IReadOnlyList<int> ByLocalLevel,
    IReadOnlyList<FarOffModel> FarOff,
    IReadOnlyList<RisingModel> Rising);

/// <summary>The sensor that shows most.</summary>
public sealed record HighestModel(string Device, double Value);

/// <summary>A sensor far off its neighbours, with the reason in words.</summary>
public sealed record FarOffModel(string Device, double Value, int Neighbours, double NeighbourMedian, double NeighbourDeviation, double Score, string Explanation);

/// <summary>A sensor that rises fast, and which of its neighbours do.</summary>
public sealed record RisingModel(string Device, int Neighbours, IReadOnlyList<string> RisingNeighbours);
