using System.Collections.Frozen;
using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;

namespace Grid.Grains.Rules.Language;

/// <summary>The type of a value in a condition.</summary>
internal enum ValueType
{
    /// <summary>True or false, or unknown.</summary>
    Truth,

    /// <summary>A number in some unit.</summary>
    Number,

    /// <summary>A metric or a figure that is a percentage, 0 to 100.</summary>
    Percent,

    /// <summary>A percentage as it is written, such as <c>80 %</c>.</summary>
    Percentage,

    /// <summary>A share, 0 to 1.</summary>
    Share,

    /// <summary>A time, in milliseconds.</summary>
    Duration,

    /// <summary>The status of a device.</summary>
    Status,
}

/// <summary>The names that a rule may use, from the catalogues of metrics, conditions and figures.</summary>
internal static class Vocabulary
{
    /// <summary>Kinds by their words.</summary>
    public static FrozenDictionary<string, DeviceKind> Kinds { get; } = WordsOf<DeviceKind>();

    /// <summary>Status by their words.</summary>
    public static FrozenDictionary<string, DeviceStatus> Statuses { get; } = WordsOf<DeviceStatus>();

    /// <summary>Days by their words.</summary>
    public static FrozenDictionary<string, DayWord> Days { get; } = WordsOf<DayWord>();

    /// <summary>What times count from, by their words; not the clock.</summary>
    public static FrozenDictionary<string, TimeAnchor> Anchors { get; } =
        WordsOf<TimeAnchor>().Where(pair => pair.Value != TimeAnchor.Clock).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Aspects of an alarm by their words.</summary>
    public static FrozenDictionary<string, AlarmAspect> Aspects { get; } = WordsOf<AlarmAspect>();

    /// <summary>Priorities by their words.</summary>
    public static FrozenDictionary<string, Contracts.Alarms.AlarmPriority> Priorities { get; } = WordsOf<Contracts.Alarms.AlarmPriority>();

    /// <summary>Conditions by name: a name may stand for several, of which one holds.</summary>
    public static FrozenDictionary<string, Conditions> Conditions { get; } = Enum.GetValues<Conditions>()
        .Where(condition => condition != Devices.Conditions.None)
        .GroupBy(ConditionTable.NameOf, StringComparer.Ordinal)
        .ToFrozenDictionary(same => same.Key, same => same.Aggregate((all, one) => all | one), StringComparer.Ordinal);

    /// <summary>Classes of alarms by their words.</summary>
    public static FrozenDictionary<string, Contracts.Alarms.AlarmClass> Classes { get; } = WordsOf<Contracts.Alarms.AlarmClass>();

    /// <summary>Units of durations, the shortest first, in milliseconds.</summary>
    public static IReadOnlyList<(string Word, long Milliseconds)> Units { get; } = [("s", 1_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    private const DeviceKinds Batteries = DeviceKinds.Meter | DeviceKinds.Bin | DeviceKinds.Environment;
    private const DeviceKinds Lighting = DeviceKinds.Cabinet | DeviceKinds.Streetlight;

    /// <summary>The word of a value of one of these enumerations.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>The set of one kind.</summary>
    public static DeviceKinds SetOf(DeviceKind kind) => (DeviceKinds)(1 << (int)kind);

    /// <summary>The kinds that can be in a condition.</summary>
    public static DeviceKinds KindsOf(Conditions conditions)
    {
        var kinds = DeviceKinds.None;
        foreach (var condition in Enum.GetValues<Conditions>())
        {
            kinds |= (conditions & condition) != 0 ? KindsOfOne(condition) : DeviceKinds.None;
        }

        return kinds;
    }

    /// <summary>The kinds that report a metric; all for one that the catalogue does not know.</summary>
    public static DeviceKinds KindsOf(string metric) => MetricCatalog.ByName.TryGetValue(metric, out var known) ? known.Kinds : DeviceKinds.All;

    /// <summary>The type of a metric.</summary>
    public static ValueType TypeOfMetric(string name) => MetricCatalog.Flags.Contains(name) ? ValueType.Truth : TypeOfNumber(name);

    /// <summary>The type of a figure.</summary>
    public static ValueType TypeOfNumber(string name) => name.EndsWith("Percent", StringComparison.Ordinal) ? ValueType.Percent : ValueType.Number;

    /// <summary>The names most like one that there is not, for people.</summary>
    public static BilingualText NearTo(string name, IEnumerable<string> known)
    {
        var near = known.Select(one => (Name: one, Distance: Distance(name, one))).Where(item => item.Distance <= Math.Max(2, name.Length / 3))
            .OrderBy(item => item.Distance).ThenBy(item => item.Name, StringComparer.Ordinal).Take(3).Select(item => item.Name).ToArray();
        return near.Length == 0 ? Phrases.Same("") : new($" comme {Phrases.Either(near).Fr}", $" such as {Phrases.Either(near).En}");
    }

    /// <summary>Every name that may stand alone in a condition.</summary>
    public static IEnumerable<string> AllNames() =>
        MetricCatalog.All.Select(metric => metric.Name).Concat(Conditions.Keys).Concat(FigureCatalog.ByName.Keys).Concat(Days.Keys).Concat(["night", "day", "status"]);

    private static DeviceKinds KindsOfOne(Conditions condition) => condition switch
    {
        Devices.Conditions.LampFailure or Devices.Conditions.LampUnexpectedOn or Devices.Conditions.LampCycling or Devices.Conditions.PowerDrift
            or Devices.Conditions.PresenceBoostMissing => DeviceKinds.Streetlight,
        Devices.Conditions.SupplyLoss or Devices.Conditions.CommunicationLoss => Lighting,
        Devices.Conditions.BreakerTripped or Devices.Conditions.DoorOpen or Devices.Conditions.Leakage or Devices.Conditions.SegmentUnexpectedOn
            or Devices.Conditions.SegmentUnexpectedOff or Devices.Conditions.ConsumptionUnexpected => DeviceKinds.Cabinet,
        Devices.Conditions.Tamper or Devices.Conditions.Backflow or Devices.Conditions.Leak or Devices.Conditions.Burst => DeviceKinds.Meter,
        Devices.Conditions.AbnormalConsumption => DeviceKinds.Meter | DeviceKinds.Building,
        Devices.Conditions.BatteryLow => Batteries,
        Devices.Conditions.FrostRisk or Devices.Conditions.ComfortBreach or Devices.Conditions.HeatingUnoccupied or Devices.Conditions.BaseLoadHigh
            or Devices.Conditions.EnergyDrift => DeviceKinds.Building,
        Devices.Conditions.Overflow or Devices.Conditions.Fire or Devices.Conditions.Tipped => DeviceKinds.Bin,
        Devices.Conditions.LocalLevel or Devices.Conditions.LocalLevelHighest or Devices.Conditions.RapidRise => DeviceKinds.Environment,
        _ => DeviceKinds.All,
    };

    private static FrozenDictionary<string, T> WordsOf<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToFrozenDictionary(Word, StringComparer.Ordinal);

    /// <summary>Letters to change, add or leave out: Levenshtein's distance.</summary>
    private static int Distance(string one, string other)
    {
        if (one.Length > 64)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
