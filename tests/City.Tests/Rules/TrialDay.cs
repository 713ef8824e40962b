using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>
/// What the devices of a small commune report through a day, and how that comes: most at once, some late and after what was observed later, some twice, some never, some together and the newest first, and
/// much of it around the instants at which somebody looks. The same for the same seed.
/// </summary>
internal static class TrialDay
{
    public static readonly string[] Lamps = ["L1", "L2", "L3", "M1", "M2", "M3"];
    public static readonly string[] Bins = ["B1", "B2", "B3"];

    /// <summary>A lamp that is registered in the middle of the day.</summary>
    public const string Joining = "L4";

    /// <summary>From a whole minute: before the look of the commune, with it, and before and after its rules are judged.</summary>
    private static readonly int[] AroundTheLook = [-300, 0, 400, 1_500, 4_999, 5_000];

    /// <summary>By the instant at which they come.</summary>
    public static List<(DateTimeOffset At, IncomingReading[] Readings)> Deliveries(DateTimeOffset from, DateTimeOffset to, DateTimeOffset joinsAt, int seed)
    {
        var random = new Random(seed);
        var deliveries = new List<(DateTimeOffset At, IncomingReading[] Readings)>();
        foreach (var (device, place) in Lamps.Append(Joining).Concat(Bins).Append("C1").Append("C2").Select((device, place) => (device, place)))
        {
            var step = 0;
            for (var at = (device == Joining ? joinsAt : from).AddSeconds(11 + (place * 7)); at < to; at += TimeSpan.FromMilliseconds(random.Next(360_000, 840_000)))
            {
                step++;
                var reading = Report(device, at, place, from, random);
                switch (random.Next(20))
                {
                    case 0:
                        // Lost.
                        break;
                    case 1 or 2:
                        deliveries.Add((at.AddMilliseconds(random.Next(600_000, 2_400_000)), [reading]));
                        break;
                    case 3:
                        deliveries.Add((at.AddMilliseconds(200), [reading]));
                        deliveries.Add((at.AddMilliseconds(random.Next(1_000, 300_000)), [reading]));
                        break;
                    case 4:
                        // A backlog, the newest first.
                        deliveries.Add((at.AddMilliseconds(700), [reading, Report(device, at.AddMinutes(-2), place, from, random), Report(device, at.AddMinutes(-3), place, from, random)]));
                        break;
                    case 5 or 6 or 7 or 8:
                        var minute = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute) + TimeSpan.TicksPerMinute, TimeSpan.Zero);
                        deliveries.Add((minute.AddMilliseconds(AroundTheLook[random.Next(AroundTheLook.Length)]), [reading]));
                        break;
                    default:
                        deliveries.Add((at.AddMilliseconds(random.Next(0, 3_000)), [reading]));
                        break;
                }
            }
        }

        return [.. deliveries.Where(one => one.At < to).OrderBy(one => one.At)];
    }

    private static IncomingReading Report(string device, DateTimeOffset at, int place, DateTimeOffset from, Random random)
    {
        var hours = (at - from).TotalHours;
        switch (device[0])
        {
            case 'B':
                return Say.Reading(device, at, ("fillPercent", Math.Round(Math.Clamp((((hours * 17) + (place * 9)) % 105) + random.Next(-4, 5), 0, 100), 1)));
            case 'C':
                return Say.Reading(device, at, ("supplyVolts", 230), ("doorOpen", (int)(hours * 3) % 5 == place % 5 ? 1 : 0));
            default:
                // Each without supply for a while, in its own rhythm.
                var isDark = (hours + (place * 0.35)) % 3.1 > 2.2;
                return Say.Reading(device, at, ("supplyVolts", isDark ? 0 : 230), ("powerWatts", isDark ? 0 : (hours + place) % 2.6 > 1.7 ? 70 : 40));
        }
    }

    public static DeviceDescriptor[] Devices() =>
    [
        Cabinet("C1"), Cabinet("C2"), .. Lamps.Select(lamp => Told(Lamp(lamp, lamp[0] == 'L' ? "C1" : "C2"))), .. Bins.Select(bin => Bin(bin)),
    ];

    /// <summary>Of which it is said when it is silent.</summary>
    public static DeviceDescriptor Told(DeviceDescriptor lamp) => lamp with
    {
        Attributes = lamp.Attributes.Add("reportingIntervalMinutes", AttributeValue.Of(10)).Add("silenceBoundMinutes", AttributeValue.Of(6)),
    };
}
