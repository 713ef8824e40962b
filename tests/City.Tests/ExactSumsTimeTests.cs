using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Territories;
using Grid.Grains.Territory;

namespace Grid.Tests.City;

/// <summary>Simulated devices, of which the truth is known, through the whole grid: sums are exact, not nearly so.</summary>
public sealed class ExactSumsTimeTests
{
    private const string Body = "999000001";
    private static readonly DateTimeOffset Midnight = new(2026, 1, 15, 23, 0, 0, TimeSpan.Zero); // in Paris, of the 16th
    private static readonly int Day = new DateOnly(2026, 1, 16).DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    // Two communes of some meters and a building each.
    private static readonly IGrouping<string, DeviceDescriptor>[] Places =
    [
        .. DemoFleet.Create(TerritoryTable.Shared, "29", 4_000, 7)
            .Where(device => device.Kind is DeviceKind.Meter or DeviceKind.Building)
            .GroupBy(device => device.Commune)
            .Where(place => place.Any(device => device.Kind == DeviceKind.Building) && place.Count(device => device.Kind == DeviceKind.Meter) is >= 5 and <= 15)
            .OrderBy(place => place.Key, StringComparer.Ordinal)
            .Take(2),
    ];

    private static readonly string[] Communes = [.. Places.Select(place => place.Key)];
    private static readonly DeviceDescriptor[] Devices = [.. Places.SelectMany(place => place)];

    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Devices, TerritoryTable.Shared, 7);

    private static readonly DeviceDescriptor[] Framed = [.. Devices.Where(SimulatedFleet.SendsFrames)];

    private IncomingReading Read(DeviceDescriptor device, DateTimeOffset at) => _fleet.Read(device.Id, at)! with { Time = at };

    private long TruthOf(DeviceDescriptor device, string metric, DateTimeOffset? until = null)
    {
        long At(DateTimeOffset at) => (long)(Read(device, at).Metrics.Single(value => value.Name == metric).Value * 1_000);
        return At(until ?? Midnight.AddDays(1)) - At(Midnight);
    }

    private static long Sum(TerritoryFigures figures, DeviceKind kind) => figures.Of(kind).Days.Where(day => day.Day == Day).Sum(day => day.Amount);

    [Fact]
    public async Task A_day_in_which_all_were_heard_is_summed_to_the_millilitre_and_milliwatt_hour()
    {
        Assert.Equal(2, Communes.Length);
        Assert.NotEmpty(Framed);
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Devices);
        await city.AddBodyAsync(Body, DeviceKinds.All, Communes);
        await city.PassAsync(Midnight - city.Now);
        var hourly = Devices.Except(Framed).ToArray();
        await city.ReportAsync([.. hourly.Select(device => Read(device, city.Now))]);
        await FramesAsync(city);
        for (var hour = 3; hour <= 24; hour++)
        {
            await city.PassAsync(Midnight.AddHours(hour) - city.Now);

            // Of the hours between, some are lost and some are late, which changes nothing.
            var heard = hourly.Where((_, number) => hour == 24 || (number + hour) % 5 != 0);
            await city.ReportAsync([.. heard.Select(device => Read(device, city.Now))]);
            if (hour == 20)
            {
                await city.ReportAsync([.. hourly.Select(device => Read(device, city.Now.AddMinutes(-90)))]);
            }
        }

        // Others say nothing all day, and then each hour of it at once.
        await FramesAsync(city);
        foreach (var commune in Communes)
        {
            var figures = await city.FiguresAsync(city.Commune(commune));
            Assert.Equal(Devices.Where(device => device.Commune == commune && device.Kind == DeviceKind.Meter).Sum(meter => TruthOf(meter, "indexLitres")), Sum(figures, DeviceKind.Meter));
            Assert.Equal(Devices.Where(device => device.Commune == commune && device.Kind == DeviceKind.Building).Sum(building => TruthOf(building, "energyWattHours")), Sum(figures, DeviceKind.Building));
        }

        var body = await city.FiguresAsync(city.Body(Body));
        Assert.Equal(Devices.Where(device => device.Kind == DeviceKind.Meter).Sum(meter => TruthOf(meter, "indexLitres")), Sum(body, DeviceKind.Meter));
        Assert.Equal(Devices.Where(device => device.Kind == DeviceKind.Building).Sum(building => TruthOf(building, "energyWattHours")), Sum(body, DeviceKind.Building));
        Assert.Equal(100, CoverageOf(await city.Commune(Communes[0]).GetSummary()));

        // Of the day that begins now, all that is counted is from its midnight on.
        Assert.Equal((100, 100), ExactOf(await city.Body(Body).GetSummary()));
    }

    [Fact]
    public async Task A_day_whose_midnight_was_lost_says_so_until_it_comes()
    {
        await using var city = await TestCity.StartAsync();
        var here = Devices.Where(device => device.Commune == Communes[0]).ToArray();
        await city.PutAsync(here);
        await city.PassAsync(Midnight - city.Now);
        DeviceDescriptor[] lost = [here.First(device => device.Kind == DeviceKind.Building), here.First(device => device.Kind == DeviceKind.Meter && device.Text("fluid") is null or "water")];
        await city.ReportAsync([.. here.Except(lost).Select(device => Read(device, Midnight))]);
        await city.PassAsync(TimeSpan.FromHours(1));
        await city.ReportAsync([.. here.Select(device => Read(device, city.Now))]);
        await city.Commune(Communes[0]).Refresh();
        var water = here.Count(device => device.Kind == DeviceKind.Meter && device.Text("fluid") is null or "water");
        var buildings = here.Count(device => device.Kind == DeviceKind.Building);

        var partly = await city.Commune(Communes[0]).GetSummary();
        Assert.Equal(100, CoverageOf(partly));
        Assert.Equal((100.0 * (water - 1) / water, 100.0 * (buildings - 1) / buildings), ExactOf(partly), Nearly);

        await city.ReportAsync([.. lost.Select(device => Read(device, Midnight))]);
        await city.Commune(Communes[0]).Refresh();
        var whole = await city.Commune(Communes[0]).GetSummary();
        Assert.Equal((100, 100), ExactOf(whole));
        Assert.Equal(here.Where(device => device.Kind == DeviceKind.Building).Sum(building => TruthOf(building, "energyWattHours", city.Now)), Sum(whole.Figures, DeviceKind.Building));
    }

    [Fact]
    public async Task Where_one_was_not_heard_the_summary_says_that_it_is_not_whole()
    {
        await using var city = await TestCity.StartAsync();
        var here = Devices.Where(device => device.Commune == Communes[0]).ToArray();
        await city.PutAsync(here);
        await city.ReportAsync([.. here.Skip(1).Select(device => Read(device, city.Now))]);
        await city.Commune(Communes[0]).Refresh();

        Assert.Equal(100.0 * (here.Length - 1) / here.Length, CoverageOf(await city.Commune(Communes[0]).GetSummary()), 0.1);
    }

    /// <summary>Each frame at its time after midnight; one is sent twice.</summary>
    private async Task FramesAsync(TestCity city)
    {
        var midnight = city.Now;
        var frames = Framed.Select(meter => _fleet.NextReport(meter.Id, midnight) is var at ? (At: at, Sent: Assert.IsType<IncomingFrame>(_fleet.Report(meter.Id, at))) : default).OrderBy(frame => frame.At).ToList();
        foreach (var (at, sent) in frames)
        {
            Assert.Equal(midnight.AddDays(-1), sent.Start);
            await city.PassAsync(at - city.Now);
            await city.ReportAsync(sent);
        }

        await city.ReportAsync(frames[0].Sent);
    }

    private static readonly Func<(double, double), (double, double), bool> Nearly = (one, other) => Math.Abs(one.Item1 - other.Item1) <= 0.1 && Math.Abs(one.Item2 - other.Item2) <= 0.1;

    private static (double Water, double Buildings) ExactOf(TerritorySummary summary)
    {
        double Of(string name) => FigureCatalog.ByName[name].Read(summary);
        return (Of("water.consumedTodayExactPercent"), Of("buildings.energyTodayExactPercent"));
    }

    private static double CoverageOf(TerritorySummary summary) => FigureCatalog.All.Single(figure => figure.Name == "coveragePercent").Read(summary);
}
