using System.Text.Json.Serialization;
using Grid.Grains.Devices;
using Grid.Grains.Maintenance;
using Orleans;

namespace Grid.Grains.Streetlights;

/// <summary>What a light point remembers.</summary>
[GenerateSerializer, Alias("grid.StreetlightState")]
public readonly record struct StreetlightState
{
    /// <summary>Newest dimming, 0 to 100,000 thousandths of a percent; null when it never said.</summary>
    [Id(0)] public int? Dimming { get; init; }

    /// <summary>Power now, in milliwatts: as reported, else from rated power and dimming; null when neither is known.</summary>
    [Id(1)] public long? PowerMilliwatts { get; init; }

    /// <summary>Reports running in which it was lit by command and drew next to nothing; 0 to 2.</summary>
    [Id(2)] public byte ReportsWithoutPower { get; init; }

    /// <summary>True from the second such report until a report shows power while lit.</summary>
    [Id(3)] public bool IsWithoutPower { get; init; }

    /// <summary>True while the lamp says itself that it failed.</summary>
    [Id(4)] public bool SaysFailed { get; init; }

    /// <summary>True while its supply voltage is too low.</summary>
    [Id(5)] public bool IsSupplyLost { get; init; }

    /// <summary>Passive: whether its segment is fed; null before its cabinet said so.</summary>
    [Id(6)] public bool? IsFed { get; init; }

    /// <summary>Energy by local day.</summary>
    [Id(7)] public EnergyDays Energy { get; init; }

    /// <summary>Since when something is wrong with it; null when nothing is.</summary>
    [Id(8)] public LampTrouble? Trouble { get; init; }

    /// <summary>Mean deviation of its power from its dimming curve, in thousandths.</summary>
    [Id(9)] public short DriftPermille { get; init; }

    /// <summary>Reports in that mean, 0 to 8.</summary>
    [Id(10)] public byte DriftReports { get; init; }

    /// <summary>True while that mean is too large.</summary>
    [Id(11)] public bool IsDrifting { get; init; }

    /// <summary>True while it burns and should not, for longer than its delay.</summary>
    [Id(12)] public bool IsUnexpectedlyOn { get; init; }

    /// <summary>True while it goes out and comes back too often.</summary>
    [Id(13)] public bool IsCycling { get; init; }

    /// <summary>Whether it burnt in the last report that measured it while it should; null when it should not.</summary>
    [Id(14)] public bool? WasBurning { get; init; }

    /// <summary>Hours of night by local day, which its saving is reckoned from.</summary>
    [Id(15)] public NightHours Nights { get; init; }

    /// <summary>What its cabinet says of its supply; null while nothing is known against it.</summary>
    [Id(16)] public LampFeed? Feed { get; init; }

    /// <summary>Who is there, for a lamp with a boost; null when nobody is.</summary>
    [Id(17)] public LampPresence? Presence { get; init; }

    /// <summary>How far it is worn.</summary>
    [Id(18)] public LampWear Wear { get; init; }

    /// <summary>What it usually draws at a level of dimming.</summary>
    [Id(19)] public LampUsual Usual { get; init; }

    /// <summary>True when it has lost its supply, by its own word or by its cabinet's.</summary>
    [JsonIgnore] public bool HasLostSupply => IsSupplyLost || Feed is { IsLost: true };

    /// <summary>True when it is dark for want of supply, be it lost or switched off: its measurements prove nothing.</summary>
    [JsonIgnore] public bool IsUnsupplied => IsSupplyLost || Feed is { IsUnfed: true };

    /// <summary>True when it failed, by its own word or by its power.</summary>
    [JsonIgnore] public bool HasFailed => SaysFailed || IsWithoutPower;
}
