using System.Collections.Immutable;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Grains.CrossTrade;

namespace Grid.Tests.Grains.CrossTrade;

public sealed class SupplyOutageTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 16, 12, 0, 0, TimeSpan.Zero);

    private static LinkedDevice Device(string id, DeviceKind kind, double heardMinutesAgo, int intervalMinutes = 15, string? supply = "T1", DeviceView? view = null) => new()
    {
        Id = id,
        Kind = kind,
        Links = new DeviceLinks { Supply = supply },
        ExpectedSince = Noon.AddMinutes(-heardMinutesAgo),
        Interval = TimeSpan.FromMinutes(intervalMinutes),
        View = view,
    };

    private static DeviceView View(string? metric = null, (string Condition, DateTimeOffset Since)? condition = null) => new()
    {
        Status = DeviceStatus.Ok,
        Reported = metric is null ? [] : [new ReportedMetric(metric, 80, Noon)],
        Desired = [],
        Conditions = condition is { } holds ? [new ActiveCondition(holds.Condition, DeviceStatus.Fault, holds.Since)] : [],
    };

    private static CrossTradeFinding? Find(params LinkedDevice[] devices) => SupplyOutageRule.Find(devices, Noon).SingleOrDefault();

    [Fact]
    public void A_street_that_misses_one_report_each_has_lost_its_supply()
    {
        var finding = Find(
            Device("C1", DeviceKind.Cabinet, 22),
            Device("L1", DeviceKind.Streetlight, 25),
            Device("L2", DeviceKind.Streetlight, 31),
            Device("M1", DeviceKind.Meter, 70, intervalMinutes: 60),
            Device("M2", DeviceKind.Meter, 20, intervalMinutes: 60));

        // The last word of any of them, 22 minutes ago, is the latest instant at which it was still there; M2 is not due yet.
        Assert.Equal((CrossTradeFinding.SupplyOutage, "T1", Noon.AddMinutes(-22), DeviceStatus.Fault, 5), (finding!.Rule, finding.Source, finding.Since, finding.Severity, finding.Of));
        Assert.Equal(["C1", "L1", "L2", "M1"], finding.Members.Select(member => member.Device));
        Assert.All(finding.Members, member => Assert.Equal("silent", member.Shows));
    }

    [Fact]
    public void Devices_that_fell_silent_one_after_the_other_have_failed_by_themselves() => Assert.Null(Find(
        Device("C1", DeviceKind.Cabinet, 22),
        Device("L1", DeviceKind.Streetlight, 400),
        Device("L2", DeviceKind.Streetlight, 4_000),
        Device("M1", DeviceKind.Meter, 9_000, intervalMinutes: 60)));

    [Fact]
    public void Lamps_alone_may_have_lost_their_gateway() => Assert.Null(Find(
        Device("L1", DeviceKind.Streetlight, 22), Device("L2", DeviceKind.Streetlight, 22), Device("L3", DeviceKind.Streetlight, 23), Device("L4", DeviceKind.Streetlight, 23)));

    [Fact]
    public void Where_most_go_on_speaking_it_is_not_the_supply() => Assert.Null(Find(
        Device("C1", DeviceKind.Cabinet, 22),
        Device("L1", DeviceKind.Streetlight, 25),
        Device("M1", DeviceKind.Meter, 80, intervalMinutes: 60),
        Device("L2", DeviceKind.Streetlight, 3),
        Device("L3", DeviceKind.Streetlight, 4),
        Device("L4", DeviceKind.Streetlight, 5)));

    [Fact]
    public void A_cabinet_that_reports_its_lost_supply_from_its_battery_agrees_with_those_that_are_silent()
    {
        var finding = Find(
            Device("C1", DeviceKind.Cabinet, 1, view: View(condition: ("supplyLoss", Noon.AddMinutes(-24)))),
            Device("L1", DeviceKind.Streetlight, 26),
            Device("M1", DeviceKind.Meter, 80, intervalMinutes: 60));

        Assert.Equal([("C1", "supplyLoss"), ("L1", "silent"), ("M1", "silent")], finding!.Members.Select(member => (member.Device, member.Shows)));
    }

    [Fact]
    public void What_runs_from_a_battery_says_nothing_of_the_supply() => Assert.Null(Find(
        Device("C1", DeviceKind.Cabinet, 22), Device("L1", DeviceKind.Streetlight, 25), Device("M1", DeviceKind.Meter, 80, intervalMinutes: 60, view: View("batteryPercent"))));

    [Fact]
    public void What_cannot_speak_by_design_and_what_was_never_heard_are_left_out() => Assert.Null(Find(
        Device("C1", DeviceKind.Cabinet, 22), Device("L1", DeviceKind.Streetlight, 25), Device("M1", DeviceKind.Meter, 80) with { ExpectedSince = null }));

    [Fact]
    public void Each_supply_is_judged_by_itself() => Assert.Equal(
        ["T2"],
        SupplyOutageRule.Find(
            [
                Device("C1", DeviceKind.Cabinet, 2), Device("L1", DeviceKind.Streetlight, 25), Device("M1", DeviceKind.Meter, 3),
                Device("C2", DeviceKind.Cabinet, 22, supply: "T2"), Device("L2", DeviceKind.Streetlight, 25, supply: "T2"), Device("M2", DeviceKind.Meter, 23, supply: "T2"),
                Device("L9", DeviceKind.Streetlight, 22, supply: null),
            ],
            Noon).Select(finding => finding.Source));

    /// <summary>Whatever the intervals, a common instant is found once each has missed a report, and the finding dates it no later than it was.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Devices_of_any_interval_that_lost_their_supply_at_one_instant_are_found(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var lost = Noon.AddMinutes(-random.Next(130, 600));
            LinkedDevice[] devices =
            [
                .. Enumerable.Range(0, random.Next(3, 20)).Select(number =>
                {
                    var interval = (int[])[15, 20, 60, 120];
                    var own = interval[random.Next(interval.Length)];
                    return Device($"D{number:D2}", number % 2 == 0 ? DeviceKind.Streetlight : DeviceKind.Meter, 0, own) with { ExpectedSince = lost.AddMinutes(-random.NextDouble() * own) };
                }),
            ];

            var finding = Find(devices);
            Assert.Equal(devices.Length, finding!.Members.Length);
            Assert.True(finding.Since <= lost);
        }
    }
}
