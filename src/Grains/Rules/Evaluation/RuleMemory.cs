using Orleans;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>Where a rule stands on a device.</summary>
[Flags]
public enum RuleFlags : byte
{
    /// <summary>It does not hold.</summary>
    None = 0,

    /// <summary>It holds: what follows from it was done.</summary>
    Holds = 1,

    /// <summary>It failed: it is not evaluated on this device until there is another version of it.</summary>
    Suspended = 2,
}

/// <summary>What a rule remembers on one device: 40 bytes, and nothing while it is at rest.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleMemory")]
public readonly record struct RuleMemory
{
    /// <summary>Which rule and version: <see cref="CompiledRule.Key"/>.</summary>
    [Id(0)] public required long Key { get; init; }

    /// <summary>Since when its condition holds without interruption, in Unix milliseconds; 0 when it does not.</summary>
    [Id(1)] public long Since { get; init; }

    /// <summary>When it began to hold last, in Unix milliseconds; 0 for never, or for long enough ago.</summary>
    [Id(2)] public long FiredAt { get; init; }

    /// <summary>The deadbands that are held, one bit each.</summary>
    [Id(3)] public ushort Bands { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(4)] public RuleFlags Flags { get; init; }

    /// <summary>The command of a rule that brought its condition about, as long as that lasts; null for none. What begins when it has lasted follows from that command too.</summary>
    [Id(5)] public string? Cause { get; init; }

    /// <summary>What goes along to another sector: that the condition holds, and not that the rule does, which is for the rules there to say.</summary>
    internal RuleMemory Lasting => new() { Key = Key, Since = Since, Bands = Bands, Cause = Cause };

    /// <summary>True when there is nothing to remember.</summary>
    public bool IsAtRest => Since == 0 && FiredAt == 0 && Bands == 0 && Flags == RuleFlags.None;
}
