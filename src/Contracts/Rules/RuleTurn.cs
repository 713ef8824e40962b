using Orleans;

namespace Grid.Contracts.Rules;

/// <summary>Where a rule stands on a device after a look, where that has changed.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleTurn")]
public readonly record struct RuleTurn
{
    /// <summary>The device's key.</summary>
    [Id(0)] public required string Device { get; init; }

    /// <summary>Stands for the rule and its version.</summary>
    [Id(1)] public required long Rule { get; init; }

    /// <summary>Since when its condition holds, in Unix milliseconds; 0 when it does not.</summary>
    [Id(2)] public long Since { get; init; }

    /// <summary>When it began to hold last, in Unix milliseconds; 0 for never, or for long enough ago.</summary>
    [Id(3)] public long FiredAt { get; init; }

    /// <summary>The deadbands that are held, one bit each.</summary>
    [Id(4)] public ushort Bands { get; init; }

    /// <summary>Where it stands, and what becomes of it.</summary>
    [Id(5)] public RuleTurnMarks Marks { get; init; }
}

/// <summary>Where a rule stands on a device, and what becomes of it. The numbers are stored: never renumber.</summary>
[Flags]
public enum RuleTurnMarks : byte
{
    /// <summary>It does not hold.</summary>
    None = 0,

    /// <summary>It holds.</summary>
    Holds = 1,

    /// <summary>It is suspended.</summary>
    Suspended = 2,

    /// <summary>It begins to hold.</summary>
    Begins = 4,

    /// <summary>It ceases to hold.</summary>
    Ends = 8,

    /// <summary>It failed.</summary>
    Fails = 16,
}
