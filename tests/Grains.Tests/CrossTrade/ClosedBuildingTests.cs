using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Grains.CrossTrade;

namespace Grid.Tests.Grains.CrossTrade;

public sealed class ClosedBuildingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 15, 12, 0, 0, TimeSpan.Zero); // a Sunday
    private static readonly DateTimeOffset Closed = Noon.AddHours(-40);

    private static DeviceView View(DateTimeOffset observed, string metric, DerivedFigure[] derived, params string[] conditions) => new()
    {
        Status = DeviceStatus.Ok,
        Reported = [new ReportedMetric(metric, 1_000, observed)],
        Desired = [],
        Conditions = [.. conditions.Select(condition => new ActiveCondition(condition, DeviceStatus.Warning, Noon.AddHours(-5)))],
        Derived = [.. derived],
    };

    private static LinkedDevice Building(DateTimeOffset? closed, double? watts = null, params string[] conditions) => new()
    {
        Id = "B1",
        Kind = DeviceKind.Building,
        Interval = TimeSpan.FromMinutes(15),
        View = View(
            Noon,
            "temperatureCelsius",
            [
                .. closed is { } at ? new[] { new DerivedFigure { Name = "closedSince", At = at, Basis = "calendar" } } : [],
                .. watts is { } power ? new[] { new DerivedFigure { Name = "powerWatts", Value = power, Low = 400, High = 600, At = Noon, Basis = "usual" } } : [],
            ],
            conditions),
    };

    private static LinkedDevice Meter(DateTimeOffset? still, DateTimeOffset? observed = null) => new()
    {
        Id = "M1",
        Kind = DeviceKind.Meter,
        Links = new DeviceLinks { Building = "B1" },
        Interval = TimeSpan.FromHours(1),
        View = View(observed ?? Noon.AddMinutes(-20), "indexLitres", still is { } at ? [new DerivedFigure { Name = "stillAt", At = at, Basis = "index" }] : []),
    };

    private static CrossTradeFinding? Find(params LinkedDevice[] devices) => ClosedBuildingRule.Find(devices, Noon).SingleOrDefault();

    [Fact]
    public void Water_that_never_paused_since_everybody_left_is_used_while_closed()
    {
        var finding = Find(Building(Closed), Meter(still: Closed.AddHours(-3)));

        Assert.Equal((CrossTradeFinding.UsedWhileClosed, "B1", Closed, 2), (finding!.Rule, finding.Source, finding.Since, finding.Of));
        Assert.Equal([("M1", "water")], finding.Members.Select(member => (member.Device, member.Shows)));
        Assert.NotNull(Find(Building(Closed), Meter(still: null)));
    }

    [Fact]
    public void A_pause_after_the_closing_ends_it() => Assert.Null(Find(Building(Closed), Meter(still: Closed.AddHours(7))));

    [Fact]
    public void The_heat_and_the_power_of_the_building_are_named_beside()
    {
        var finding = Find(Building(Closed, watts: 1_900, "heatingUnoccupied"), Meter(still: null));

        Assert.Equal([("B1", "heat"), ("B1", "power"), ("M1", "water")], finding!.Members.Select(member => (member.Device, member.Shows)));
        Assert.Equal((400d, 600d, 1_900d), (finding.Members[1].Figure!.Low, finding.Members[1].Figure!.High, finding.Members[1].Figure!.Value));
    }

    [Fact]
    public void Power_as_usual_and_an_open_building_are_nothing()
    {
        Assert.Null(Find(Building(Closed, watts: 580), Meter(still: Noon)));
        Assert.Null(Find(Building(closed: null, watts: 1_900), Meter(still: null)));
    }

    [Fact]
    public void In_the_hour_after_the_closing_people_still_leave() => Assert.Null(Find(Building(Noon.AddMinutes(-59)), Meter(still: null)));

    [Fact]
    public void A_meter_that_was_not_heard_since_or_not_for_long_proves_nothing()
    {
        Assert.Null(Find(Building(Closed), Meter(still: null, observed: Closed.AddHours(-1))));
        Assert.Null(Find(Building(Closed), Meter(still: null, observed: Closed.AddHours(3))));
        Assert.NotNull(Find(Building(Closed), Meter(still: null, observed: Closed.AddHours(3.1))));
    }
}
