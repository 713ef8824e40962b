using System.Collections.Immutable;
using System.Globalization;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Contracts.Lighting;

namespace Grid.Client.Lighting;

/// <summary>Between what PUT sends and a plan. Form only: what the texts mean is the plan's to judge.</summary>
internal static class LightingPlanBinding
{
    private const string Missing = "is missing";

    /// <summary>The plan, null when there are errors.</summary>
    public static LightingPlan? Bind(LightingPlanInput input, List<FieldError> errors)
    {
        var decision = BindDecision(input.Decision, errors);
        var installation = input.Installation is { } given
            ? new PlanInstallation(Needed(given.Category, "installation.category", errors, Words<InstallationCategory>.All), given.ActivityFrom, given.ActivityTo)
            : null;
        var programs = (input.Programs ?? []).OrderBy(program => program.Key, StringComparer.Ordinal).Select(program => new ControlProgram(
            program.Key,
            [
                .. Each(program.Value, $"programs.{program.Key}", errors, (point, field) => new SwitchPoint(
                    Needed(point.At, $"{field}.at", errors), Needed(point.Percent, $"{field}.percent", errors), point.RampSeconds ?? 0)),
            ])).ToImmutableArray();
        var calendar = Each(input.Calendar, "calendar", errors, (entry, field) => new CalendarEntry(
            Needed(entry.When, $"{field}.when", errors), Needed(entry.Program, $"{field}.program", errors), entry.Priority ?? 0));
        var overrides = Each(input.Overrides, "overrides", errors, (item, field) => new PlanOverride(
            Needed(item.From, $"{field}.from", errors), Needed(item.To, $"{field}.to", errors), Needed(item.Percent, $"{field}.percent", errors),
            Needed(item.Reason, $"{field}.reason", errors), item.Commune));
        var pauses = Each(input.Pauses, "pauses", errors, (item, field) => new PlanPause(
            Needed(item.From, $"{field}.from", errors), Needed(item.To, $"{field}.to", errors),
            Needed(item.Cause, $"{field}.cause", errors, Words<PauseCause>.All), item.Note, item.Commune));
        var name = Needed(input.Name, "name", errors);
        return errors.Count > 0 ? null : new LightingPlan
        {
            Name = name,
            Decision = decision,
            Installation = installation,
            Programs = programs,
            Calendar = calendar,
            Overrides = overrides,
            Pauses = pauses,
        };
    }

    /// <summary>Assignments; an absent item is an error.</summary>
    public static ImmutableArray<PlanAssignment> Bind(List<AssignmentModel?> input, List<FieldError> errors) =>
        Each(input, "", errors, (item, field) =>
        {
            if (item.Ids?.Any(id => id is null) == true)
            {
                errors.Add(new($"{field}.ids", "has an item that is null"));
            }

            return new PlanAssignment { Commune = item.Commune, Syndicate = item.Syndicate, Cabinet = item.Cabinet, Ids = [.. item.Ids ?? []], Group = item.Group };
        });

    private static PlanDecision? BindDecision(DecisionInput? input, List<FieldError> errors) => input is null
        ? null
        : new PlanDecision(Needed(input.Reference, "decision.reference", errors), Needed(input.Date, "decision.date", errors));

    private static ImmutableArray<TItem> Each<TInput, TItem>(IReadOnlyList<TInput?>? input, string field, List<FieldError> errors, Func<TInput, string, TItem> bind)
        where TInput : class
    {
        var items = ImmutableArray.CreateBuilder<TItem>(input?.Count ?? 0);
        for (var index = 0; index < input?.Count; index++)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");
            if (input[index] is { } item)
            {
                items.Add(bind(item, place));
            }
            else
            {
                errors.Add(new(place, "is null"));
            }
        }

        return items.DrainToImmutable();
    }

    private static string Needed(string? value, string field, List<FieldError> errors)
    {
        if (value is null)
        {
            errors.Add(new(field, Missing));
        }

        return value ?? "";
    }

    private static T Needed<T>(T? value, string field, List<FieldError> errors, string? words = null)
        where T : struct
    {
        if (value is null)
        {
            errors.Add(new(field, words is null ? Missing : $"{Missing}; one of {words}"));
        }

        return value ?? default;
    }
}
