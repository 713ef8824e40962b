using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Grid.Contracts.Sectors;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Territories;

/// <summary>What sums devices: a commune, a body, a department.</summary>
[Alias("grid.ITerritoryGrain"), RequiresRight(Right.Internal)]
public interface ITerritoryGrain : IGrainWithStringKey
{
    /// <summary>The figures now; <c>today</c> is the territory's local day at this moment.</summary>
    [Alias("GetSummary")]
    ValueTask<TerritorySummary> GetSummary();

    /// <summary>The sum with the versions that it is made of.</summary>
    [Alias("GetPartial")]
    ValueTask<TerritoryPartial> GetPartial();

    /// <summary>Asks its sources for their newest sums, in place of what streams brought, and counts what differed.</summary>
    [Alias("Refresh")]
    Task Refresh();

    /// <summary>Tells the observer about new figures, at most 5 times a second, until <see cref="Unwatch"/> or 2 minutes without a renewal.</summary>
    [Alias("Watch")]
    Task Watch(ITerritoryObserver observer);

    /// <summary>Ends <see cref="Watch"/>.</summary>
    [Alias("Unwatch")]
    Task Unwatch(ITerritoryObserver observer);
}

/// <summary>A commune: the sum of its sectors. Keyed by INSEE code.</summary>
[Alias("grid.ICommuneGrain"), RequiresRight(Right.Internal)]
public interface ICommuneGrain : ITerritoryGrain
{
    /// <summary>The figures that were given to history last, or would have been if they had changed; null before the first look, and without devices.</summary>
    [Alias("GetSample"), AlwaysInterleave]
    ValueTask<FigureSample?> GetSample();
}

/// <summary>Figures as of a look at them.</summary>
/// <param name="At">When (UTC): what history has of them carries this instant, where it had changed.</param>
/// <param name="Summary">The figures.</param>
[GenerateSerializer, Immutable, Alias("grid.FigureSample")]
public sealed record FigureSample([property: Id(0)] DateTimeOffset At, [property: Id(1)] TerritorySummary Summary);

/// <summary>
/// An EPCI, a syndicate or a department: the sum of its member communes, each counted for the kinds and dates of its membership.
/// Keyed by SIREN code, or <c>department:29</c>.
/// </summary>
[Alias("grid.IBodyGrain"), RequiresRight(Right.Internal)]
public interface IBodyGrain : ITerritoryGrain;

/// <summary>One a gateway process: is told new figures of a territory.</summary>
[Alias("grid.ITerritoryObserver"), RequiresRight(Right.Internal)]
public interface ITerritoryObserver : IGrainObserver
{
    /// <summary>New figures; an older one never follows a newer one of the same activation.</summary>
    [Alias("OnSummary"), OneWay]
    Task OnSummary(TerritorySummary summary);
}

/// <summary>A territory's sum, replaced as a whole and versioned by the sectors in it.</summary>
[GenerateSerializer, Immutable, Alias("grid.TerritoryPartial")]
public sealed record TerritoryPartial
{
    /// <summary>The territory's key: INSEE code, SIREN code or <c>department:29</c>.</summary>
    [Id(0)] public required string Territory { get; init; }

    /// <summary>The sectors in it, ordered by name (ordinal). A sum replaces another when no sector of it is older.</summary>
    [Id(1)] public required ImmutableArray<SectorVersion> Versions { get; init; }

    /// <summary>Reception time of the newest entry in it.</summary>
    [Id(2)] public required DateTimeOffset AsOf { get; init; }

    /// <summary>The sums.</summary>
    [Id(3)] public required TerritoryFigures Figures { get; init; }

    /// <summary>True while a sector in it has not read its log since its start: what it says is of then, and no figure for history.</summary>
    [Id(4)] public bool IsBehind { get; init; }
}

/// <summary>Figures of a territory as they are shown: thousandths held as integers.</summary>
[GenerateSerializer, Immutable, Alias("grid.TerritorySummary")]
public sealed record TerritorySummary
{
    /// <summary>Scope, such as <c>commune:29019</c>, <c>syndicate:999000029</c>, <c>department:29</c>.</summary>
    [Id(0)] public required string Scope { get; init; }

    /// <summary>The territory's name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The sectors in it, ordered by name (ordinal).</summary>
    [Id(2)] public required ImmutableArray<SectorVersion> Versions { get; init; }

