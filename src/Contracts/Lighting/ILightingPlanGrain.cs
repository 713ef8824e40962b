using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Lighting;

/// <summary>A lighting plan, with the places that it is assigned to. Keyed by the plan's id.</summary>
[Alias("grid.ILightingPlanGrain"), RequiresRight(Right.Internal)]
public interface ILightingPlanGrain : IGrainWithStringKey
{
    /// <summary>Creates or replaces the plan; its assignments stay. Persisted when answered. The same plan again is no new version.</summary>
    [Alias("Put")]
    Task<PlanAnswer> Put(LightingPlan plan);

    /// <summary>Replaces the assignments. Persisted when answered. Refused where another plan is assigned to the same.</summary>
    [Alias("Assign")]
    Task<PlanAnswer> Assign(ImmutableArray<PlanAssignment> assignments);

    /// <summary>Removes the plan and its assignments, for good when answered; false when there is none.</summary>
    [Alias("Delete")]
    Task<bool> Delete();

    /// <summary>The plan as it is persisted, null when there is none. Answers while a change is under way.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<PlanView?> Get();

    /// <summary>What a light does under this plan in a commune, in the night that begins on a date; null when there is no such plan.</summary>
    /// <param name="commune">INSEE code of a commune that is known.</param>
    /// <param name="date">The date of the evening.</param>
    /// <param name="minimumPercent">The light's safety minimum from sunset to sunrise, 0 to 100; 0 for none.</param>
    [Alias("Preview"), AlwaysInterleave]
    ValueTask<PlanPreview?> Preview(string commune, DateOnly date, double minimumPercent);
}

/// <summary>Which plans there are, and what each is assigned to. One for all, keyed <see cref="Key"/>.</summary>
[Alias("grid.ILightingDirectoryGrain"), RequiresRight(Right.Internal)]
public interface ILightingDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The key of the one directory.</summary>
    const string Key = "plans";

    /// <summary>Most plans there may be.</summary>
    const int MaximumPlans = 2_000;

    /// <summary>
    /// Before a plan is written: notes that it may change and takes its assignments, persisted when answered. The faults say where another plan is assigned
    /// to the same, or that there are too many plans; then nothing was taken.
    /// </summary>
    [Alias("Begin")]
    Task<ImmutableArray<PlanFault>> Begin(string plan, ImmutableArray<PlanAssignment> assignments);

    /// <summary>After a plan was written, or was not: what it is now; null when there is none of that id any more.</summary>
    [Alias("Complete")]
    Task Complete(string plan, PlanSummary? summary);

    /// <summary>Plans by id (ordinal), after an id, at most that many. Asks the plans whose change was interrupted.</summary>
    [Alias("List")]
    ValueTask<ImmutableArray<PlanSummary>> List(string? after, int limit);

    /// <summary>The plan that a light or a cabinet is under on a date; null when it is under none.</summary>
    [Alias("Resolve")]
    ValueTask<PlanChoice?> Resolve(PlanTarget target, DateOnly date);

    /// <summary>The same for many devices of one commune, in their order.</summary>
    [Alias("ResolveAll")]
    ValueTask<ImmutableArray<PlanChoice?>> ResolveAll(ImmutableArray<PlanTarget> targets, DateOnly date);

    /// <summary>Who is competent where has changed: which plan a device is under may have.</summary>
    [Alias("Renew")]
    Task Renew();

    /// <summary>Grows whenever a plan or its assignments may have changed; 0 before the first plan of all.</summary>
    [Alias("GetRevision"), AlwaysInterleave]
    ValueTask<long> GetRevision();
}

/// <summary>What chooses the plan of a light or a cabinet.</summary>
[GenerateSerializer, Immutable, Alias("grid.PlanTarget")]
public sealed record PlanTarget
{
    /// <summary>Its key.</summary>
    [Id(0)] public required string Device { get; init; }

    /// <summary>Its trade.</summary>
    [Id(1)] public required DeviceKind Kind { get; init; }

    /// <summary>INSEE code of its commune.</summary>
    [Id(2)] public required string Commune { get; init; }

    /// <summary>Its cabinet, itself when it is one; null when unknown.</summary>
    [Id(3)] public string? Cabinet { get; init; }

    /// <summary>Its attribute <c>group</c>.</summary>
    [Id(4)] public string? Group { get; init; }

    /// <summary>What chooses the plan of a cabinet or a light point that is registered.</summary>
    public static PlanTarget Of(DeviceDescriptor device) => new()
    {
        Device = device.Id,
        Kind = device.Kind,
        Commune = device.Commune,
        Cabinet = device.Kind == DeviceKind.Cabinet ? device.Id : device.FedBy(),
        Group = device.Text("group"),
    };
}

/// <summary>The plan of a device, and by what it has it.</summary>
/// <param name="Plan">The plan's id.</param>
/// <param name="By">The assignment, such as <c>commune:29019</c> or <c>cabinet:A1</c>.</param>
[GenerateSerializer, Immutable, Alias("grid.PlanChoice")]
public sealed record PlanChoice([property: Id(0)] string Plan, [property: Id(1)] string By);

/// <summary>A field of a plan that is wrong, and why.</summary>
/// <param name="Field">The field, such as <c>programs.night[1].at</c>.</param>
/// <param name="Reason">Why, for people.</param>
[GenerateSerializer, Immutable, Alias("grid.PlanFault")]
public readonly record struct PlanFault([property: Id(0)] string Field, [property: Id(1)] string Reason);

