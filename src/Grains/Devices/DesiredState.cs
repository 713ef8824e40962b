using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Grains.Devices;

/// <summary>What a device should do: for each metric a stack of layers, of which the highest that holds counts. Absolute and versioned.</summary>
[GenerateSerializer, Immutable, Alias("grid.DesiredState")]
public sealed record DesiredState
{
    /// <summary>Grows by one with each change.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>At most one for a layer and metric; by layer, then by metric (ordinal).</summary>
    [Id(9)] public DesiredAim[] Aims { get; init; } = [];

    /// <summary>The command that asked to follow the plan again, until the measurements show it or another takes its place; null for none.</summary>
    [Id(10)] public FollowAim? Follow { get; init; }

    /// <summary>The last answers, newest last: the same command again gets the same answer.</summary>
    [Id(8)] public DesiredAnswerGiven[] Answers { get; init; } = [];

    /// <summary>What a cabinet under a plan is judged by; null when nobody knows, and for every other device.</summary>
    [Id(11)] public ExpectedSegments? Expected { get; init; }

    /// <summary>The aim that counts for a metric at an instant in Unix milliseconds; null when its device follows its plan.</summary>
    public DesiredAim? EffectiveAt(string metric, long at)
    {
        for (var index = Aims.Length - 1; index >= 0; index--)
        {
            if (Aims[index].HoldsAt(at) && string.Equals(Aims[index].Metric, metric, StringComparison.Ordinal))
            {
                return Aims[index];
            }
        }

        return null;
    }
}

/// <summary>What one layer asks for.</summary>
[GenerateSerializer, Immutable, Alias("grid.DesiredAim")]
public sealed record DesiredAim
{
    /// <summary>The layer.</summary>
    [Id(0)] public ControlLayer Layer { get; init; }

    /// <summary>The metric that it is about.</summary>
    [Id(1)] public string Metric { get; init; } = string.Empty;

    /// <summary>The value asked for.</summary>
    [Id(2)] public double Value { get; init; }

    /// <summary>How far from it a report may be and still confirm.</summary>
    [Id(3)] public double Tolerance { get; init; }

    /// <summary>The command that asked; empty for the plan.</summary>
    [Id(4)] public string Command { get; init; } = string.Empty;

    /// <summary>When it was accepted, in Unix milliseconds.</summary>
    [Id(5)] public long AcceptedAt { get; init; }

    /// <summary>When it ends, in Unix milliseconds; 0 for never.</summary>
    [Id(6)] public long EndsAt { get; init; }

    /// <summary>True once nothing is to be told of it any more: the measurements showed it, or another command took its place.</summary>
    [Id(7)] public bool IsSettled { get; init; }

    /// <summary>Reception of the first of the reports in a row that show another value, in Unix milliseconds; 0 when the last one shows this.</summary>
    [Id(8)] public long ContradictedAt { get; init; }

    /// <summary>True when that has lasted so long that people are told.</summary>
    [Id(9)] public bool IsDiscrepant { get; init; }

    /// <summary>How often the device was told again since then.</summary>
    [Id(10)] public int Reminders { get; init; }

    /// <summary>When it was told last, in Unix milliseconds.</summary>
    [Id(11)] public long RemindedAt { get; init; }

    /// <summary>True while it holds at an instant in Unix milliseconds.</summary>
    public bool HoldsAt(long at) => EndsAt == 0 || at < EndsAt;
}

/// <summary>A command to follow the plan again.</summary>
[GenerateSerializer, Immutable, Alias("grid.FollowAim")]
public sealed record FollowAim
{
    /// <summary>The command.</summary>
    [Id(0)] public string Command { get; init; } = string.Empty;

    /// <summary>When it was accepted, in Unix milliseconds.</summary>
    [Id(1)] public long AcceptedAt { get; init; }

    /// <summary>What the plan has the device do from then on, by time; empty when nobody knows.</summary>
    [Id(2)] public PlannedLevel[] Planned { get; init; } = [];

    /// <summary>True once the measurements showed it.</summary>
    [Id(3)] public bool IsSettled { get; init; }
}

/// <summary>An answer that was given to a command that was taken.</summary>
/// <param name="Command">The command.</param>
/// <param name="Version">The version that it made.</param>
/// <param name="Superseded">The commands whose place it took.</param>
/// <param name="HeldBy">The layer under which it lies; null when it counts.</param>
[GenerateSerializer, Immutable, Alias("grid.DesiredAnswerGiven")]
public readonly record struct DesiredAnswerGiven(
    [property: Id(0)] string Command, [property: Id(1)] long Version, [property: Id(2)] string[] Superseded, [property: Id(3)] ControlLayer? HeldBy);

/// <summary>A confirmation that an entry had as its effect.</summary>
/// <param name="Offset">The entry's offset in the log of the device's sector.</param>
/// <param name="Effect">The confirmation.</param>
[GenerateSerializer, Immutable, Alias("grid.ConfirmationGiven")]
public readonly record struct ConfirmationGiven([property: Id(0)] long Offset, [property: Id(1)] CommandConfirmed Effect);
