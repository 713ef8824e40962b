using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Meters;

/// <summary>What a meter remembers.</summary>
[GenerateSerializer, Alias("grid.MeterState")]
public readonly record struct MeterState
{
    /// <summary>Readings of its index by local day, null before the first.</summary>
    [Id(0)] public IndexPoint[]? Index { get; init; }

    /// <summary>Flow now, in millilitres an hour.</summary>
    [Id(1)] public long FlowMillilitresPerHour { get; init; }

    /// <summary>True while it reports that somebody tampers with it.</summary>
    [Id(2)] public bool IsTamperedWith { get; init; }

    /// <summary>True while it reports that something flowed backwards.</summary>
    [Id(3)] public bool HasBackflow { get; init; }

    /// <summary>True while its battery wants changing.</summary>
    [Id(4)] public bool IsBatteryLow { get; init; }

    /// <summary>What its territory had counted when the meter last became another person's; null when it never did.</summary>
    [Id(5)] public CarriedDays? Carried { get; init; }
}
