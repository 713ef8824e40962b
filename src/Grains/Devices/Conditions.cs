using System.Collections.Immutable;
using System.Numerics;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Grains.Devices;

/// <summary>Conditions that a device can be in. The bits are stored: never renumber.</summary>
[Flags]
public enum Conditions
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Light point: lit by command and it does not burn.</summary>
    LampFailure = 1 << 0,

    /// <summary>Cabinet, light point: mains voltage missing or too low.</summary>
    SupplyLoss = 1 << 1,

    /// <summary>Cabinet: a breaker has tripped.</summary>
    BreakerTripped = 1 << 2,

    /// <summary>Cabinet: its door stands open.</summary>
    DoorOpen = 1 << 3,

    /// <summary>Cabinet: current leaks to earth.</summary>
    Leakage = 1 << 4,

    /// <summary>Meter: somebody tampers with it.</summary>
    Tamper = 1 << 5,

    /// <summary>Meter: water flows backwards.</summary>
    Backflow = 1 << 6,

    /// <summary>A battery that wants changing.</summary>
    BatteryLow = 1 << 7,

    /// <summary>Building: so cold that pipes may freeze.</summary>
    FrostRisk = 1 << 8,

    /// <summary>Building: outside comfort while occupied.</summary>
    ComfortBreach = 1 << 9,

    /// <summary>Bin: full.</summary>
    Overflow = 1 << 10,

    /// <summary>Bin: burning.</summary>
    Fire = 1 << 11,

    /// <summary>Bin: tipped over.</summary>
    Tipped = 1 << 12,

    /// <summary>Environment sensor: local level 1 or 2.</summary>
    LocalLevel = 1 << 13,

    /// <summary>Environment sensor: local level 3.</summary>
    LocalLevelHighest = 1 << 14,

    /// <summary>Light point: it burns and should not.</summary>
    LampUnexpectedOn = 1 << 15,

    /// <summary>Light point: it goes out and comes back while it should burn.</summary>
    LampCycling = 1 << 16,

    /// <summary>Light point: its power is not what its dimming calls for.</summary>
    PowerDrift = 1 << 17,

    /// <summary>Cabinet: a segment is fed that its program has dark, or one for the night by day.</summary>
    SegmentUnexpectedOn = 1 << 18,

    /// <summary>Cabinet, light point: nothing is heard of it though it should speak.</summary>
    CommunicationLoss = 1 << 19,

    /// <summary>Light point: somebody is there and it does not burn brighter.</summary>
    PresenceBoostMissing = 1 << 20,

    /// <summary>Cabinet: a segment is not fed that its program has lit.</summary>
    SegmentUnexpectedOff = 1 << 21,

    /// <summary>Cabinet: it draws something else than what its lamps should.</summary>
    ConsumptionUnexpected = 1 << 22,

    /// <summary>Meter: the flow never ends by night.</summary>
    Leak = 1 << 23,

    /// <summary>Meter: far more flows than any use of it explains.</summary>
    Burst = 1 << 24,

    /// <summary>Meter: it counts much more than in comparable times, or by comparable meters.</summary>
    AbnormalConsumption = 1 << 25,

    /// <summary>Building: heated while nobody is to be there.</summary>
    HeatingUnoccupied = 1 << 26,

    /// <summary>Building: by night it draws more than it should.</summary>
    BaseLoadHigh = 1 << 27,

    /// <summary>Building: it takes more than its reference does in the same weather.</summary>
    EnergyDrift = 1 << 28,

    /// <summary>Environment sensor: what it measures rises fast.</summary>
    RapidRise = 1 << 29,

    /// <summary>Any: it does not do what it was told.</summary>
    Discrepancy = 1 << 30,
}

/// <summary>Since when a condition holds.</summary>
/// <param name="Condition">One condition.</param>
/// <param name="Since">Time of the report that showed it first, in Unix milliseconds.</param>
[GenerateSerializer, Immutable, Alias("grid.ConditionSince")]
public readonly record struct ConditionSince([property: Id(0)] Conditions Condition, [property: Id(1)] long Since);

