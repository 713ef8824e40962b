using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.Territory;

namespace Grid.Tests.City;

/// <summary>A simulated meter that says one thing a day, of which the truth is known, through the whole grid.</summary>
public sealed class FrameMeterTimeTests
{
    private static readonly DateTimeOffset Earliest = new(2026, 1, 20, 23, 0, 0, TimeSpan.Zero); // midnight in Paris
    private static readonly DeviceDescriptor[] Meters = [.. DemoFleet.Create(TerritoryTable.Shared, "29", 20_000, 3).Where(SimulatedFleet.SendsFrames)];
    private static readonly SimulatedFleet Fleet = SimulatedFleet.Build(Meters, TerritoryTable.Shared, 3, faultRate: 10);

    [Fact]
    public async Task Its_days_are_exact_and_its_leak_is_found_when_the_second_night_was_told_and_gone_with_the_repair()
    {
        var faults = Fleet.PlantedFaults(Earliest, Earliest.AddDays(40)).ToLookup(fault => fault.Device);
        var leak = faults.Where(group => group.Count() == 1).SelectMany(group => group)
            .Where(fault => fault is { Kind: PlantedFaultKind.Leak, Size: >= 5 } && fault.From > Earliest && fault.Until < Earliest.AddDays(35)).MinBy(fault => fault.Until)!;
        var meter = Meters.Single(device => device.Id == leak.Device);
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(meter);

        var found = new List<DateTimeOffset>();
        var at = Fleet.NextReport(meter.Id, leak.From.AddDays(-3));
        for (; at < leak.Until.AddDays(4); at = Fleet.NextReport(meter.Id, at))
        {
            await city.PassAsync(at - city.Now);
            var frame = Assert.IsType<IncomingFrame>(Fleet.Report(meter.Id, at));
            Assert.Equal(25, (await city.TryReportAsync(frame)).Accepted);

            var view = await city.Grains.GetGrain<IMeterGrain>(meter.Id).GetView();
            Assert.Equal(Index(meter, frame.Start.AddDays(1)) - Index(meter, frame.Start), view.Derived.Single(figure => figure.Name == "consumedYesterdayLitres").Value);
            if (view.Conditions.Any(condition => condition.Condition == "leak")) found.Add(at);
        }

        // Two whole nights, each told when its day is over; after the repair the first night without.
        Assert.InRange(found[0] - leak.From, TimeSpan.FromDays(1), TimeSpan.FromDays(3.2));
        Assert.InRange(found[^1] - leak.Until, TimeSpan.FromDays(-1), TimeSpan.FromDays(2.2));
        Assert.Equal(TimeSpan.FromDays(found.Count - 1), found[^1] - found[0]);
    }

    private static double Index(DeviceDescriptor meter, DateTimeOffset at) => Fleet.Read(meter.Id, at)!.Metrics.Single(metric => metric.Name == "indexLitres").Value;
}
