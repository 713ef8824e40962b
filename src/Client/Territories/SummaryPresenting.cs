using System.Collections.Frozen;
using Grid.Client.Json;
using Grid.Client.Live;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Client.Territories;

/// <summary>From a territory's sums to what is shown.</summary>
public static class SummaryPresenting
{
    /// <summary>The figures as they are shown, with the cursor of a Watch without options.</summary>
    public static SummaryModel Present(TerritorySummary summary) => Present(summary, LiveCursor.Encode(WatchFilter.Default.HashFor(summary.Scope), summary.Versions));

    /// <summary>The figures as they are shown, with a cursor.</summary>
    public static SummaryModel Present(TerritorySummary summary, string cursor)
    {
        var kinds = summary.Figures.Kinds.ToFrozenDictionary(figures => figures.Kind);
        KindFigures Of(DeviceKind kind) => kinds.TryGetValue(kind, out var figures) ? figures : new() { Kind = kind, Total = 0, ByStatus = [] };
        var lights = Of(DeviceKind.Streetlight);
        var meters = Of(DeviceKind.Meter);
        var buildings = Of(DeviceKind.Building);
        var bins = Of(DeviceKind.Bin);
        var statuses = Enum.GetValues<DeviceStatus>().ToDictionary(status => status, status => summary.Figures.Kinds.Sum(figures => Item(figures.ByStatus, (int)status)));
        var total = summary.Figures.Kinds.Sum(figures => figures.Total);
        return new()
        {
            Scope = summary.Scope,
            Name = summary.Name,
            Cursor = cursor,
            AsOf = summary.AsOf == default ? null : summary.AsOf,
            CoveragePercent = Percent.Of(total - statuses[DeviceStatus.Unknown] - statuses[DeviceStatus.Silent], total),
            Communes = summary.Communes,
            Devices = new(
                total,
                Enum.GetValues<DeviceKind>().ToDictionary(Words<DeviceKind>.Of, kind => Of(kind).Total),
                statuses.ToDictionary(pair => Words<DeviceStatus>.Of(pair.Key), pair => pair.Value)),
            Lighting = new(lights.LightsOn, lights.LightsOff, lights.LightsFailed, new(lights.PowerMilliwatts), Today(lights, summary.Today), TodayExact(lights, summary.Today), Saved(lights, summary.Today)),
            Water = new(new(meters.FlowMillilitresPerHour), Today(meters, summary.Today), TodayExact(meters, summary.Today), meters.LeakSuspects),
            Buildings = new(new(buildings.PowerMilliwatts), Today(buildings, summary.Today), TodayExact(buildings, summary.Today), buildings.ComfortBreaches),
            Bins = new(bins.Total, bins.Over80Percent, bins.Overflowing, bins.Fires),
            Environment = new(HighestLevel(Of(DeviceKind.Environment))),
            Alarms = new(
                summary.Figures.Kinds.Sum(figures => figures.AlarmsUnacknowledged),
                summary.Figures.Kinds.Sum(figures => figures.AlarmsAcknowledged),
                summary.Figures.Kinds.Sum(figures => figures.AlarmsShelved),
                summary.IsAlarmFlood),
        };
    }

    private static Thousandths Today(KindFigures figures, int today) =>
        new(figures.Days.Where(day => day.Day == today).Sum(day => day.Amount));

    private static Percent TodayExact(KindFigures figures, int today) =>
        Percent.Of(figures.Days.Where(day => day.Day == today).Sum(day => day.FromMidnight), figures.Counting);

    private static Thousandths Saved(KindFigures figures, int today) =>
        new(figures.SavedDays.Where(day => day.Day == today).Sum(day => day.Amount));

    private static int HighestLevel(KindFigures figures)
    {
        for (var level = figures.ByLocalLevel.Length - 1; level > 0; level--)
        {
            if (figures.ByLocalLevel[level] > 0)
            {
                return level;
            }
        }

        return 0;
    }

    private static long Item(System.Collections.Immutable.ImmutableArray<long> items, int index) => index < items.Length ? items[index] : 0;
}
