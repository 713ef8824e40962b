using System.Collections.Immutable;
using Grid.Contracts.Territories;

namespace Grid.Client.Territories;

/// <summary>The figures of several territories that share no device, as one. Each counts for its own local day.</summary>
public static class SummaryAddition
{
    /// <summary>The sum, under a scope of its own.</summary>
    public static TerritorySummary Add(string scope, string name, IReadOnlyCollection<TerritorySummary> parts)
    {
        var today = parts.Count == 0 ? 0 : parts.Max(part => part.Today);
        return new()
        {
            Scope = scope,
            Name = name,
            Versions = [.. parts.SelectMany(part => part.Versions).OrderBy(version => version.Sector, StringComparer.Ordinal)],
            AsOf = parts.Count == 0 ? default : parts.Max(part => part.AsOf),
            Today = today,
            Communes = parts.Sum(part => part.Communes ?? 1),
            IsAlarmFlood = parts.Any(part => part.IsAlarmFlood),
            Figures = new()
            {
                Kinds =
                [
                    .. parts.SelectMany(part => part.Figures.Kinds.Select(figures => (part.Today, Figures: figures)))
                        .GroupBy(item => item.Figures.Kind).OrderBy(group => group.Key)
                        .Select(group => Add(today, [.. group])),
                ],
            },
        };
    }

    private static KindFigures Add(int today, IReadOnlyList<(int Today, KindFigures Figures)> parts) => new()
    {
        Kind = parts[0].Figures.Kind,
        Total = parts.Sum(part => part.Figures.Total),
        ByStatus = AddItems(parts.Select(part => part.Figures.ByStatus)),
        LightsOn = parts.Sum(part => part.Figures.LightsOn),
        LightsOff = parts.Sum(part => part.Figures.LightsOff),
        LightsFailed = parts.Sum(part => part.Figures.LightsFailed),
        PowerMilliwatts = parts.Sum(part => part.Figures.PowerMilliwatts),
        FlowMillilitresPerHour = parts.Sum(part => part.Figures.FlowMillilitresPerHour),
        LeakSuspects = parts.Sum(part => part.Figures.LeakSuspects),
        ComfortBreaches = parts.Sum(part => part.Figures.ComfortBreaches),
        Over80Percent = parts.Sum(part => part.Figures.Over80Percent),
        Overflowing = parts.Sum(part => part.Figures.Overflowing),
        Fires = parts.Sum(part => part.Figures.Fires),
        AlarmsUnacknowledged = parts.Sum(part => part.Figures.AlarmsUnacknowledged),
        AlarmsAcknowledged = parts.Sum(part => part.Figures.AlarmsAcknowledged),
        AlarmsShelved = parts.Sum(part => part.Figures.AlarmsShelved),
        ByLocalLevel = AddItems(parts.Select(part => part.Figures.ByLocalLevel)),
        Counting = parts.Sum(part => part.Figures.Counting),
        Days = [new(today, parts.Sum(part => part.Figures.Days.Where(day => day.Day == part.Today).Sum(day => day.Amount)), parts.Sum(part => part.Figures.Days.Where(day => day.Day == part.Today).Sum(day => day.FromMidnight)))],
        SavedDays = [new(today, parts.Sum(part => part.Figures.SavedDays.Where(day => day.Day == part.Today).Sum(day => day.Amount)))],
    };

    private static ImmutableArray<long> AddItems(IEnumerable<ImmutableArray<long>> lists)
    {
        var all = lists.ToArray();
        return [.. Enumerable.Range(0, all.Max(list => list.Length)).Select(index => all.Sum(list => index < list.Length ? list[index] : 0))];
    }
}
