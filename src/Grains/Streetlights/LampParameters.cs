using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Streetlights;

/// <summary>How the rules of a controlled light point judge it. Nearly all light points have the defaults, and share one instance of them.</summary>
[GenerateSerializer, Immutable, Alias("grid.LampParameters")]
public sealed record LampParameters
{
    private const int MillisecondsPerMinute = 60_000;

    private static readonly AttributeDefinition LampFailureDelayMinutes = AttributeDefinition.Whole("lampFailureDelayMinutes", 0, 1_440, 5);
    private static readonly AttributeDefinition UnexpectedOnDelayMinutes = AttributeDefinition.Whole("unexpectedOnDelayMinutes", 0, 1_440, 30);
    private static readonly AttributeDefinition CyclingChangesAttribute = AttributeDefinition.Whole("cyclingChanges", 2, 16, 4);
    private static readonly AttributeDefinition CyclingWindowMinutes = AttributeDefinition.Whole("cyclingWindowMinutes", 10, 1_440, 360);
    private static readonly AttributeDefinition PowerDriftPercent = AttributeDefinition.Number("powerDriftPercent", 10, 100, 25);
    private static readonly AttributeDefinition PowerAt10Percent = AttributeDefinition.Number("powerAt10Percent", 1, 100, 17);
    private static readonly AttributeDefinition PowerAt50Percent = AttributeDefinition.Number("powerAt50Percent", 1, 100, 54);

    private static readonly AttributeDefinition PresenceBoostPercent = AttributeDefinition.Number("presenceBoostPercent", 0, 100, null);
    private static readonly AttributeDefinition PresenceHoldMinutes = AttributeDefinition.Whole("presenceHoldMinutes", 1, 60, 5);

    private static readonly AttributeDefinition RatedLifeHoursAttribute = AttributeDefinition.Whole("ratedLifeHours", 1_000, 1_000_000, 100_000);

    /// <summary>What holds without attributes.</summary>
    public static readonly LampParameters Default = new()
    {
        LampFailureDelay = 5 * MillisecondsPerMinute,
        UnexpectedOnDelay = 30 * MillisecondsPerMinute,
        CyclingChanges = 4,
        CyclingWindow = 360 * MillisecondsPerMinute,
        PowerDriftPermille = 250,
        PowerAt10Permille = 170,
        PowerAt50Permille = 540,
        PresenceHold = 5 * MillisecondsPerMinute,
        OwnRatedLifeHours = 100_000,
    };

    /// <summary>The attributes.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        LampFailureDelayMinutes, UnexpectedOnDelayMinutes, CyclingChangesAttribute, CyclingWindowMinutes, PowerDriftPercent, PowerAt10Percent, PowerAt50Percent,
        PresenceBoostPercent, PresenceHoldMinutes, RatedLifeHoursAttribute,
    ];

    /// <summary>How long a lamp draws next to nothing before it has failed, in milliseconds.</summary>
    [Id(0)] public int LampFailureDelay { get; init; }

    /// <summary>How long a lamp burns when it should not before that is a condition, in milliseconds.</summary>
    [Id(1)] public int UnexpectedOnDelay { get; init; }

    /// <summary>Changes between burning and dark within the window that make it a cycling lamp.</summary>
    [Id(2)] public int CyclingChanges { get; init; }

    /// <summary>The window, in milliseconds.</summary>
    [Id(3)] public int CyclingWindow { get; init; }

    /// <summary>Mean deviation of its power from its dimming curve that is still tolerated, in thousandths.</summary>
    [Id(4)] public int PowerDriftPermille { get; init; }

    /// <summary>Power at 10 % dimming, in thousandths of its rated power.</summary>
    [Id(5)] public int PowerAt10Permille { get; init; }

    /// <summary>Power at 50 % dimming, in thousandths of its rated power.</summary>
    [Id(6)] public int PowerAt50Permille { get; init; }

    /// <summary>Dimming to which the lamp goes up while somebody is there, in thousandths of a percent; null when nobody said.</summary>
    [Id(7)] public int? PresenceBoost { get; init; }

    /// <summary>How long it may stay there after, in milliseconds.</summary>
    [Id(8)] public int PresenceHold { get; init; }

    /// <summary>Hours for which the lamp is rated; 0 for the built-in ones.</summary>
    [Id(9)] public int OwnRatedLifeHours { get; init; }

    /// <summary>Hours for which the lamp is rated.</summary>
    [JsonIgnore] public int RatedLifeHours => OwnRatedLifeHours != 0 ? OwnRatedLifeHours : (int)RatedLifeHoursAttribute.Default!.Value;

    /// <summary>The parameters that hold; null when they are the defaults.</summary>
    public static LampParameters? Parse(in ParameterSource source)
    {
        var parsed = new LampParameters
        {
            LampFailureDelay = LampFailureDelayMinutes.WholeIn(source) * MillisecondsPerMinute,
            UnexpectedOnDelay = UnexpectedOnDelayMinutes.WholeIn(source) * MillisecondsPerMinute,
            CyclingChanges = CyclingChangesAttribute.WholeIn(source),
            CyclingWindow = CyclingWindowMinutes.WholeIn(source) * MillisecondsPerMinute,
            PowerDriftPermille = Permille(PowerDriftPercent, source),
            PowerAt10Permille = Permille(PowerAt10Percent, source),
            PowerAt50Permille = Permille(PowerAt50Percent, source),
            PresenceBoost = PresenceBoostPercent.In(source) is { } boost ? (int)Thousandths.Of(boost) : null,
            PresenceHold = PresenceHoldMinutes.WholeIn(source) * MillisecondsPerMinute,
            OwnRatedLifeHours = RatedLifeHoursAttribute.WholeIn(source),
        };
        return parsed == Default ? null : parsed;
    }

    /// <summary>
    /// The power that a sound lamp draws at a dimming level from 10 % on, in milliwatts: straight lines through its power at 10, at 50 and at 100 %.
    /// </summary>
    /// <param name="ratedMilliwatts">Power at 100 %.</param>
    /// <param name="dimming">10,000 to 100,000 thousandths of a percent.</param>
    public long ExpectedMilliwatts(long ratedMilliwatts, int dimming)
    {
        var (from, to, low, high) = dimming < 50_000 ? (10_000, 50_000, PowerAt10Permille, PowerAt50Permille) : (50_000, 100_000, PowerAt50Permille, 1_000);
        return ratedMilliwatts * ((low * (long)(to - from)) + ((high - low) * (long)(dimming - from))) / ((to - from) * 1_000L);
    }

    private static int Permille(AttributeDefinition attribute, in ParameterSource source) => (int)Math.Round(attribute.In(source)!.Value * 10);
}
