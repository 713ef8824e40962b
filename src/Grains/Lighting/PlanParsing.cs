using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Lighting;
using Grid.Grains.Devices;

namespace Grid.Grains.Lighting;

/// <summary>Understands a plan, or says which field is wrong and why.</summary>
public static class PlanParsing
{
    /// <summary>Most programs of a plan.</summary>
    public const int MaximumPrograms = 32;

    /// <summary>Most switch points of a program.</summary>
    public const int MaximumPoints = 48;

    /// <summary>Most calendar entries of a plan.</summary>
    public const int MaximumEntries = 128;

    /// <summary>Most overrides and most pauses of a plan.</summary>
    public const int MaximumSpans = 128;

    /// <summary>Longest name, reference, reason or note.</summary>
    public const int TextLength = 200;

    private const int MaximumRampSeconds = 3_600;
    private const int MaximumPriority = 1_000;
    private const int MaximumSpanDays = 366;
    private const string LocalForm = "yyyy-MM-dd'T'HH:mm";

    /// <summary>The plan, understood; null when <paramref name="faults"/> says what is wrong.</summary>
    public static ParsedPlan? Parse(LightingPlan plan, out ImmutableArray<PlanFault> faults)
    {
        var found = ImmutableArray.CreateBuilder<PlanFault>();
        CheckText(plan.Name, "name", found);
        if (plan.Decision is { } decision)
        {
            CheckText(decision.Reference, "decision.reference", found);
        }

        CheckInstallation(plan.Installation, found);
        var programs = ParsePrograms(plan.Programs, found);
        var calendar = ParseCalendar(plan.Calendar, programs, found);
        var spans = ParsePauses(plan.Pauses, found).AddRange(ParseOverrides(plan.Overrides, found));
        faults = found.DrainToImmutable();
        return faults.Length > 0
            ? null
            : new ParsedPlan { Programs = programs.ToFrozenDictionary(StringComparer.Ordinal), Calendar = calendar, Spans = spans, Installation = plan.Installation };
    }

