using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Meters;

/// <summary>How the rules judge what flows behind a customer's water meter. Nearly all meters have the defaults.</summary>
[GenerateSerializer, Immutable, Alias("grid.WaterParameters")]
public sealed record WaterParameters
{
    private const int MillisecondsPerMinute = 60_000;

    /// <summary>Share of the permanent flow rate Q3 above which a flow that goes on is a burst, in percent, where no flow is given.</summary>
    private const int BurstSharePercent = 40;

    private static readonly AttributeDefinition PulseLitres = AttributeDefinition.Number("pulseLitres", 0.001, 10_000, 1);
    private static readonly AttributeDefinition LeakNightsAttribute = AttributeDefinition.Whole("leakNights", 0, 30, 2);
    private static readonly AttributeDefinition LeakMinimumLitresPerHour = AttributeDefinition.Number("leakMinimumLitresPerHour", 0.1, 1_000_000, 4);
    private static readonly AttributeDefinition NominalFlowLitresPerHour = AttributeDefinition.Number("nominalFlowLitresPerHour", 1, 10_000_000, 2_500);
    private static readonly AttributeDefinition BurstLitresPerHour = AttributeDefinition.Number("burstLitresPerHour", 1, 10_000_000, null);
    private static readonly AttributeDefinition BurstMinutes = AttributeDefinition.Whole("burstMinutes", 0, 1_440, 30);
    private static readonly AttributeDefinition ComparableLitresPerDay = AttributeDefinition.Number("comparableLitresPerDay", 1, 1_000_000, null);

    /// <summary>What holds without attributes.</summary>
    public static readonly WaterParameters Default = Of(new ParameterSource(null));

    /// <summary>The attributes.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
        [PulseLitres, LeakNightsAttribute, LeakMinimumLitresPerHour, NominalFlowLitresPerHour, BurstLitresPerHour, BurstMinutes, ComparableLitresPerDay];

    /// <summary>How much each step of the index is, in millilitres; above 0.</summary>
    [Id(0)] public long Pulse { get; init; }

    /// <summary>Nights of flow that make a leak; 0 where leaks are not looked for.</summary>
    [Id(1)] public int LeakNights { get; init; }

    /// <summary>Flow below which nothing leaks, in millilitres an hour; above 0.</summary>
    [Id(2)] public long LeakMinimum { get; init; }

    /// <summary>Flow that is a burst when it goes on, in millilitres an hour; above 0.</summary>
    [Id(3)] public long Burst { get; init; }

    /// <summary>How long it goes on, in milliseconds.</summary>
    [Id(4)] public int BurstAfter { get; init; }

    /// <summary>What comparable dwellings consume, in millilitres a day; 0 when nobody says.</summary>
    [Id(5)] public long Comparable { get; init; }

    /// <summary>The time over which a flow is taken from the index, in milliseconds: in it the least leak is a step of the register at least.</summary>
    [JsonIgnore] public long Span => Math.Max(NightFlow.LeastSpan, FlowRate.TimeFor(Pulse, LeakMinimum));

    /// <summary>True for a register whose steps are so fine that the flow which it reports counts: one that is made from coarse steps is zero between them.</summary>
    [JsonIgnore] public bool IsFine => Span == NightFlow.LeastSpan;

    /// <summary>The parameters that hold; null when they are the defaults.</summary>
    public static WaterParameters? Parse(in ParameterSource source) => Of(source) is var parsed && parsed == Default ? null : parsed;

    private static WaterParameters Of(in ParameterSource source) => new()
    {
        Pulse = PulseLitres.ThousandthsIn(source),
        LeakNights = LeakNightsAttribute.WholeIn(source),
        LeakMinimum = LeakMinimumLitresPerHour.ThousandthsIn(source),
        Burst = BurstLitresPerHour.In(source) is { } burst ? Thousandths.Of(burst) : Math.Max(1, NominalFlowLitresPerHour.ThousandthsIn(source) * BurstSharePercent / 100),
        BurstAfter = BurstMinutes.WholeIn(source) * MillisecondsPerMinute,
        Comparable = ComparableLitresPerDay.ThousandthsIn(source),
    };
}
