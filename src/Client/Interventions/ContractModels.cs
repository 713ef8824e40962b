using Grid.Contracts.Devices;

namespace Grid.Client.Interventions;

/// <summary>A contract as GET shows it and, without id, version and changedAt, as PUT takes it.</summary>
public sealed record ContractModel
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Grows by one with each change. The ETag.</summary>
    public required long Version { get; init; }

    /// <summary>When it was changed last.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Whose: <c>commune:29019</c> or <c>syndicate:SIREN</c> (any body).</summary>
    public required string Holder { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>Who repairs.</summary>
    public required string Contractor { get; init; }

    /// <summary>IANA zone of the hours.</summary>
    public required string Zone { get; init; }

    /// <summary>Working hours by day, such as <c>{"monday": ["08:00-12:00", "13:30-17:30"]}</c>.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Hours { get; init; }

    /// <summary>True when public holidays are worked.</summary>
    public required bool WorksOnHolidays { get; init; }

    /// <summary>Its lots.</summary>
    public required IReadOnlyList<ContractLotModel> Lots { get; init; }

    /// <summary>Deadlines by priority.</summary>
    public required IReadOnlyDictionary<string, DeadlineModel> Deadlines { get; init; }

    /// <summary>First local day; null for none.</summary>
    public required DateOnly? From { get; init; }

    /// <summary>Last local day; null for none.</summary>
    public required DateOnly? To { get; init; }

    /// <summary>Hours within which measurements must confirm a repair.</summary>
    public required int ConfirmHours { get; init; }

    /// <summary>Days after the closing in which the same condition reopens an order.</summary>
    public required int RecurrenceDays { get; init; }
}

/// <summary>A lot.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kinds">Kinds of device.</param>
/// <param name="Communes">INSEE codes; empty for every commune of the holder.</param>
public sealed record ContractLotModel(string Name, IReadOnlyList<DeviceKind> Kinds, IReadOnlyList<string> Communes);

/// <summary>A deadline.</summary>
/// <param name="Hours">Working hours.</param>
/// <param name="AroundTheClock">True when all hours count.</param>
public sealed record DeadlineModel(double Hours, bool AroundTheClock);

/// <summary>A page of contracts.</summary>
/// <param name="Items">The contracts.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
public sealed record ContractPage(IReadOnlyList<ContractModel> Items, string? NextCursor);

/// <summary>A contract as PUT takes it.</summary>
public sealed record ContractInput
{
    /// <summary>Whose.</summary>
    public string? Holder { get; init; }

    /// <summary>For people.</summary>
    public string? Name { get; init; }

    /// <summary>Who repairs.</summary>
    public string? Contractor { get; init; }

    /// <summary>IANA zone of the hours; that of the holder's commune, or <c>Europe/Paris</c>, when left out.</summary>
    public string? Zone { get; init; }

    /// <summary>Working hours by day.</summary>
    public Dictionary<string, List<string?>?>? Hours { get; init; }

    /// <summary>True when public holidays are worked.</summary>
    public bool WorksOnHolidays { get; init; }

    /// <summary>Its lots.</summary>
    public List<ContractLotInput?>? Lots { get; init; }

    /// <summary>Deadlines by priority.</summary>
    public Dictionary<string, DeadlineInput?>? Deadlines { get; init; }

    /// <summary>First local day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last local day.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Hours within which measurements must confirm a repair; 24 when left out.</summary>
    public int? ConfirmHours { get; init; }

    /// <summary>Days after the closing in which the same condition reopens an order; 7 when left out.</summary>
    public int? RecurrenceDays { get; init; }
}

/// <summary>A lot as PUT takes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kinds">Kinds of device.</param>
/// <param name="Communes">INSEE codes; every commune of the holder when left out.</param>
public sealed record ContractLotInput(string? Name, List<DeviceKind>? Kinds, List<string?>? Communes);

/// <summary>A deadline as PUT takes it.</summary>
/// <param name="Hours">Working hours.</param>
/// <param name="AroundTheClock">True when all hours count.</param>
public sealed record DeadlineInput(double? Hours, bool AroundTheClock = false);
