using Grid.Grains.Devices;
using Grid.Grains.Learning;
using Orleans;

namespace Grid.Grains.Cabinets;

/// <summary>What a lighting cabinet remembers.</summary>
[GenerateSerializer, Alias("grid.CabinetState")]
public readonly record struct CabinetState
{
    /// <summary>Segments that are fed, bit 0 for segment 1.</summary>
    [Id(0)] public byte SegmentsOn { get; init; }

    /// <summary>Power at its meter, in milliwatts. Not contributed: its lamps' power is.</summary>
    [Id(1)] public long PowerMilliwatts { get; init; }

    /// <summary>True while its door stands open.</summary>
    [Id(2)] public bool IsDoorOpen { get; init; }

    /// <summary>True while a breaker is tripped.</summary>
    [Id(3)] public bool IsBreakerTripped { get; init; }

    /// <summary>True while it leaks more than is tolerated.</summary>
    [Id(4)] public bool IsLeaking { get; init; }

    /// <summary>True while it reports a supply that is too low: it runs on its battery.</summary>
    [Id(5)] public bool IsSupplyLost { get; init; }

    /// <summary>Energy at its meter by local day. Not contributed: its lamps' energy is.</summary>
    [Id(6)] public EnergyDays Energy { get; init; }

    /// <summary>Report from which on a segment for the night is fed by day, in Unix milliseconds; 0 when none is.</summary>
    [Id(7)] public long UnexpectedSince { get; init; }

    /// <summary>True when that lasts longer than its delay.</summary>
    [Id(8)] public bool IsUnexpectedlyOn { get; init; }

    /// <summary>Segments that were ever reported, bit 0 for segment 1.</summary>
    [Id(9)] public byte SegmentsKnown { get; init; }

    /// <summary>The program that it reported last; null before the first.</summary>
    [Id(10)] public long? ProgramVersion { get; init; }

    /// <summary>Segments that go against its program, by number; null for none. Never changed.</summary>
    [Id(11)] public SegmentDeviation[]? Deviations { get; init; }

    /// <summary>The first report in a row that measured another power than its lamps should draw, in Unix milliseconds; 0 when the last one does not.</summary>
    [Id(12)] public long ConsumptionSince { get; init; }

    /// <summary>True when that lasts longer than its delay.</summary>
    [Id(13)] public bool IsConsumptionUnexpected { get; init; }

    /// <summary>What it usually draws while it is lit, by hour and weekday.</summary>
    [Id(14)] public UsualLevel Usual { get; init; }

    /// <summary>Up to when its power is in that, in Unix milliseconds; 0 before it measured any.</summary>
    [Id(15)] public long PowerAt { get; init; }
}
