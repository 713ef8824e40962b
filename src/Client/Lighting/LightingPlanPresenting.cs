using System.Globalization;
using Grid.Contracts.Lighting;

namespace Grid.Client.Lighting;

/// <summary>From plans to what is shown.</summary>
internal static class LightingPlanPresenting
{
    private const string LocalForm = "yyyy-MM-dd'T'HH:mm:sszzz";

    public static LightingPlanModel Present(PlanView view) => new()
    {
        Id = view.Id,
        Name = view.Plan.Name,
        Version = view.Version,
        ChangedAt = view.ChangedAt,
        Decision = Present(view.Plan.Decision),
        Installation = view.Plan.Installation is { } installation ? new(installation.Category, installation.ActivityFrom, installation.ActivityTo) : null,
        Programs = view.Plan.Programs.ToDictionary(
            program => program.Name,
            IReadOnlyList<SwitchPointModel> (program) => [.. program.Points.Select(point => new SwitchPointModel(point.At, point.Percent, point.RampSeconds))]),
        Calendar = [.. view.Plan.Calendar.Select(entry => new CalendarModel(entry.When, entry.Program, entry.Priority))],
        Overrides = [.. view.Plan.Overrides.Select(item => new OverrideModel(item.From, item.To, item.Percent, item.Reason, item.Commune))],
        Pauses = [.. view.Plan.Pauses.Select(item => new PauseModel(item.From, item.To, item.Cause, item.Note, item.Commune))],
        Assignments = [.. view.Assignments.Select(Present)],
        Warnings = [.. view.Warnings.Select(Present)],
    };

    public static LightingPlanItem Present(PlanSummary summary) =>
        new(summary.Id, summary.Name, summary.Version, Present(summary.Decision), [.. summary.Assignments.Select(Present)]);

    public static PreviewModel Present(PlanPreview preview, string plan, string commune, DateOnly date, string? assignedBy) => new()
    {
        Plan = plan,
        Version = preview.Version,
        AssignedBy = assignedBy,
        Commune = commune,
        Date = date,
        Zone = preview.ZoneId,
        Program = preview.Program,
        From = preview.Start,
        To = preview.End,
        Sunset = preview.Sunset,
        CivilDusk = preview.CivilDusk,
        CivilDawn = preview.CivilDawn,
        Sunrise = preview.Sunrise,
        Points =
        [
            .. preview.Points.Select(point => new PreviewPointModel(
                point.At, point.At.ToString(LocalForm, CultureInfo.InvariantCulture), Math.Round(point.FromPercent, 3), point.Percent, point.RampSeconds)),
        ],
        LitHours = Math.Round(preview.Lit.TotalHours, 4),
        FullLightHours = Math.Round(preview.FullLight.TotalHours, 4),
        Warnings = [.. preview.Warnings.Select(Present)],
    };

    private static DecisionModel? Present(PlanDecision? decision) => decision is null ? null : new(decision.Reference, decision.Date);

    private static AssignmentModel Present(PlanAssignment assignment) =>
        new(assignment.Commune, assignment.Syndicate, assignment.Cabinet, assignment.Ids.IsEmpty ? null : assignment.Ids, assignment.Group);

    private static PlanWarningModel Present(PlanWarning warning) => new(warning.Article, warning.Message, warning.From, warning.To);
}
