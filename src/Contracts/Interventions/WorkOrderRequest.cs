using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Interventions;

/// <summary>What is to be done, where and why.</summary>
[GenerateSerializer, Immutable, Alias("grid.WorkOrderRequest")]
public sealed record WorkOrderRequest
{
    /// <summary>INSEE code of the commune; the grain's key.</summary>
    [Id(0)] public required string Commune { get; init; }

    /// <summary>Where it comes from.</summary>
    [Id(1)] public required WorkOrderOrigin Origin { get; init; }

    /// <summary>Who asks: a person, or the name of a rule.</summary>
    [Id(2)] public required string By { get; init; }

    /// <summary>How much it presses.</summary>
    [Id(3)] public required WorkOrderPriority Priority { get; init; }

    /// <summary>What is to be done, in a line; 1 to 200 characters.</summary>
    [Id(4)] public required string Title { get; init; }

    /// <summary>More about it; at most 4,000 characters. A citizen's own words are personal data.</summary>
    [Id(5)] public string? Description { get; init; }

    /// <summary>The device; null when it is about none.</summary>
    [Id(6)] public string? Device { get; init; }

    /// <summary>Its kind, or that of the contract's lot that it belongs to; null when it belongs to none.</summary>
    [Id(7)] public DeviceKind? Kind { get; init; }

    /// <summary>Where it is; null when that is not known.</summary>
    [Id(8)] public GeoPoint? Position { get; init; }

    /// <summary>The alarm that it is about; null for none. One order for one alarm, however often it is asked for.</summary>
    [Id(9)] public string? Alarm { get; init; }

    /// <summary>When the alarm was raised; null without one. An order that was closed since is not reopened by what is older.</summary>
    [Id(10)] public DateTimeOffset? AlarmRaisedAt { get; init; }

    /// <summary>The caller's key under which a request is the same, however often it is sent; at most 300 characters, null for none.</summary>
    [Id(11)] public string? Key { get; init; }

    /// <summary>What a citizen has told; null when it comes from elsewhere.</summary>
    [Id(12)] public CitizenReport? Report { get; init; }

    /// <summary>INSEE codes of communes in which the device of the alarm was before: one that has an order of the alarm that has not ended, or that ended after the alarm was raised, keeps it, and there is no second. Not kept with the order.</summary>
    [Id(13)] public ImmutableArray<string> AlarmCommunes { get; init; } = [];
}

/// <summary>What a person does to an order.</summary>
[GenerateSerializer, Immutable, Alias("grid.WorkOrderAction")]
public sealed record WorkOrderAction
{
    /// <summary>What: one of those that people do.</summary>
    [Id(0)] public required WorkOrderVerb Verb { get; init; }

    /// <summary>Who.</summary>
    [Id(1)] public required string By { get; init; }

    /// <summary>Note, or the reason of a pause, a reopening or a cancellation; at most 2,000 characters.</summary>
    [Id(2)] public string? Note { get; init; }

    /// <summary>To whom it is assigned; 1 to 200 characters, null otherwise.</summary>
    [Id(3)] public string? Contractor { get; init; }

    /// <summary>Lot under which it is counted, with <see cref="Contractor"/>; null for the one that it has.</summary>
    [Id(4)] public string? Lot { get; init; }

    /// <summary>The new priority; null otherwise.</summary>
    [Id(5)] public WorkOrderPriority? Priority { get; init; }

    /// <summary>What a repair used, at most 50.</summary>
    [Id(6)] public ImmutableArray<UsedPart> Parts { get; init; } = [];

    /// <summary>The caller's key under which the action is the same, however often it is sent; at most 300 characters, null for none.</summary>
    [Id(7)] public string? Key { get; init; }
}

/// <summary>Answer to a request or an action.</summary>
[GenerateSerializer, Immutable, Alias("grid.WorkOrderAnswer")]
public sealed record WorkOrderAnswer
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    [Id(0)] public ImmutableArray<InterventionFault> Faults { get; init; } = [];

    /// <summary>Why it cannot be done to the order as it stands; null when it can.</summary>
    [Id(1)] public string? Conflict { get; init; }

    /// <summary>True when the order is new.</summary>
    [Id(2)] public bool IsNew { get; init; }

    /// <summary>True when something has changed.</summary>
    [Id(3)] public bool HasChanged { get; init; }

    /// <summary>The order as it is persisted; null when there is none.</summary>
    [Id(4)] public WorkOrder? Order { get; init; }
}
