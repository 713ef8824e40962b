using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Tests.City;

internal static class FiguresReading
{
    public static KindFigures Of(this TerritoryFigures figures, DeviceKind kind) => figures.Kinds.Single(item => item.Kind == kind);

    public static long TodayOf(this TerritorySummary summary, DeviceKind kind) =>
        summary.Figures.Of(kind).Days.Where(day => day.Day == summary.Today).Select(day => day.Amount).SingleOrDefault();
}
