using Grid.Contracts.Notifications;
using Orleans;

namespace Grid.Contracts.Rules;

/// <summary>An action that a rule decided and that was not done: its device, or its group, refused it, or nobody could do it in time.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleRefusal")]
public sealed record RuleRefusal
{
    /// <summary>Refusals that a sector remembers.</summary>
    public const int Remembered = 100;

    /// <summary>The action's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The rule.</summary>
    [Id(1)] public required string Rule { get; init; }

    /// <summary>The device on which the rule held.</summary>
    [Id(2)] public required string Device { get; init; }

    /// <summary>What it was, in the words of a trial: <c>command</c>, <c>workOrder</c>, <c>notify</c>, <c>setFlag</c> or <c>endFlag</c>.</summary>
    [Id(3)] public required string What { get; init; }

    /// <summary>When it was refused.</summary>
    [Id(4)] public required DateTimeOffset At { get; init; }

    /// <summary>Why, for people.</summary>
    [Id(5)] public required string Reason { get; init; }

    /// <summary>Why, in French; null of one that was kept before there were both.</summary>
    [Id(6)] public string? ReasonFrench { get; init; }

    /// <summary>The refusal of an action.</summary>
    public static RuleRefusal Of(RuleTask task, DateTimeOffset at, BilingualText reason) => new()
    {
        Id = task.Id,
        Rule = task.Rule,
        Device = task.Device,
        What = task switch
        {
            { Command: not null } => "command",
            { WorkOrder: not null } => "workOrder",
            { Notification: not null } => "notify",
            { Flag.IsSet: true } => "setFlag",
            _ => "endFlag",
        },
        At = at,
        Reason = reason.En,
        ReasonFrench = reason.Fr,
    };
}
