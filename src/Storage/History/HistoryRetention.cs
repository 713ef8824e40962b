using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Storage.History;

/// <summary>
/// Deletes what the policy keeps no longer: a file whose every series is past, else the series that are past out of it. Raw points go by the day, roll-ups by
/// the month in which they were observed. On the thread that changes runs.
/// </summary>
internal sealed class HistoryRetention(HistoryCore core, HistoryCompactor compactor)
{
    private const string CoursePast = "course;";

    public HistorySweep Sweep(HistoryPolicy policy, DateTimeOffset now)
    {
        var today = Days.Of(now);
        MarkRaw(policy, today);
        var (series, days) = (0L, 0L);

        // One resolution after the other: closing a day makes files of roll-ups.
        foreach (var file in Enum.GetValues<HistoryResolution>().SelectMany(resolution => core.Shelf.All.Where(file => file.Period.Resolution == resolution).ToArray()))
        {
            var resolution = file.Period.Resolution;
            if (file.Period.LastDay < FirstKept(today, Longest(policy, resolution)))
            {
                CloseFirst(file);
                core.Shelf.Delete(file);
                days += file.Period.LastDay - file.Period.FirstDay + 1;
                continue;
            }

            var past = PastRules(policy, today, file.Period);
            if (past.Length > 0 && past != file.Swept)
            {
                if (resolution == HistoryResolution.Raw && IsPastCourse(policy, today, file) && !file.Swept.Contains(CoursePast, StringComparison.Ordinal))
                {
                    compactor.Close(file, dropsCourse: true);
                }

                CloseFirst(file);
                series += compactor.Filter(file, (of, day) => EndOfStep(resolution, day) >= FirstKept(today, KeepOf(policy, of, resolution)));
                file.Swept = past;
                core.Catalog.Write(() => core.Shelf.PutMark(file));
            }
        }

        return new HistorySweep(series, days);
    }

    public List<OldestKept> OldestKept()
    {
        var found = new Dictionary<(int Kind, HistoryResolution Resolution), int>();
        foreach (var file in core.Shelf.All)
        {
            // Files come by time: the first that has a kind has its oldest day.
            using var session = core.Sessions.RentReader(file);
            foreach (var run in session?.Transact(file.ReadRoot).Runs ?? [])
            {
                for (var kind = 0; kind < RunInfo.Kinds; kind++)
                {
                    var key = (kind, file.Period.Resolution);
                    if (run.FirstDays[kind] is var day and >= 0 && (!found.TryGetValue(key, out var known) || day < known))
                    {
                        found[key] = day;
                    }
                }
            }
        }

        return [.. found.OrderBy(pair => pair.Key.Resolution).ThenBy(pair => pair.Key.Kind).Select(pair => new OldestKept(
            pair.Key.Kind == RunInfo.Kinds - 1 ? null : (DeviceKind)pair.Key.Kind, pair.Key.Resolution, HistoryPeriod.DateOf(pair.Value)))];
    }

    private static bool IsPastCourse(HistoryPolicy policy, int today, HistoryFile file) => file.Period.LastDay < FirstKept(today, policy.CourseDays);

    private static int FirstKept(int today, int days) => today - days;

    private static int Longest(HistoryPolicy policy, HistoryResolution resolution) =>
        policy.Rules.Select(rule => rule.Keep.For(resolution)).Append(policy.Default.For(resolution)).Max();

    private static int KeepOf(HistoryPolicy policy, SeriesInfo? series, HistoryResolution resolution)
    {
        var subject = series?.Subject ?? HistoryCore.Unknown;
        return policy.For(subject.Kind, subject.Commune, subject.Subscriber is not null).For(resolution);
    }

    /// <summary>The last day that is deleted together with a day.</summary>
    private static int EndOfStep(HistoryResolution resolution, int day) =>
        resolution == HistoryResolution.Raw ? day : HistoryPeriod.Of(HistoryResolution.QuarterHour, day).LastDay;

    /// <summary>Which rules have run out for which months of a file: when that is what it was, the file need not be read.</summary>
    private static string PastRules(HistoryPolicy policy, int today, HistoryPeriod period)
    {
        var resolution = period.Resolution;
        return (resolution == HistoryResolution.Raw && period.LastDay < FirstKept(today, policy.CourseDays) ? CoursePast : "") + string.Join(';', policy.Rules
            .Select(rule => (Name: HistoryCore.RuleName(rule.Kind, rule.Commune), Days: rule.Keep.For(resolution)))
            .Append((Name: "default", Days: policy.Default.For(resolution)))
            .Append((Name: HistoryCore.PersonalName, Days: (policy.Personal ?? policy.Default).For(resolution)))
            .Select(rule => (rule.Name, Steps: PastSteps(period, today - rule.Days)))
            .Where(rule => rule.Steps > 0)
            .Select(rule => $"{rule.Name}={rule.Steps}"));
    }

    private static int PastSteps(HistoryPeriod period, int firstKept)
    {
        var steps = 0;
        for (var day = period.FirstDay; day <= period.LastDay; day = EndOfStep(period.Resolution, day) + 1)
        {
            steps += EndOfStep(period.Resolution, day) < firstKept ? 1 : 0;
        }

        return steps;
    }

    /// <summary>Keeps how far raw points are deleted, before they are: later ones of those days are not taken, since they would replace the roll-ups of all.</summary>
    private void MarkRaw(HistoryPolicy policy, int today)
    {
        var swept = new Dictionary<string, int>(core.Swept, StringComparer.Ordinal);
        foreach (var kind in Enum.GetValues<DeviceKind>().Select(kind => (DeviceKind?)kind).Append(null))
        {
            Mark(swept, HistoryCore.RuleName(kind, null), today - policy.For(kind, null, isPersonal: false).RawDays);
        }

        foreach (var rule in policy.Rules.Where(rule => rule.Commune is not null))
        {
            if (!swept.ContainsKey(HistoryCore.RuleName(rule.Kind, rule.Commune)) && core.Swept.TryGetValue(HistoryCore.RuleName(rule.Kind, null), out var before))
            {
                Mark(swept, HistoryCore.RuleName(rule.Kind, rule.Commune), before);
            }

            Mark(swept, HistoryCore.RuleName(rule.Kind, rule.Commune), today - rule.Keep.RawDays);
        }

        if (policy.Personal is { } personal)
        {
            Mark(swept, HistoryCore.PersonalName, today - personal.RawDays);
        }

        core.Catalog.Write(() => core.Catalog.Put(state => state with { Swept = state.Swept.SetItems(swept) }));
        core.SetSwept(swept);
    }

    private static void Mark(Dictionary<string, int> swept, string rule, int day) =>
        swept[rule] = Math.Max(day, swept.GetValueOrDefault(rule, int.MinValue));

    /// <summary>Rolls a day up before its points go.</summary>
    private void CloseFirst(HistoryFile file)
    {
        if (file.Period.Resolution == HistoryResolution.Raw && !file.IsRolled)
        {
            compactor.Close(file);
        }
    }
}
