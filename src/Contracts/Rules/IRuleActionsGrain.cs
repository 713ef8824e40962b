using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Rules;

/// <summary>What the rules of a sector have to have done: taken durably, carried out beside the sector. Keyed by sector.</summary>
[Alias("grid.IRuleActionsGrain"), RequiresRight(Right.Internal)]
public interface IRuleActionsGrain : IGrainWithStringKey
{
    /// <summary>Takes actions: persisted when answered. One that was taken before changes nothing.</summary>
    [Alias("Take"), AlwaysInterleave]
    Task Take(ImmutableArray<RuleTask> tasks);

    /// <summary>Actions that are taken and not done yet.</summary>
    [Alias("CountOpen"), AlwaysInterleave]
    ValueTask<int> CountOpen();

    /// <summary>What was decided last and not done, oldest first; at most <see cref="RuleRefusal.Remembered"/>.</summary>
    [Alias("GetRefused"), AlwaysInterleave]
    ValueTask<ImmutableArray<RuleRefusal>> GetRefused();
}

/// <summary>An action of a rule on a device: exactly one of its last members is set.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleTask")]
public sealed record RuleTask
{
    /// <summary>The action's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The device's key.</summary>
    [Id(1)] public required string Device { get; init; }

    /// <summary>Its trade.</summary>
    [Id(2)] public DeviceKind Kind { get; init; }

    /// <summary>A command.</summary>
    [Id(3)] public RuleCommand? Command { get; init; }

    /// <summary>A work order.</summary>
    [Id(4)] public RuleWorkOrder? WorkOrder { get; init; }

    /// <summary>A message.</summary>
    [Id(5)] public RuleNotification? Notification { get; init; }

    /// <summary>A flag.</summary>
    [Id(6)] public RuleFlag? Flag { get; init; }

    /// <summary>When it was taken; null before, and of one that was taken by a program that did not note it.</summary>
    [Id(7)] public DateTimeOffset? TakenAt { get; init; }

    /// <summary>The rule whose action it is.</summary>
    public string Rule => (Command ?? WorkOrder ?? Notification ?? (RuleAction)Flag!).Rule;

    /// <summary>A task for an action.</summary>
    public static RuleTask Of(string device, DeviceKind kind, RuleAction action) => new()
    {
        Id = action.Id,
        Device = device,
        Kind = kind,
        Command = action as RuleCommand,
        WorkOrder = action as RuleWorkOrder,
        Notification = action as RuleNotification,
        Flag = action as RuleFlag,
    };
}
