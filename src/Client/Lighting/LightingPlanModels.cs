using System.Text.Json.Serialization;
using Grid.Contracts.Lighting;

namespace Grid.Client.Lighting;

/// <summary>A lighting plan as GET shows it.</summary>
public sealed record LightingPlanModel
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Grows by one with each change of what lights do.</summary>
    public required long Version { get; init; }

    /// <summary>When it was changed last, its assignments included.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The decision that it carries out, null while there is none.</summary>
    public required DecisionModel? Decision { get; init; }

    /// <summary>What the hours of the law depend on, null when no category was given.</summary>
    public required InstallationModel? Installation { get; init; }

    /// <summary>Control programs by name.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<SwitchPointModel>> Programs { get; init; }

    /// <summary>Which program on which night.</summary>
    public required IReadOnlyList<CalendarModel> Calendar { get; init; }

    /// <summary>Levels for a time.</summary>
    public required IReadOnlyList<OverrideModel> Overrides { get; init; }

    /// <summary>Times in which the programs do not count.</summary>
    public required IReadOnlyList<PauseModel> Pauses { get; init; }

    /// <summary>What it is assigned to.</summary>
    public required IReadOnlyList<AssignmentModel> Assignments { get; init; }

    /// <summary>What the law's hours do not allow within a year from the last change, each kind once.</summary>
    public required IReadOnlyList<PlanWarningModel> Warnings { get; init; }

    /// <summary>The controllers under it by how far they are, those under none left out; null in the answer to a change, which they do not know yet.</summary>
    public IReadOnlyDictionary<string, int>? Controllers { get; init; }
}

/// <summary>The decision that a plan carries out.</summary>
public sealed record DecisionModel(string Reference, DateOnly Date);

/// <summary>Category of the arrêté of 27 December 2018, and the hours of the activity, local <c>HH:mm</c>.</summary>
public sealed record InstallationModel(InstallationCategory Category, string? ActivityFrom, string? ActivityTo);

/// <summary>From when on which level.</summary>
public sealed record SwitchPointModel(string At, double Percent, int RampSeconds);

/// <summary>A program and its nights.</summary>
public sealed record CalendarModel(string When, string Program, int Priority);

/// <summary>A level for a time.</summary>
public sealed record OverrideModel(string From, string To, double Percent, string Reason, string? Commune);

/// <summary>A time in which the programs do not count.</summary>
public sealed record PauseModel(string From, string To, PauseCause Cause, string? Note, string? Commune);

/// <summary>What a plan is assigned to: one of commune, syndicate (any body), cabinet and ids.</summary>
public sealed record AssignmentModel(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Commune,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Syndicate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Cabinet,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Ids,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Group);

/// <summary>What the law's hours do not allow.</summary>
public sealed record PlanWarningModel(string Article, string Message, DateTimeOffset From, DateTimeOffset To);

/// <summary>A plan in a list.</summary>
public sealed record LightingPlanItem(string Id, string Name, long Version, DecisionModel? Decision, IReadOnlyList<AssignmentModel> Assignments);

/// <summary>A page of plans.</summary>
public sealed record LightingPlanPage(IReadOnlyList<LightingPlanItem> Items, string? NextCursor);

/// <summary>A night under a plan.</summary>
public sealed record PreviewModel
{
    /// <summary>The plan.</summary>
    public required string Plan { get; init; }

    /// <summary>Its version.</summary>
    public required long Version { get; init; }

    /// <summary>By which assignment a device is under it; left out for a commune.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AssignedBy { get; init; }

    /// <summary>INSEE code of the commune.</summary>
    public required string Commune { get; init; }

    /// <summary>The date of the evening.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>IANA zone of the clock there.</summary>
    public required string Zone { get; init; }

    /// <summary>The program of the night.</summary>
    public required string Program { get; init; }

    /// <summary>Beginning of the night: local noon.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Its end, exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Sunset.</summary>
    public required DateTimeOffset Sunset { get; init; }

    /// <summary>End of civil twilight.</summary>
    public required DateTimeOffset CivilDusk { get; init; }

    /// <summary>Beginning of civil twilight.</summary>
    public required DateTimeOffset CivilDawn { get; init; }

    /// <summary>Sunrise.</summary>
    public required DateTimeOffset Sunrise { get; init; }

    /// <summary>The switch points, by time; dark before the first.</summary>
    public required IReadOnlyList<PreviewPointModel> Points { get; init; }

    /// <summary>How long it is lit, in hours.</summary>
    public required double LitHours { get; init; }

    /// <summary>The same light, in hours at 100 %.</summary>
    public required double FullLightHours { get; init; }

    /// <summary>What the law's hours do not allow.</summary>
    public required IReadOnlyList<PlanWarningModel> Warnings { get; init; }
}

/// <summary>A switch point of a night: when (UTC), by the clock of the place, from and to which level, and how long that takes.</summary>
public sealed record PreviewPointModel(DateTimeOffset At, string Local, double FromPercent, double Percent, double RampSeconds);

/// <summary>A plan as PUT takes it.</summary>
public sealed record LightingPlanInput(
    string? Name,
    DecisionInput? Decision,
    InstallationInput? Installation,
    Dictionary<string, List<SwitchPointInput?>?>? Programs,
    List<CalendarInput?>? Calendar,
    List<OverrideInput?>? Overrides,
    List<PauseInput?>? Pauses);

/// <summary>A decision as PUT takes it.</summary>
public sealed record DecisionInput(string? Reference, DateOnly? Date);

/// <summary>An installation as PUT takes it.</summary>
public sealed record InstallationInput(InstallationCategory? Category, string? ActivityFrom, string? ActivityTo);

/// <summary>A switch point as PUT takes it.</summary>
public sealed record SwitchPointInput(string? At, double? Percent, int? RampSeconds);

/// <summary>A calendar entry as PUT takes it; priority 0 when none is given.</summary>
public sealed record CalendarInput(string? When, string? Program, int? Priority);

/// <summary>An override as PUT takes it.</summary>
public sealed record OverrideInput(string? From, string? To, double? Percent, string? Reason, string? Commune);

/// <summary>A pause as PUT takes it.</summary>
public sealed record PauseInput(string? From, string? To, PauseCause? Cause, string? Note, string? Commune);
