using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Territories;

/// <summary>A figure of a territory's summary that history keeps.</summary>
/// <param name="Name">Its path in a summary's JSON, such as <c>lighting.powerWatts</c>.</param>
/// <param name="Read">Its value, in the unit that ends its name.</param>
public sealed record FigureDefinition(string Name, Func<TerritorySummary, double> Read);

/// <summary>The figures of a summary that have a history, and how their series are named.</summary>
public static class FigureCatalog
{
    // A device's key has no slash.
    private const string SeriesPrefix = "scope/";
    private const double Thousandth = 1_000;

    /// <summary>Every figure, in a fixed order.</summary>
    public static ImmutableArray<FigureDefinition> All { get; } =
    [
        new("coveragePercent", CoveragePercent),
        new("devices.total", summary => Sum(summary, figures => figures.Total)),
        .. Enum.GetValues<DeviceKind>().Select(kind => new FigureDefinition($"devices.byKind.{Word(kind)}", summary => Of(summary, kind, figures => figures.Total))),
        .. Enum.GetValues<DeviceStatus>().Select(status => new FigureDefinition($"devices.byStatus.{Word(status)}", summary => WithStatus(summary, status))),
        new("lighting.on", summary => Of(summary, DeviceKind.Streetlight, figures => figures.LightsOn)),
        new("lighting.off", summary => Of(summary, DeviceKind.Streetlight, figures => figures.LightsOff)),
        new("lighting.failed", summary => Of(summary, DeviceKind.Streetlight, figures => figures.LightsFailed)),
        new("lighting.powerWatts", summary => Of(summary, DeviceKind.Streetlight, figures => figures.PowerMilliwatts) / Thousandth),
        new("lighting.energyTodayWattHours", summary => Today(summary, DeviceKind.Streetlight)),
        new("lighting.energyTodayExactPercent", summary => TodayExactPercent(summary, DeviceKind.Streetlight)),
        new("lighting.savedTodayWattHours", summary => Of(summary, DeviceKind.Streetlight, figures => On(figures.SavedDays, summary.Today)) / Thousandth),
        new("water.flowLitresPerHour", summary => Of(summary, DeviceKind.Meter, figures => figures.FlowMillilitresPerHour) / Thousandth),
        new("water.consumedTodayLitres", summary => Today(summary, DeviceKind.Meter)),
        new("water.consumedTodayExactPercent", summary => TodayExactPercent(summary, DeviceKind.Meter)),
        new("water.leakSuspects", summary => Of(summary, DeviceKind.Meter, figures => figures.LeakSuspects)),
        new("buildings.powerWatts", summary => Of(summary, DeviceKind.Building, figures => figures.PowerMilliwatts) / Thousandth),
        new("buildings.energyTodayWattHours", summary => Today(summary, DeviceKind.Building)),
        new("buildings.energyTodayExactPercent", summary => TodayExactPercent(summary, DeviceKind.Building)),
        new("buildings.comfortBreaches", summary => Of(summary, DeviceKind.Building, figures => figures.ComfortBreaches)),
        new("bins.total", summary => Of(summary, DeviceKind.Bin, figures => figures.Total)),
        new("bins.over80Percent", summary => Of(summary, DeviceKind.Bin, figures => figures.Over80Percent)),
        new("bins.overflowing", summary => Of(summary, DeviceKind.Bin, figures => figures.Overflowing)),
        new("bins.fires", summary => Of(summary, DeviceKind.Bin, figures => figures.Fires)),
        new("environment.localLevel", LocalLevel),
        new("alarms.unacknowledged", summary => Sum(summary, figures => figures.AlarmsUnacknowledged)),
        new("alarms.acknowledged", summary => Sum(summary, figures => figures.AlarmsAcknowledged)),
        new("alarms.shelved", summary => Sum(summary, figures => figures.AlarmsShelved)),
    ];

    /// <summary>By name.</summary>
    public static FrozenDictionary<string, FigureDefinition> ByName { get; } = All.ToFrozenDictionary(figure => figure.Name);

    /// <summary>The series of a scope's figures, such as <c>scope/commune:29019</c>.</summary>
    public static string SeriesOf(string scope) => SeriesPrefix + scope;

    /// <summary>The scope whose figures a series holds; null when the series is a device's.</summary>
    public static string? ScopeOf(string series) => series.StartsWith(SeriesPrefix, StringComparison.Ordinal) ? series[SeriesPrefix.Length..] : null;

    private static double Of(TerritorySummary summary, DeviceKind kind, Func<KindFigures, long> read)
    {
        foreach (var figures in summary.Figures.Kinds)
        {
            if (figures.Kind == kind)
            {
                return read(figures);
            }
        }

        return 0;
    }

    private static long Sum(TerritorySummary summary, Func<KindFigures, long> read)
    {
        var sum = 0L;
        foreach (var figures in summary.Figures.Kinds)
        {
            sum += read(figures);
        }

        return sum;
    }

    private static long WithStatus(TerritorySummary summary, DeviceStatus status) =>
        Sum(summary, figures => (int)status < figures.ByStatus.Length ? figures.ByStatus[(int)status] : 0);

    private static double Today(TerritorySummary summary, DeviceKind kind) => Of(summary, kind, figures => On(figures.Days, summary.Today)) / Thousandth;

    private static double TodayExactPercent(TerritorySummary summary, DeviceKind kind)
    {
        foreach (var figures in summary.Figures.Kinds)
        {
            if (figures.Kind == kind)
            {
                return Share(figures.Days.Where(day => day.Day == summary.Today).Sum(day => day.FromMidnight), figures.Counting);
            }
        }

        return Share(0, 0);
    }

    private static long On(ImmutableArray<DayAmount> days, int today)
    {
        var amount = 0L;
        foreach (var day in days)
        {
            amount += day.Day == today ? day.Amount : 0;
        }

        return amount;
    }

    private static double CoveragePercent(TerritorySummary summary)
    {
        var total = Sum(summary, figures => figures.Total);
        var heard = total - WithStatus(summary, DeviceStatus.Unknown) - WithStatus(summary, DeviceStatus.Silent);
        return Share(heard, total);
    }

    /// <summary>In percent, cut to one decimal, as a summary shows it; 100 of nothing.</summary>
    private static double Share(long part, long whole) => whole == 0 ? 100 : (long)((Int128)part * 1_000 / whole) / 10.0;

    private static double LocalLevel(TerritorySummary summary) => Of(summary, DeviceKind.Environment, figures =>
    {
        var level = figures.ByLocalLevel.Length - 1;
        while (level > 0 && figures.ByLocalLevel[level] == 0)
        {
            level--;
        }

        return Math.Max(0, level);
    });

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
