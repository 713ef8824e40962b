using Orleans;

namespace Grid.Contracts.Devices;

/// <summary>Whose a reading is, and how fine it may be kept. Only readings of a person's device carry it.</summary>
[GenerateSerializer, Immutable, Alias("grid.PersonalReading")]
public sealed record PersonalReading
{
    /// <summary>Opaque id of the subscriber: what is kept of the reading is sealed with this subscriber's key.</summary>
    [Id(0)] public required string Subscriber { get; init; }

    /// <summary>
    /// Start (UTC) of the local day that the reading stands for, when only one value a day may be kept: kept under this instant, in place of the
    /// day's former value if it was observed later. Null when readings may be kept as they are observed.
    /// </summary>
    [Id(1)] public DateTimeOffset? Day { get; init; }
}
