using System.Text.Json.Serialization;
using Grid.Client.Devices;
using Grid.Client.Json;

namespace Grid.Client.Territories;

/// <summary>Figures of a territory. Held as integers of thousandths and written as exact decimals.</summary>
public sealed record SummaryModel
{
    /// <summary>Scope, such as <c>commune:29019</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The territory's name.</summary>
    public required string Name { get; init; }

    /// <summary>What the figures are made of; Watch goes on from it.</summary>
    public required string Cursor { get; init; }

    /// <summary>Reception time of the newest reading in it, null before the first.</summary>
    public required DateTimeOffset? AsOf { get; init; }

    /// <summary>Share of the devices that are neither unknown nor silent, cut to one decimal; 100 without any device.</summary>
    public required Percent CoveragePercent { get; init; }

    /// <summary>Member communes; left out for a commune.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Communes { get; init; }

    /// <summary>Inhabitants of a commune; left out for other territories and in live frames.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Population { get; init; }

    /// <summary>Flags that rules hold up in a commune, and how many devices do so; left out without any, for other territories, in lists and in live frames.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, int>? Flags { get; init; }

    /// <summary>Where a commune is; left out for other territories and in live frames.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PositionModel? Position { get; init; }

    /// <summary>Devices counted.</summary>
    public required DeviceCounts Devices { get; init; }

    /// <summary>Public lighting.</summary>
    public required LightingFigures Lighting { get; init; }

    /// <summary>Water.</summary>
    public required WaterFigures Water { get; init; }

    /// <summary>Public buildings.</summary>
    public required BuildingFigures Buildings { get; init; }

    /// <summary>Bins.</summary>
    public required BinFigures Bins { get; init; }

    /// <summary>Environment.</summary>
    public required EnvironmentFigures Environment { get; init; }

    /// <summary>Alarms that stand for themselves.</summary>
    public required AlarmFigures Alarms { get; init; }
}

/// <summary>Devices counted.</summary>
public sealed record DeviceCounts(long Total, IReadOnlyDictionary<string, long> ByKind, IReadOnlyDictionary<string, long> ByStatus);

/// <summary>
/// Light points lit, not lit and failed; power now; energy of the local day, the share of the light points whose part of it is their index less that of midnight, and what was saved on
/// the day against a full-power night.
/// </summary>
public sealed record LightingFigures(
    long On, long Off, long Failed, Thousandths PowerWatts, Thousandths EnergyTodayWattHours, Percent EnergyTodayExactPercent, Thousandths SavedTodayWattHours);

/// <summary>Water flow now, consumed on the local day, the share of the water meters whose part of it is their index less that of midnight, and meters behind which the flow never ends by night.</summary>
public sealed record WaterFigures(Thousandths FlowLitresPerHour, Thousandths ConsumedTodayLitres, Percent ConsumedTodayExactPercent, long LeakSuspects);

/// <summary>Power now, energy of the local day, the share of the buildings whose part of it is their index less that of midnight, buildings outside comfort while occupied.</summary>
public sealed record BuildingFigures(Thousandths PowerWatts, Thousandths EnergyTodayWattHours, Percent EnergyTodayExactPercent, long ComfortBreaches);

/// <summary>Bins counted.</summary>
public sealed record BinFigures(long Total, long Over80Percent, long Overflowing, long Fires);

/// <summary>The highest local level, 0 to 3.</summary>
public sealed record EnvironmentFigures(int LocalLevel);

/// <summary>
/// Alarms that nobody has acknowledged, those that hold and are acknowledged, and those that are shelved; and whether more come than an operator can take in: more than 10 in ten minutes, until
/// it is fewer than 5.
/// </summary>
public sealed record AlarmFigures(long Unacknowledged, long Acknowledged, long Shelved, bool Flood);

/// <summary>A page of summaries.</summary>
public sealed record SummaryPage(IReadOnlyList<SummaryModel> Items, string? NextCursor);
