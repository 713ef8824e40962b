using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Interventions;

namespace Grid.Grains.Interventions;

/// <summary>What may be asked for, whatever the order: lengths, ranges, what belongs to which action. Pure.</summary>
public static class WorkOrderChecks
{
    /// <summary>Characters of a line: a title, a contractor, a lot, the name of a part.</summary>
    public const int MaximumLine = 200;

    /// <summary>Characters of a note or a reason.</summary>
    public const int MaximumNote = 2_000;

    /// <summary>Characters of a description.</summary>
    public const int MaximumDescription = 4_000;

    /// <summary>Characters of a caller's key.</summary>
    public const int MaximumKey = 300;

    /// <summary>Parts of a repair.</summary>
    public const int MaximumParts = 50;

    /// <summary>Answers in a citizen's report.</summary>
    public const int MaximumAnswers = 20;

    private const double MaximumQuantity = 100_000;

    /// <summary>What is wrong with a request.</summary>
    public static ImmutableArray<InterventionFault> Check(WorkOrderRequest request)
    {
        var faults = ImmutableArray.CreateBuilder<InterventionFault>();
        Line("title", request.Title, faults);
        Line("by", request.By, faults);
        AtMost("description", request.Description, MaximumDescription, faults);
        AtMost("key", request.Key, MaximumKey, faults);
        AtMost("alarm", request.Alarm, MaximumLine, faults);
        if (request.Device is not null && request.Kind is null)
        {
            faults.Add(new("kind", "is missing: it is that of the device"));
        }

        if (request.Alarm is not null && request.AlarmRaisedAt is null)
        {
            faults.Add(new("alarmRaisedAt", "is missing: it is when the alarm was raised"));
        }

        if (request.Report is { } report)
        {
            Line("service", report.Service, faults);
            AtMost("address", report.Address, MaximumLine, faults);
            AtMost("mediaUrl", report.MediaUrl, MaximumNote, faults);
            if (report.Answers.Count > MaximumAnswers || report.Answers.Any(answer => answer.Key.Length > MaximumLine || answer.Value.Length > MaximumNote))
            {
                faults.Add(new("answers", string.Create(CultureInfo.InvariantCulture, $"are more than {MaximumAnswers}, or one is longer than {MaximumNote} characters")));
            }
        }

        return faults.DrainToImmutable();
    }

    /// <summary>What is wrong with an action.</summary>
    public static ImmutableArray<InterventionFault> Check(WorkOrderAction action)
    {
        var faults = ImmutableArray.CreateBuilder<InterventionFault>();
        if (action.Verb is WorkOrderVerb.Open or > WorkOrderVerb.Prioritise)
        {
            faults.Add(new("action", "is nothing that a person does to an order"));
        }

        Line("by", action.By, faults);
        AtMost("note", action.Note, MaximumNote, faults);
        AtMost("key", action.Key, MaximumKey, faults);
        if (action.Verb is WorkOrderVerb.Pause or WorkOrderVerb.Reopen or WorkOrderVerb.Cancel or WorkOrderVerb.Repair && string.IsNullOrWhiteSpace(action.Note))
        {
            faults.Add(new("note", action.Verb == WorkOrderVerb.Repair ? "is missing: say what was done" : "is missing: say why"));
        }

        if (action.Verb == WorkOrderVerb.Assign)
        {
            Line("contractor", action.Contractor, faults);
        }
        else if (action.Contractor is not null)
        {
            faults.Add(new("contractor", "belongs to the action assign only"));
        }

        if (action.Lot is not null)
        {
            if (action.Verb == WorkOrderVerb.Assign)
            {
                Line("lot", action.Lot, faults);
            }
            else
            {
                faults.Add(new("lot", "belongs to the action assign only"));
            }
        }

        if (action.Verb == WorkOrderVerb.Prioritise ? action.Priority is null : action.Priority is not null)
        {
            faults.Add(new("priority", action.Priority is null ? "is missing" : "belongs to the action prioritise only"));
        }

        Parts(action, faults);
        return faults.DrainToImmutable();
    }

    private static void Parts(WorkOrderAction action, ImmutableArray<InterventionFault>.Builder faults)
    {
        if (action.Verb != WorkOrderVerb.Repair && !action.Parts.IsEmpty)
        {
            faults.Add(new("parts", "belong to the action repair only"));
        }
        else if (action.Parts.Length > MaximumParts)
        {
            faults.Add(new("parts", string.Create(CultureInfo.InvariantCulture, $"are more than {MaximumParts}")));
        }
        else
        {
            for (var index = 0; index < action.Parts.Length; index++)
            {
                Line($"parts[{index}].name", action.Parts[index].Name, faults);
                if (action.Parts[index].Quantity is not (> 0 and <= MaximumQuantity))
                {
                    faults.Add(new($"parts[{index}].quantity", string.Create(CultureInfo.InvariantCulture, $"is not more than 0 and at most {MaximumQuantity}")));
                }
            }
        }
    }

    private static void Line(string field, string? text, ImmutableArray<InterventionFault>.Builder faults)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaximumLine || text.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0)
        {
            faults.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"is no line of 1 to {MaximumLine} characters")));
        }
    }

    private static void AtMost(string field, string? text, int maximum, ImmutableArray<InterventionFault>.Builder faults)
    {
        if (text?.Length > maximum)
        {
            faults.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"has more than {maximum} characters")));
        }
    }
}