    private static void CheckText(string? text, string field, ImmutableArray<PlanFault>.Builder faults)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > TextLength || text.Any(char.IsControl))
        {
            faults.Add(new(field, $"must be 1 to {TextLength} characters, none of them a control character"));
        }
    }

    private static void CheckInstallation(PlanInstallation? installation, ImmutableArray<PlanFault>.Builder faults)
    {
        if (installation is null)
        {
            return;
        }

        foreach (var (field, text) in (ReadOnlySpan<(string, string?)>)[("activityFrom", installation.ActivityFrom), ("activityTo", installation.ActivityTo)])
        {
            if (text is not null && SwitchTime.ParseClock(text) is null)
            {
                faults.Add(new($"installation.{field}", "must be HH:mm"));
            }
        }

        if (installation.ActivityTo is null && NuisanceHours.NeedsActivity(installation.Category))
        {
            faults.Add(new("installation.activityTo", "is required: the hours of this category count from the end of the activity"));
        }
    }

    private static Dictionary<string, ImmutableArray<ParsedPlan.Point>> ParsePrograms(
        ImmutableArray<ControlProgram> programs, ImmutableArray<PlanFault>.Builder faults)
    {
        var parsed = new Dictionary<string, ImmutableArray<ParsedPlan.Point>>(StringComparer.Ordinal);
        if (programs.Length is 0 or > MaximumPrograms)
        {
            faults.Add(new("programs", $"must be 1 to {MaximumPrograms}"));
            return parsed;
        }

        foreach (var program in programs)
        {
            var field = $"programs.{program.Name}";
            if (!DescriptorRules.IsKey(program.Name))
            {
                faults.Add(new("programs", $"have a name that is not 1 to {DescriptorRules.IdLength} of A-Z a-z 0-9 . _ : -"));
                continue;
            }

            if (program.Points.Length is 0 or > MaximumPoints)
            {
                faults.Add(new(field, $"must have 1 to {MaximumPoints} switch points"));
            }

            var points = ImmutableArray.CreateBuilder<ParsedPlan.Point>();
            for (var index = 0; index < Math.Min(program.Points.Length, MaximumPoints); index++)
            {
                points.Add(ParsePoint(program.Points[index], string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]"), faults));
            }

            if (!parsed.TryAdd(program.Name, points.DrainToImmutable()))
            {
                faults.Add(new(field, "is given twice"));
            }
        }

        return parsed;
    }

    private static ParsedPlan.Point ParsePoint(SwitchPoint point, string field, ImmutableArray<PlanFault>.Builder faults)
    {
        var at = SwitchTime.Parse(point.At);
        if (at is null)
        {
            faults.Add(new($"{field}.at", SwitchTime.Rule));
        }

        CheckPercent(point.Percent, $"{field}.percent", faults);
        if (point.RampSeconds is < 0 or > MaximumRampSeconds)
        {
            faults.Add(new($"{field}.rampSeconds", $"must be from 0 to {MaximumRampSeconds}"));
        }

        return new ParsedPlan.Point(at ?? default, point.Percent, point.RampSeconds);
    }

    private static void CheckPercent(double percent, string field, ImmutableArray<PlanFault>.Builder faults)
    {
        if (!(percent >= 0 && percent <= 100))
        {
            faults.Add(new(field, "must be from 0 to 100"));
        }
    }

    private static ImmutableArray<ParsedPlan.Entry> ParseCalendar(
        ImmutableArray<CalendarEntry> calendar, Dictionary<string, ImmutableArray<ParsedPlan.Point>> programs, ImmutableArray<PlanFault>.Builder faults)
    {
        if (calendar.Length is 0 or > MaximumEntries)
        {
            faults.Add(new("calendar", $"must have 1 to {MaximumEntries} entries"));
            return [];
        }

        var entries = ImmutableArray.CreateBuilder<ParsedPlan.Entry>(calendar.Length);
        var isWhole = false;
        for (var index = 0; index < calendar.Length; index++)
        {
            var entry = calendar[index];
            var field = string.Create(CultureInfo.InvariantCulture, $"calendar[{index}]");
            var when = DayRule.Parse(entry.When);
            if (when is null)
            {
                faults.Add(new($"{field}.when", DayRule.Rule));
            }

            if (!programs.ContainsKey(entry.Program))
            {
                faults.Add(new($"{field}.program", "is no program of this plan"));
            }

            if (entry.Priority is < 0 or > MaximumPriority)
            {
                faults.Add(new($"{field}.priority", $"must be from 0 to {MaximumPriority}"));
            }

            // One whose text is wrong may have been meant to.
            isWhole |= when?.IsAlways ?? true;
            if (when is not null)
            {
                entries.Add(new ParsedPlan.Entry(when, entry.Program, entry.Priority));
            }
        }

        if (!isWhole)
        {
            faults.Add(new("calendar", "must have an entry with when always, so that every night has a program"));
        }

        return entries.DrainToImmutable();
    }

    private static ImmutableArray<ParsedPlan.Span> ParsePauses(ImmutableArray<PlanPause> pauses, ImmutableArray<PlanFault>.Builder faults)
    {
        var spans = ImmutableArray.CreateBuilder<ParsedPlan.Span>();
        CheckCount(pauses.Length, "pauses", faults);
        for (var index = 0; index < Math.Min(pauses.Length, MaximumSpans); index++)
        {
            var pause = pauses[index];
            var field = string.Create(CultureInfo.InvariantCulture, $"pauses[{index}]");
            if (pause.Note?.Length > TextLength)
            {
                faults.Add(new($"{field}.note", $"must be at most {TextLength} characters"));
            }

            if (ParseSpan(pause.From, pause.To, field, faults) is var (from, to))
            {
                spans.Add(new ParsedPlan.Span(from, to, 0, pause.Cause, pause.Commune));
            }
        }

        return spans.DrainToImmutable();
    }

    private static ImmutableArray<ParsedPlan.Span> ParseOverrides(ImmutableArray<PlanOverride> overrides, ImmutableArray<PlanFault>.Builder faults)
    {
        var spans = ImmutableArray.CreateBuilder<ParsedPlan.Span>();
        CheckCount(overrides.Length, "overrides", faults);
        for (var index = 0; index < Math.Min(overrides.Length, MaximumSpans); index++)
        {
            var item = overrides[index];
            var field = string.Create(CultureInfo.InvariantCulture, $"overrides[{index}]");
            CheckPercent(item.Percent, $"{field}.percent", faults);
            CheckText(item.Reason, $"{field}.reason", faults);
            if (ParseSpan(item.From, item.To, field, faults) is var (from, to))
            {
                spans.Add(new ParsedPlan.Span(from, to, item.Percent, null, item.Commune));
            }
        }

        return spans.DrainToImmutable();
    }

    private static void CheckCount(int count, string field, ImmutableArray<PlanFault>.Builder faults)
    {
        if (count > MaximumSpans)
        {
            faults.Add(new(field, $"must be at most {MaximumSpans}"));
        }
    }

    private static (DateTime From, DateTime To)? ParseSpan(string fromText, string toText, string field, ImmutableArray<PlanFault>.Builder faults)
    {
        const string Form = "must be a local time such as 2026-07-14T22:00";
        var hasFrom = DateTime.TryParseExact(fromText, LocalForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var from);
        var hasTo = DateTime.TryParseExact(toText, LocalForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var to);
        if (!hasFrom)
        {
            faults.Add(new($"{field}.from", Form));
        }

        if (!hasTo)
        {
            faults.Add(new($"{field}.to", Form));
        }

        if (!hasFrom || !hasTo)
        {
            return null;
        }

        if (to <= from || to - from > TimeSpan.FromDays(MaximumSpanDays))
        {
            faults.Add(new($"{field}.to", $"must be after from, by at most {MaximumSpanDays} days"));
            return null;
        }

        return (from, to);
    }
}
