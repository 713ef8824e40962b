using System.Text.Json.Serialization;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Streetlights;

/// <summary>What the cabinet of a controlled lamp says of the lamp's supply. A lamp that is fed, and has been heard since, has none.</summary>
[GenerateSerializer, Immutable, Alias("grid.LampFeed")]
public sealed record LampFeed
{
    /// <summary>
    /// A report of the lamp within this time of the cabinet's may have been made before the switch: the two clocks, and the two ways, are not the same.
    /// </summary>
    public const long GraceMilliseconds = 5 * 60_000;

    private const int FullDimming = 100_000;

    /// <summary>True while the cabinet reports the lamp's segment off.</summary>
    [Id(0)] public bool IsSegmentOff { get; init; }

    /// <summary>True while the cabinet reports a supply that is too low.</summary>
    [Id(1)] public bool IsSupplyLost { get; init; }

    /// <summary>True while the cabinet reports a tripped breaker.</summary>
    [Id(2)] public bool IsBreakerTripped { get; init; }

    /// <summary>Reception of the report that said last that it is fed, or is so no more, in Unix milliseconds.</summary>
    [Id(3)] public long Since { get; init; }

    /// <summary>True when the lamp has measured since that it is fed all the same: another segment feeds it, or another breaker tripped.</summary>
    [Id(4)] public bool IsContradicted { get; init; }

    /// <summary>True when the cabinet says that the lamp is not fed.</summary>
    [JsonIgnore] public bool IsOff => IsSegmentOff || IsSupplyLost || IsBreakerTripped;

    /// <summary>True when the lamp is dark and cannot speak.</summary>
    [JsonIgnore] public bool IsUnfed => IsOff && !IsContradicted;

    /// <summary>True when nobody meant it to be so.</summary>
    [JsonIgnore] public bool IsLost => (IsSupplyLost || IsBreakerTripped) && !IsContradicted;

    /// <summary>After an entry of the cabinet, in the order of the log.</summary>
    /// <param name="feed">What was known.</param>
    /// <param name="settings">The lamp's settings.</param>
    /// <param name="entry">A reading, or that the cabinet is silent: a segment that it left off may have been switched since, a supply that was lost tells why it is silent.</param>
    public static LampFeed? After(LampFeed? feed, StreetlightSettings settings, LogEntry entry)
    {
        var before = feed ?? new LampFeed();
        var after = before;
        if (entry is ReadingEntry reading)
        {
            foreach (var metric in reading.Metrics)
            {
                after = metric.Name switch
                {
                    "supplyVolts" => after with { IsSupplyLost = Thousandths.Of(metric.Value) < settings.SupplyMinimumMillivolts },
                    "breakerTripped" => after with { IsBreakerTripped = metric.Value != 0 },
                    _ when metric.Name == StreetlightRules.SegmentMetric(settings) => after with { IsSegmentOff = metric.Value == 0 },
                    _ => after,
                };
            }
        }
        else if (entry is SilencedEntry)
        {
            after = after with { IsSegmentOff = false };
        }

        return after.IsOff != before.IsOff ? after with { Since = entry.ReceivedAt.ToMilliseconds(), IsContradicted = false }
            : after == before ? feed
            : after;
    }

    /// <summary>After a report of the lamp itself.</summary>
    public static LampFeed? Heard(LampFeed? feed, StreetlightSettings settings, in Report report)
    {
        if (feed is null || !feed.IsOff)
        {
            return null;
        }

        if (feed.IsContradicted || report.IsLate || report.At <= feed.Since + GraceMilliseconds)
        {
            return feed;
        }

        var dimming = report.Entry["dimmingPercent"] is { } percent ? (int)Thousandths.Of(percent) : FullDimming;
        var isFed = (report.Entry["supplyVolts"] is { } volts && Thousandths.Of(volts) >= settings.SupplyMinimumMillivolts)
            || (report.Entry["powerWatts"] is { } watts && !settings.IsNearZero(Thousandths.Of(watts), dimming));
        return isFed ? feed with { IsContradicted = true } : feed;
    }
}
