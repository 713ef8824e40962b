using Orleans;

namespace Grid.Grains.Devices;

/// <summary>Energy by local day: from the index once the device has sent one, until then from the power that it holds.</summary>
[GenerateSerializer, Alias("grid.EnergyDays")]
public readonly record struct EnergyDays
{
    /// <summary>Readings of the index, null when it never sent one.</summary>
    [Id(0)] public IndexPoint[]? Index { get; init; }

    /// <summary>Without an index.</summary>
    [Id(1)] public HeldEnergy Held { get; init; }

    /// <summary>Newest day, its amount and that of the day before, in mWh.</summary>
    /// <param name="modulus">Where the index starts again from 0, in mWh; 0 when it never does.</param>
    public DayAmounts AmountsOf(long modulus) => Index is null ? Held.Amounts : IndexDays.AmountsOf(Index, modulus);

    /// <summary>A reading of the index, in thousandths; late ones too.</summary>
    public EnergyDays WithIndex(long raw, long at, long modulus, LocalCalendar calendar) =>
        this with { Index = IndexDays.Add(Index, raw, at, calendar.DayUpTo(at), modulus) };

    /// <summary>Time has passed at a power; counts nothing for a device with an index.</summary>
    public EnergyDays WithHeld(long milliwatts, long at, long limit, LocalCalendar calendar) =>
        this with { Held = Held.Until(Index is null ? milliwatts : 0, at, limit, calendar) };
}
