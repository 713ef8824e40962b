using System.Text.Json.Serialization;
using Grid.Grains.Devices;
using Grid.Grains.Learning;
using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>
/// What a public building remembers. Some 350 bytes, and once it has learned at most another 2,000: its indexes, its reference, 13 months, its nights and what is usual by the hour, of which each is replaced at most
/// once a day.
/// </summary>
[GenerateSerializer, Alias("grid.BuildingState")]
public readonly record struct BuildingState
{
    /// <summary>Indoor temperature, in thousandths of a degree Celsius; null when it never said.</summary>
    [Id(0)] public int? Temperature { get; init; }

    /// <summary>CO2 concentration, in thousandths of a ppm; 0 when it never said.</summary>
    [Id(1)] public long Co2 { get; init; }

    /// <summary>True while people are in it.</summary>
    [Id(2)] public bool IsOccupied { get; init; }

    /// <summary>True while occupied and outside comfort.</summary>
    [Id(3)] public bool IsOutsideComfort { get; init; }

    /// <summary>True while its pipes may freeze.</summary>
    [Id(4)] public bool IsAtFrostRisk { get; init; }

    /// <summary>Electric power now, in milliwatts.</summary>
    [Id(5)] public long PowerMilliwatts { get; init; }

    /// <summary>Electric energy by local day.</summary>
    [Id(6)] public EnergyDays Energy { get; init; }

    /// <summary>Heat by local day; null when it never sent a heat index.</summary>
    [Id(7)] public IndexPoint[]? Heat { get; init; }

    /// <summary>True once it has said whether people are in it.</summary>
    [Id(8)] public bool SaysOccupied { get; init; }

    /// <summary>Since when it is outside comfort; whether that counts is <see cref="IsOutsideComfort"/>.</summary>
    [Id(9)] public long OutsideComfortSince { get; init; }

    /// <summary>Since when its pipes may freeze; whether that counts is <see cref="IsAtFrostRisk"/>.</summary>
    [Id(10)] public long FrostSince { get; init; }

    /// <summary>Its last indoor temperatures.</summary>
    [Id(11)] public RecentThree Indoor { get; init; }

    /// <summary>The last outdoor temperatures of its own sensor.</summary>
    [Id(12)] public RecentThree Outdoor { get; init; }

    /// <summary>The weather of the newest day on which it measured it.</summary>
    [Id(13)] public OutdoorDay OutdoorDay { get; init; }

    /// <summary>The weather of the one before.</summary>
    [Id(14)] public OutdoorDay FormerOutdoorDay { get; init; }

    /// <summary>True when the end of the day before the former one was heard, so that the index of its beginning is known.</summary>
    [Id(15)] public bool IsFormerHeardFromItsBeginning { get; init; }

    /// <summary>Since when it has not cooled down while closed; null while it need not.</summary>
    [Id(16)] public HeldWarm? Warm { get; init; }

    /// <summary>True while it is heated and nobody is to be there.</summary>
    [Id(17)] public bool IsHeatedUnoccupied { get; init; }

    /// <summary>Heat that it took on its last open day, in mW for each kelvin below the heating base; 0 while unknown.</summary>
    [Id(18)] public long OpenHeatPerKelvin { get; init; }

    /// <summary>The newest local day that was heard (days since 1970-01-01); 0 before the first.</summary>
    [Id(19)] public int CurrentDay { get; init; }

    /// <summary>The day before it that is still to be counted; 0 for none.</summary>
    [Id(20)] public int PendingDay { get; init; }

    /// <summary>What it took month by month; null before the first day.</summary>
    [Id(21)] public MonthTotals? Months { get; init; }

    /// <summary>Its energy signature; null before the first day.</summary>
    [Id(22)] public SignatureWatch? Signature { get; init; }

    /// <summary>The night that goes on, or the last one.</summary>
    [Id(23)] public NightLoad Night { get; init; }

    /// <summary>Its nights; null before the first.</summary>
    [Id(24)] public BaseLoad? BaseLoad { get; init; }

    /// <summary>When it last reported its power, in Unix milliseconds; 0 for never.</summary>
    [Id(25)] public long PowerAt { get; init; }

    /// <summary>What is usual of its electric power, in milliwatts.</summary>
    [Id(26)] public UsualLevel Usual { get; init; }

    /// <summary>True while it draws more than that for long.</summary>
    [Id(27)] public bool IsUnusual { get; init; }

    /// <summary>True while it draws more than is usual over days, and no reference says whether the weather explains it.</summary>
    [Id(28)] public bool IsDriftingFromUsual { get; init; }

    /// <summary>Its newest heat index, in mWh on the one that never falls; null without one.</summary>
    [JsonIgnore] public long? HeatVirtual => Heat is { Length: > 0 } points ? points[^1].Virtual : null;

    /// <summary>Its newest electric index, in mWh on the one that never falls; null without one.</summary>
    [JsonIgnore] public long? ElectricVirtual => Energy.Index is { Length: > 0 } points ? points[^1].Virtual : null;
}
