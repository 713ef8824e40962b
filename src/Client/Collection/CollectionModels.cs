using System.Text.Json.Serialization;
using Grid.Client.Devices;

namespace Grid.Client.Collection;

/// <summary>Why a bin is to be collected.</summary>
public enum CollectionReason
{
    /// <summary>It overflows now.</summary>
    Overflowing,

    /// <summary>It is full by then.</summary>
    Full,

    /// <summary>By then it has the fill that was asked for.</summary>
    Fill,
}

/// <summary>Why nobody knows whether a bin is to be collected.</summary>
public enum UnknownReason
{
    /// <summary>It was never heard.</summary>
    NeverHeard,

    /// <summary>It was not heard for too long.</summary>
    Silent,

    /// <summary>It reported no fill.</summary>
    NoFill,
}

/// <summary>The bins of a commune to collect until an instant, in the order of the way.</summary>
public sealed record CollectionModel
{
    /// <summary>INSEE code.</summary>
    public required string Commune { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Until when bins must not be full.</summary>
    public required DateTimeOffset By { get; init; }

    /// <summary>Bins that were looked at.</summary>
    public required int Bins { get; init; }

    /// <summary>False when the commune has more bins than are looked at.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Length of all rounds.</summary>
    public required long DistanceMetres { get; init; }

    /// <summary>The rounds that have a stop, by name.</summary>
    public required IReadOnlyList<CollectionRoundModel> Rounds { get; init; }

    /// <summary>Bins of which nobody knows, by key.</summary>
    public required IReadOnlyList<UnknownBinModel> Unknown { get; init; }
}

/// <summary>A round.</summary>
/// <param name="Round">The attribute <c>round</c> of its bins; null for bins without one.</param>
/// <param name="Stream">The attribute <c>stream</c> of bins without a round; null when they have none either.</param>
/// <param name="DistanceMetres">Length of the way: the sum of its legs.</param>
/// <param name="Stops">Its bins in the order of the way; last those whose position nobody knows.</param>
public sealed record CollectionRoundModel(string? Round, string? Stream, long DistanceMetres, IReadOnlyList<CollectionStopModel> Stops);

/// <summary>A stop.</summary>
/// <param name="Device">The bin.</param>
/// <param name="Name">For people.</param>
/// <param name="Position">Where it stands; null when unknown.</param>
/// <param name="Stream">What is collected; null when unknown.</param>
/// <param name="Reason">Why it is collected.</param>
/// <param name="FillPercent">Its fill now, behind the noise.</param>
/// <param name="ExpectedFillPercent">Its fill at the instant, at most 100.</param>
/// <param name="FullAt">When it is full; null when nobody knows.</param>
/// <param name="LegMetres">From the stop before, or the start; null without a position, and for the first stop without a start.</param>
public sealed record CollectionStopModel(
    string Device,
    string Name,
    PositionModel? Position,
    string? Stream,
    CollectionReason Reason,
    double FillPercent,
    double ExpectedFillPercent,
    DateTimeOffset? FullAt,
    long? LegMetres);

/// <summary>A bin of which nobody knows.</summary>
/// <param name="Device">The bin.</param>
/// <param name="Name">For people.</param>
/// <param name="Position">Where it stands; null when unknown.</param>
/// <param name="Stream">What is collected; null when unknown.</param>
/// <param name="Reason">Why.</param>
/// <param name="LastSeen">When it was heard last; null for never.</param>
/// <param name="ExpectedFillPercent">Of a silent one: its fill at the instant as far as its last reports tell; left out when they tell nothing.</param>
/// <param name="FullAt">The same of when it is full.</param>
public sealed record UnknownBinModel(
    string Device,
    string Name,
    PositionModel? Position,
    string? Stream,
    UnknownReason Reason,
    DateTimeOffset? LastSeen,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ExpectedFillPercent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? FullAt);
