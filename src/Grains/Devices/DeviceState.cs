using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Grains.Learning;
using Grid.Grains.Rules.Evaluation;
using Orleans;

namespace Grid.Grains.Devices;

/// <summary>Where a device is in its life. The numbers are stored: never renumber.</summary>
public enum DeviceStage : byte
{
    /// <summary>Nobody registered it, or nothing of it is remembered.</summary>
    Unregistered = 0,

    /// <summary>In its sector.</summary>
    Here = 1,

    /// <summary>Left its sector and not yet in the next one.</summary>
    Moving = 2,

    /// <summary>Removed: kept until its sector has let go of the log of its former life, so that a replay does not bring it back.</summary>
    Removed = 3,
}

/// <summary>
/// All that a device remembers: what every trade has, and its trade's own settings and state. It is the effect of all its log entries up to
/// <see cref="Offset"/>, and of the desired states that it took. Members that were never set are the defaults of their types, so that a stored
/// state without them reads the same.
/// </summary>
/// <typeparam name="TSettings">Settings of the trade.</typeparam>
/// <typeparam name="TState">State of the trade.</typeparam>
[GenerateSerializer, Alias("grid.DeviceState`2")]
public sealed class DeviceState<TSettings, TState>
    where TSettings : class
    where TState : struct
{
    /// <summary>Where it is in its life.</summary>
    [Id(0)] public DeviceStage Stage { get; set; }

    /// <summary>Its sector, or the last one; null before the first.</summary>
    [Id(1)] public string? Sector { get; set; }

    /// <summary>Offset in the log of that sector up to which entries are in this state.</summary>
    [Id(2)] public long Offset { get; set; }

    /// <summary>The registry's revision of its settings, or of its removal.</summary>
    [Id(3)] public long Revision { get; set; }

    /// <summary>Zone of its local days.</summary>
    [Id(4)] public string? Zone { get; set; }

    /// <summary>Its attributes; null when unregistered or removed.</summary>
    [Id(5)] public TSettings? Settings { get; set; }

    /// <summary>When it was last heard: reception in Unix milliseconds, 0 for never.</summary>
    [Id(6)] public long HeardAt { get; set; }

    /// <summary>True from its sector's finding that it is silent until it is heard.</summary>
    [Id(7)] public bool IsSilent { get; set; }

    /// <summary>Order of the readings of its source.</summary>
    [Id(8)] public ReadingOrder Order { get; set; }

    /// <summary>Newest value by metric, ordered by name; null for none.</summary>
    [Id(9)] public NewestValue[]? Values { get; set; }

    /// <summary>What holds, and since when; null for nothing.</summary>
    [Id(10)] public ConditionSince[]? Active { get; set; }

    /// <summary>What its trade remembers.</summary>
    [Id(11)] public TState Trade { get; set; }

    /// <summary>What it should do; null before the first command.</summary>
    [Id(12)] public DesiredState? Desired { get; set; }

    /// <summary>The last confirmations, oldest first, so that the replay of an entry has the effects that it had; null for none.</summary>
    [Id(13)] public ConfirmationGiven[]? Confirmations { get; set; }

    /// <summary>Whose device it is; null when it is nobody's.</summary>
    [Id(14)] public string? Subscriber { get; set; }

    /// <summary>The parameters that it says itself, so that others may change under it; null for none.</summary>
    [Id(16)] public ParameterValue[]? Own { get; set; }

    /// <summary>How far apart its reports usually come.</summary>
    [Id(17)] public UsualInterval Interval { get; set; }

    /// <summary>How reliably its reports come.</summary>
    [Id(19)] public UsualLosses Losses { get; set; }

    /// <summary>What the rules of operators remember; null where there are none.</summary>
    [Id(18)] public DeviceRuleState? Rules { get; set; }

    /// <summary>In storage only: what is personal of it, sealed with the subscriber's key; empty when there was no key to seal it with.</summary>
    [Id(15)] public byte[]? Sealed { get; set; }
}
