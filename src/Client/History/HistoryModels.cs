using System.Text.Json.Serialization;

namespace Grid.Client.History;

/// <summary>A value of a series.</summary>
/// <param name="Time">When it was observed, or the start of its step.</param>
/// <param name="Value">In the unit of the series.</param>
public readonly record struct PointModel(DateTimeOffset Time, double Value);

/// <summary>A metric of a device over time.</summary>
public sealed record DeviceHistoryModel
{
    /// <summary>The metric.</summary>
    public required string Metric { get; init; }

    /// <summary>Symbol of the unit of the values; null for flags and counts.</summary>
    public required string? Unit { get; init; }

    /// <summary>The step; null for raw readings.</summary>
    public required string? Step { get; init; }

    /// <summary>What each step says; null for raw readings.</summary>
    public required HistoryFunction? Fn { get; init; }

    /// <summary>From this instant on: that of the question, or the start of its step.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Before this instant.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Oldest first. A step without readings has none.</summary>
    public required IReadOnlyList<PointModel> Points { get; init; }

    /// <summary>Where raw readings go on; null at the end.</summary>
    public string? NextCursor { get; init; }

    /// <summary>True when a part of the range was erased at its subscriber's request; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Erased { get; init; }
}

/// <summary>A figure of a territory over time.</summary>
public sealed record FigureHistoryModel
{
    /// <summary>Scope, such as <c>commune:29019</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The figure's path in a summary.</summary>
    public required string Figure { get; init; }

    /// <summary>Symbol of the unit of the values; null for counts.</summary>
    public required string? Unit { get; init; }

    /// <summary>The step; null for the values as they were recorded.</summary>
    public required string? Step { get; init; }

    /// <summary>What each step says; null for the values as they were recorded.</summary>
    public required HistoryFunction? Fn { get; init; }

    /// <summary>From this instant on: that of the question, or the start of its step.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Before this instant.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Oldest first. A step without values has none.</summary>
    public required IReadOnlyList<PointModel> Points { get; init; }

    /// <summary>Where recorded values go on; null at the end.</summary>
    public string? NextCursor { get; init; }
}
