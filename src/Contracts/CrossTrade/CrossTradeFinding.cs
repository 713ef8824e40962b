using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.CrossTrade;

/// <summary>Something that no device and no trade sees by itself.</summary>
[GenerateSerializer, Immutable, Alias("grid.CrossTradeFinding")]
public sealed record CrossTradeFinding
{
    /// <summary>Devices of several trades on one supply fall silent together: the supply, not the devices.</summary>
    public const string SupplyOutage = "supplyOutage";

    /// <summary>Rain and river rise where something is exposed.</summary>
    public const string FloodExposure = "floodExposure";

    /// <summary>A building that its calendar has closed still takes water, heat or power.</summary>
    public const string UsedWhileClosed = "usedWhileClosed";

    /// <summary>One of the three above.</summary>
    [Id(0)] public required string Rule { get; init; }

    /// <summary>What it is about: key of the supply, of the sensor or of the building.</summary>
    [Id(1)] public required string Source { get; init; }

    /// <summary>Since when, as far as the devices say.</summary>
    [Id(2)] public required DateTimeOffset Since { get; init; }

    /// <summary>How bad: warning or fault.</summary>
    [Id(3)] public required DeviceStatus Severity { get; init; }

    /// <summary>The devices that show it, or that it concerns, in the order of their keys.</summary>
    [Id(4)] public required ImmutableArray<FindingMember> Members { get; init; }

    /// <summary>Of how many devices those are.</summary>
    [Id(5)] public required int Of { get; init; }
}

/// <summary>A device of a finding, and what it shows.</summary>
[GenerateSerializer, Immutable, Alias("grid.FindingMember")]
public sealed record FindingMember
{
    /// <summary>Its key.</summary>
    [Id(0)] public required string Device { get; init; }

    /// <summary>Its trade.</summary>
    [Id(1)] public required DeviceKind Kind { get; init; }

    /// <summary>What it shows, one word of those in docs/rules.md, such as <c>silent</c>, <c>supplyLoss</c>, <c>rapidRise</c>, <c>exposed</c>, <c>water</c>.</summary>
    [Id(2)] public required string Shows { get; init; }

    /// <summary>The figure that shows it, with what would be usual; null where there is none.</summary>
    [Id(3)] public DerivedFigure? Figure { get; init; }

    /// <summary>Since when it shows it; null where that is not known.</summary>
    [Id(4)] public DateTimeOffset? Since { get; init; }
}

/// <summary>A device as rules across trades see it.</summary>
[GenerateSerializer, Immutable, Alias("grid.LinkedDevice")]
public sealed record LinkedDevice
{
    /// <summary>Its key.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its trade.</summary>
    [Id(1)] public required DeviceKind Kind { get; init; }

    /// <summary>What it hangs together with.</summary>
    [Id(2)] public DeviceLinks Links { get; init; }

    /// <summary>Since when its silence counts: when it was last heard (reception), or could speak again. Null before it was heard, and while it cannot speak by design.</summary>
    [Id(3)] public DateTimeOffset? ExpectedSince { get; init; }

    /// <summary>How often it is expected to speak.</summary>
    [Id(4)] public required TimeSpan Interval { get; init; }

    /// <summary>What it shows; null where no rule asks.</summary>
    [Id(5)] public DeviceView? View { get; init; }
}