/// <summary>Answer to a change of a plan.</summary>
[GenerateSerializer, Immutable, Alias("grid.PlanAnswer")]
public sealed record PlanAnswer
{
    /// <summary>What is wrong; empty when it was taken.</summary>
    [Id(0)] public ImmutableArray<PlanFault> Faults { get; init; } = [];

    /// <summary>True when the plan did not exist before.</summary>
    [Id(1)] public bool IsNew { get; init; }

    /// <summary>The plan now; null when there is none.</summary>
    [Id(2)] public PlanView? View { get; init; }
}

/// <summary>A plan as it is persisted.</summary>
[GenerateSerializer, Immutable, Alias("grid.PlanView")]
public sealed record PlanView
{
    /// <summary>The plan's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Grows by one with each change of what lights do; controllers acknowledge it.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>When it was changed last.</summary>
    [Id(2)] public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The plan.</summary>
    [Id(3)] public required LightingPlan Plan { get; init; }

    /// <summary>What it is assigned to.</summary>
    [Id(4)] public required ImmutableArray<PlanAssignment> Assignments { get; init; }

    /// <summary>
    /// What the law's hours do not allow on the 21st of the twelve months from its last change on, in its first assigned commune, or in Paris: each kind
    /// once.
    /// </summary>
    [Id(5)] public required ImmutableArray<PlanWarning> Warnings { get; init; }
}

/// <summary>A plan in a list.</summary>
[GenerateSerializer, Immutable, Alias("grid.PlanSummary")]
public sealed record PlanSummary
{
    /// <summary>The plan's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Its version.</summary>
    [Id(2)] public required long Version { get; init; }

    /// <summary>The decision that it carries out.</summary>
    [Id(3)] public PlanDecision? Decision { get; init; }

    /// <summary>What it is assigned to.</summary>
    [Id(4)] public required ImmutableArray<PlanAssignment> Assignments { get; init; }
}

/// <summary>
/// What a plan is assigned to: exactly one of commune, body, cabinet and devices. For one light the most particular counts: its own key, then its cabinet, then its
/// group in the commune, the commune, its group in a body, a body; among bodies the one with the lowest SIREN code.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.PlanAssignment")]
public sealed record PlanAssignment
{
    /// <summary>INSEE code of a commune.</summary>
    [Id(0)] public string? Commune { get; init; }

    /// <summary>SIREN code of a body, for all its members.</summary>
    [Id(1)] public string? Syndicate { get; init; }

    /// <summary>Key of a cabinet, for all that it feeds.</summary>
    [Id(2)] public string? Cabinet { get; init; }

    /// <summary>Keys of cabinets and light points.</summary>
    [Id(3)] public ImmutableArray<string> Ids { get; init; } = [];

    /// <summary>With a commune or a body: only devices whose attribute <c>group</c> is this.</summary>
    [Id(4)] public string? Group { get; init; }
}

/// <summary>A plan's night does what the law's hours do not allow.</summary>
/// <param name="Article">Article of the arrêté of 27 December 2018.</param>
/// <param name="Message">What, for people.</param>
/// <param name="From">From when.</param>
/// <param name="To">Until when.</param>
[GenerateSerializer, Immutable, Alias("grid.PlanWarning")]
public sealed record PlanWarning(
    [property: Id(0)] string Article, [property: Id(1)] string Message, [property: Id(2)] DateTimeOffset From, [property: Id(3)] DateTimeOffset To);

/// <summary>A night under a plan at a place. Instants carry the offset of the place's clock.</summary>
[GenerateSerializer, Immutable, Alias("grid.PlanPreview")]
public sealed record PlanPreview
{
    /// <summary>The plan's version.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>The program of the night.</summary>
    [Id(1)] public required string Program { get; init; }

    /// <summary>IANA zone of the place.</summary>
    [Id(2)] public required string ZoneId { get; init; }

    /// <summary>Beginning of the night: noon of its date.</summary>
    [Id(3)] public required DateTimeOffset Start { get; init; }

    /// <summary>Its end: noon of the day after, exclusive.</summary>
    [Id(4)] public required DateTimeOffset End { get; init; }

    /// <summary>Sunset; the beginning of the night where the sun does not rise, solar midnight where it does not set.</summary>
    [Id(5)] public required DateTimeOffset Sunset { get; init; }

    /// <summary>End of civil twilight.</summary>
    [Id(6)] public required DateTimeOffset CivilDusk { get; init; }

    /// <summary>Beginning of civil twilight.</summary>
    [Id(7)] public required DateTimeOffset CivilDawn { get; init; }

    /// <summary>Sunrise; the end of the night where the sun does not rise, solar midnight where it does not set.</summary>
    [Id(8)] public required DateTimeOffset Sunrise { get; init; }

    /// <summary>The switch points, by time; dark before the first.</summary>
    [Id(9)] public required ImmutableArray<PreviewPoint> Points { get; init; }

    /// <summary>How long it is lit.</summary>
    [Id(10)] public required TimeSpan Lit { get; init; }

    /// <summary>The same light, as a time at 100 %.</summary>
    [Id(11)] public required TimeSpan FullLight { get; init; }

    /// <summary>What the law's hours do not allow.</summary>
    [Id(12)] public required ImmutableArray<PlanWarning> Warnings { get; init; }
}

/// <summary>A switch point of a night.</summary>
/// <param name="At">When.</param>
/// <param name="FromPercent">The level that it starts from.</param>
/// <param name="Percent">The level that it goes to.</param>
/// <param name="RampSeconds">How long it takes.</param>
[GenerateSerializer, Immutable, Alias("grid.PreviewPoint")]
public readonly record struct PreviewPoint(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] double FromPercent, [property: Id(2)] double Percent, [property: Id(3)] double RampSeconds);