    /// <summary>Reception time of the newest entry in it.</summary>
    [Id(3)] public required DateTimeOffset AsOf { get; init; }

    /// <summary>The local day of the amounts, in days since 1970-01-01.</summary>
    [Id(4)] public required int Today { get; init; }

    /// <summary>Member communes counted, null for a commune.</summary>
    [Id(5)] public int? Communes { get; init; }

    /// <summary>The sums.</summary>
    [Id(6)] public required TerritoryFigures Figures { get; init; }

    /// <summary>More alarms come than an operator can take in: begins above 10 in 10 minutes, ends below 5.</summary>
    [Id(7)] public bool IsAlarmFlood { get; init; }
}

/// <summary>Names of the streams that carry sums upwards. Streams are hints: state is the truth.</summary>
public static class RollUpStreams
{
    /// <summary>The stream provider.</summary>
    public const string Provider = "roll-up";

    /// <summary>Partial sums of sectors, keyed by the commune's INSEE code (<see cref="SectorPartial"/>).</summary>
    public const string Sectors = "grid.sectors";

    /// <summary>Sums of communes, keyed by the body's key (<see cref="TerritoryPartial"/>).</summary>
    public const string Communes = "grid.communes";
}

/// <summary>Kinds of body.</summary>
public enum BodyKind : byte
{
    /// <summary>Intercommunality with its own taxation.</summary>
    Epci = 0,

    /// <summary>Syndicate of communes for one or more trades.</summary>
    Syndicate = 1,

    /// <summary>Department.</summary>
    Department = 2,
}

/// <summary>A body to which communes belong.</summary>
/// <param name="Siren">SIREN code, 9 digits.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
public sealed record Body(string Siren, string Name, BodyKind Kind);

/// <summary>
/// A commune belongs to a body for some kinds of device and some time. The one table that roll-up, rights and cost shares read.
/// </summary>
/// <param name="Commune">INSEE code.</param>
/// <param name="Body">SIREN code of the body.</param>
/// <param name="Kinds">The device kinds that the body is competent for there.</param>
/// <param name="From">First local day, null for always.</param>
/// <param name="To">Last local day, inclusive, null for ever.</param>
public sealed record Membership(string Commune, string Body, DeviceKinds Kinds, DateOnly? From, DateOnly? To)
{
    /// <summary>True on a local day within it.</summary>
    public bool HoldsOn(DateOnly day) => (From is null || day >= From) && (To is null || day <= To);
}

/// <summary>A commune of the country.</summary>
/// <param name="InseeCode">INSEE code, 5 characters.</param>
/// <param name="Name">Its name.</param>
/// <param name="Department">Department code.</param>
/// <param name="EpciSiren">SIREN code of its EPCI, null when it belongs to none.</param>
/// <param name="Population">Inhabitants.</param>
/// <param name="Longitude">Degrees, WGS 84.</param>
/// <param name="Latitude">Degrees, WGS 84.</param>
/// <param name="IsApproximate">True when the position was estimated from its neighbours.</param>
public sealed record Commune(
    string InseeCode,
    string Name,
    string Department,
    string? EpciSiren,
    int Population,
    double Longitude,
    double Latitude,
    bool IsApproximate);

/// <summary>A department.</summary>
/// <param name="Code">Its code, such as <c>29</c> or <c>2A</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="ZoneId">IANA zone of its local days.</param>
public sealed record Department(string Code, string Name, string ZoneId);

/// <summary>The country's communes: reference data, the same in every process.</summary>
public interface ITerritoryTable
{
    /// <summary>Every commune, by INSEE code.</summary>
    ImmutableArray<Commune> Communes { get; }

    /// <summary>Every department, by code.</summary>
    ImmutableArray<Department> Departments { get; }

    /// <summary>Every EPCI as a body, by SIREN code.</summary>
    ImmutableArray<Body> Epcis { get; }

    /// <summary>The commune, null when unknown.</summary>
    Commune? FindCommune(string inseeCode);

    /// <summary>The department, null when unknown.</summary>
    Department? FindDepartment(string code);

    /// <summary>The communes of a department, by INSEE code; empty when unknown.</summary>
    ImmutableArray<Commune> CommunesOf(string department);
}
