using Grid.Grains.Devices;
using Grid.Grains.Learning;
using Grid.Grains.Maintenance;
using Grid.Grains.Zones;
using Orleans;

namespace Grid.Grains.Meters;

/// <summary>
/// What a meter remembers. 120 bytes, 120 for three days of its index, and of a customer's water 80 for the night, 16 for each of its readings until it is judged (4 of a meter that
/// reports hourly, 10 of one that reports every quarter of an hour), and at most 208 for the months. Beside that 720 for what is usual, where it may be known by the hour.
/// </summary>
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

    /// <summary>Customer's water: the night; null before the first.</summary>
    [Id(6)] public NightWatch? Night { get; init; }

    /// <summary>Customer's water: the flows of that night.</summary>
    [Id(21)] public NightFlows NightFlows { get; init; }

    /// <summary>Customer's water: when less than what leaks last flowed.</summary>
    [Id(7)] public Stillness Still { get; init; }

    /// <summary>Customer's water: since when more flows than a burst needs, in Unix milliseconds; 0 when it does not.</summary>
    [Id(8)] public long BurstSince { get; init; }

    /// <summary>Customer's water: the months; null before the first.</summary>
    [Id(9)] public MonthlyMeans? Months { get; init; }

    /// <summary>True while the flow never ends by night.</summary>
    [Id(10)] public bool IsLeaking { get; init; }

    /// <summary>True while too much flows and goes on.</summary>
    [Id(11)] public bool IsBursting { get; init; }

    /// <summary>True while more than twice the usual is consumed.</summary>
    [Id(12)] public bool IsAbnormal { get; init; }

    /// <summary>Inlets and outlets of a water zone: the least flow by night; null before the first reading by night.</summary>
    [Id(13)] public NetworkNight? NetworkNight { get; init; }

    /// <summary>True while that is abnormal: see <see cref="MeterSettings.AbnormalHours"/>.</summary>
    [Id(15)] public bool IsUnusual { get; init; }

    /// <summary>What is usual of its flow or power, in thousandths of litres an hour or of watts.</summary>
    [Id(14)] public UsualLevel Usual { get; init; }

    /// <summary>How its battery's charge has gone.</summary>
    [Id(20)] public BatteryCurve Battery { get; init; }
}
