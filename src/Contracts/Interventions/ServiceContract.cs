using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Interventions;

/// <summary>Part of a contract: which devices, where.</summary>
[GenerateSerializer, Immutable, Alias("grid.ContractLot")]
public sealed record ContractLot
{
    /// <summary>Its name, unique in its contract; 1 to 64 characters.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The kinds of device.</summary>
    [Id(1)] public required DeviceKinds Kinds { get; init; }

    /// <summary>INSEE codes; empty for every commune of the contract's holder.</summary>
    [Id(2)] public ImmutableArray<string> Communes { get; init; } = [];
}

/// <summary>Until when what presses so much must be repaired.</summary>
/// <param name="Priority">The priority.</param>
/// <param name="Hours">Working hours, more than 0 and at most 2,000.</param>
/// <param name="AroundTheClock">True when all hours count, nights and holidays too.</param>
[GenerateSerializer, Immutable, Alias("grid.PriorityDeadline")]
public readonly record struct PriorityDeadline(
    [property: Id(0)] WorkOrderPriority Priority, [property: Id(1)] double Hours, [property: Id(2)] bool AroundTheClock);

/// <summary>Who repairs what for a body or a commune, and within which time.</summary>
[GenerateSerializer, Immutable, Alias("grid.ServiceContract")]
public sealed record ServiceContract
{
    /// <summary>1 to 64 of <c>A-Z a-z 0-9 . _ -</c>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Whose: <c>commune:29019</c> or <c>syndicate:SIREN</c> (any body).</summary>
    [Id(1)] public required string Holder { get; init; }

    /// <summary>For people, 1 to 200 characters.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>Who repairs, 1 to 200 characters.</summary>
    [Id(3)] public required string Contractor { get; init; }

    /// <summary>IANA zone of the working hours.</summary>
    [Id(4)] public required string Zone { get; init; }

    /// <summary>The working hours of a week, by day and begin.</summary>
    [Id(5)] public required ImmutableArray<WorkingInterval> Hours { get; init; }

    /// <summary>True when public holidays are worked.</summary>
    [Id(6)] public bool WorksOnHolidays { get; init; }

    /// <summary>Its lots, 1 to 100.</summary>
    [Id(7)] public required ImmutableArray<ContractLot> Lots { get; init; }

    /// <summary>Deadlines, each priority once; what has none has no deadline.</summary>
    [Id(8)] public required ImmutableArray<PriorityDeadline> Deadlines { get; init; }

    /// <summary>Local day from which it holds; null for ever before.</summary>
    [Id(9)] public DateOnly? From { get; init; }

    /// <summary>Last local day on which it holds; null for no end.</summary>
    [Id(10)] public DateOnly? To { get; init; }

    /// <summary>Hours within which measurements must confirm a repair, 1 to 720.</summary>
    [Id(11)] public int ConfirmHours { get; init; } = 24;

    /// <summary>Days after the closing in which the same condition reopens the order, 0 to 90.</summary>
    [Id(12)] public int RecurrenceDays { get; init; } = 7;

    /// <summary>True when it holds on a local day.</summary>
    public bool HoldsOn(DateOnly day) => (From is null || day >= From) && (To is null || day <= To);
}

/// <summary>A contract with when it was written.</summary>
[GenerateSerializer, Immutable, Alias("grid.ContractView")]
public sealed record ContractView
{
    /// <summary>The contract.</summary>
    [Id(0)] public required ServiceContract Contract { get; init; }

    /// <summary>Grows by one with each change; at least 1.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>When it was changed last.</summary>
    [Id(2)] public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>What an order took over from the contract that covered it when it was opened.</summary>
[GenerateSerializer, Immutable, Alias("grid.WorkTerms")]
public sealed record WorkTerms
{
    /// <summary>Hours within which measurements must confirm a repair, where no contract says so.</summary>
    public const int DefaultConfirmHours = 24;

    /// <summary>Days in which the same condition reopens an order, where no contract says so.</summary>
    public const int DefaultRecurrenceDays = 7;

    /// <summary>The contract; null where none covers it.</summary>
    [Id(0)] public string? Contract { get; init; }

    /// <summary>The contract's contractor; null where none covers it.</summary>
    [Id(1)] public string? Contractor { get; init; }

    /// <summary>The contract's lot; null where none covers it.</summary>
    [Id(2)] public string? Lot { get; init; }

    /// <summary>When the clock of its deadline runs.</summary>
    [Id(3)] public required WorkingCalendar Calendar { get; init; }

    /// <summary>Deadlines by priority.</summary>
    [Id(4)] public ImmutableArray<PriorityDeadline> Deadlines { get; init; } = [];

    /// <summary>Hours within which measurements must confirm a repair.</summary>
    [Id(5)] public int ConfirmHours { get; init; } = DefaultConfirmHours;

    /// <summary>Days after the closing in which the same condition reopens the order.</summary>
    [Id(6)] public int RecurrenceDays { get; init; } = DefaultRecurrenceDays;
}