/// <summary>Names and severities of conditions, and since when each holds.</summary>
public static class ConditionTable
{
    private const Conditions Faults =
        Conditions.LampFailure | Conditions.SupplyLoss | Conditions.BreakerTripped | Conditions.FrostRisk | Conditions.Fire | Conditions.LocalLevelHighest
        | Conditions.SegmentUnexpectedOff | Conditions.Burst;

    /// <summary>The worst of a set.</summary>
    public static DeviceStatus SeverityOf(Conditions conditions) =>
        conditions == Conditions.None ? DeviceStatus.Ok : (conditions & Faults) != 0 ? DeviceStatus.Fault : DeviceStatus.Warning;

    /// <summary>The name of one condition, as alarms and clients see it.</summary>
    public static string NameOf(Conditions condition) => condition switch
    {
        Conditions.LampFailure => "lampFailure",
        Conditions.SupplyLoss => "supplyLoss",
        Conditions.BreakerTripped => "breakerTripped",
        Conditions.DoorOpen => "doorOpen",
        Conditions.Leakage => "leakage",
        Conditions.Tamper => "tamper",
        Conditions.Backflow => "backflow",
        Conditions.BatteryLow => "batteryLow",
        Conditions.FrostRisk => "frostRisk",
        Conditions.ComfortBreach => "comfortBreach",
        Conditions.Overflow => "overflow",
        Conditions.Fire => "fire",
        Conditions.Tipped => "tipped",
        Conditions.LocalLevel or Conditions.LocalLevelHighest => "localLevel",
        Conditions.LampUnexpectedOn => "lampUnexpectedOn",
        Conditions.LampCycling => "lampCycling",
        Conditions.PowerDrift => "powerDrift",
        Conditions.SegmentUnexpectedOn => "segmentUnexpectedOn",
        Conditions.CommunicationLoss => "communicationLoss",
        Conditions.PresenceBoostMissing => "presenceBoostMissing",
        Conditions.SegmentUnexpectedOff => "segmentUnexpectedOff",
        Conditions.ConsumptionUnexpected => "consumptionUnexpected",
        Conditions.Leak => "leak",
        Conditions.Burst => "burst",
        Conditions.AbnormalConsumption => "abnormalConsumption",
        Conditions.HeatingUnoccupied => "heatingUnoccupied",
        Conditions.BaseLoadHigh => "baseLoadHigh",
        Conditions.EnergyDrift => "energyDrift",
        Conditions.RapidRise => "rapidRise",
        Conditions.Discrepancy => "discrepancy",
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "Not one condition."),
    };

    /// <summary>The set of what holds.</summary>
    public static Conditions Set(ConditionSince[]? active)
    {
        var set = Conditions.None;
        foreach (var condition in active.AsSpan())
        {
            set |= condition.Condition;
        }

        return set;
    }

    /// <summary>What holds now, given what held: those that go on keep their time. Null when none; the same array when nothing changed.</summary>
    public static ConditionSince[]? Update(ConditionSince[]? former, Conditions now, long at)
    {
        if (Set(former) == now)
        {
            return former;
        }

        if (now == Conditions.None)
        {
            return null;
        }

        var updated = new ConditionSince[BitOperations.PopCount((uint)now)];
        var length = 0;
        for (var rest = (uint)now; rest != 0; rest &= rest - 1)
        {
            var condition = (Conditions)(rest & ~(rest - 1));
            updated[length++] = new ConditionSince(condition, SinceOf(former, condition) ?? at);
        }

        return updated;
    }

    /// <summary>As clients see them.</summary>
    public static ImmutableArray<ActiveCondition> View(ConditionSince[]? active) =>
        [.. (active ?? []).Select(condition => new ActiveCondition(
            NameOf(condition.Condition), SeverityOf(condition.Condition), DateTimeOffset.FromUnixTimeMilliseconds(condition.Since)))];

    private static long? SinceOf(ConditionSince[]? active, Conditions condition)
    {
        foreach (var item in active.AsSpan())
        {
            if (item.Condition == condition)
            {
                return item.Since;
            }
        }

        return null;
    }
}
