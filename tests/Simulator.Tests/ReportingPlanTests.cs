using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

/// <summary>Who reports when in a live demo.</summary>
public sealed class ReportingPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 11, 0, 0, TimeSpan.Zero);
    private static readonly List<DeviceDescriptor> Demo = [.. DemoFleet.Create(TerritoryTable.Shared, "29", 2_000, 1)
        .Select((device, number) => device.Kind == DeviceKind.Bin && number % 2 == 0 ? device with { Attributes = device.Attributes.SetItem("reportingIntervalMinutes", AttributeValue.Of(60)) } : device)];

    private static readonly SimulatedFleet Fleet = SimulatedFleet.Build(Demo, TerritoryTable.Shared, 1);
    private static readonly HashSet<string> Hourly = [.. Demo.Where(device => device.Number("reportingIntervalMinutes") is 60).Select(device => device.Id)];
    private static readonly HashSet<string> Daily = [.. Demo.Where(SimulatedFleet.SendsFrames).Select(device => device.Id)];

    [Fact]
    public void Without_a_rate_each_device_keeps_its_own_interval_and_15_minutes_where_it_says_none()
    {
        var due = Collect(new ReportingPlan(Fleet, null, 1), Noon, TimeSpan.FromHours(3), TimeSpan.FromSeconds(5));
        var at = due.ToLookup(turn => Fleet.IdOf(turn.Device), turn => turn.At);

        Assert.NotEmpty(Hourly);
        Assert.All(Enumerable.Range(0, Fleet.Reporting).Select(Fleet.IdOf), device =>
        {
            var every = Hourly.Contains(device) ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(15);
            Assert.Equal(Daily.Contains(device) ? 0 : TimeSpan.FromHours(3) / every, at[device].Count());
            Assert.All(at[device].Zip(at[device].Skip(1)), pair => Assert.InRange(pair.Second - pair.First, every - TimeSpan.FromMilliseconds(2), every + TimeSpan.FromMilliseconds(2)));
        });
    }

    [Fact]
    public void Without_a_rate_each_frame_is_sent_once_after_each_midnight()
    {
        var midnight = new DateTimeOffset(2026, 10, 24, 22, 0, 0, TimeSpan.Zero); // of the day with 25 hours
        var due = Collect(new ReportingPlan(Fleet, null, 1), midnight, TimeSpan.FromHours(49), TimeSpan.FromSeconds(9))
            .Where(turn => Daily.Contains(Fleet.IdOf(turn.Device))).ToLookup(turn => Fleet.IdOf(turn.Device), turn => turn.At);

        Assert.NotEmpty(Daily);
        Assert.All(Daily, meter =>
        {
            Assert.Equal(2, due[meter].Count());
            Assert.Equal(due[meter].First(), Fleet.NextReport(meter, midnight));
            Assert.Equal(due[meter].Last(), Fleet.NextReport(meter, due[meter].First()));
        });
    }

    [Theory]
    [InlineData(20)]
    [InlineData(333.333)]
    [InlineData(5_000)]
    public void A_rate_is_that_of_all_readings_those_in_frames_counted(double rate)
    {
        var length = TimeSpan.FromMinutes(2);
        var due = Collect(new ReportingPlan(Fleet, rate, 1), Noon, length, TimeSpan.FromMilliseconds(100));

        // Each interval by itself is exact to the reading, or to the frame.
        var readings = due.Sum(turn => Daily.Contains(Fleet.IdOf(turn.Device)) ? 25 : 1);
        Assert.InRange(readings, (rate * length.TotalSeconds) - 27, (rate * length.TotalSeconds) + 27);
    }

    [Fact]
    public void With_a_rate_who_reports_less_often_by_itself_does_so_in_proportion()
    {
        // As fast as 100 times what they do by themselves.
        var natural = (Fleet.Reporting - Hourly.Count - Daily.Count) / 900.0 + Hourly.Count / 3_600.0 + Daily.Count * 25 / 86_400.0;
        var due = Collect(new ReportingPlan(Fleet, Math.Round(natural * 100, 3), 1), Noon, TimeSpan.FromHours(1), TimeSpan.FromSeconds(5));
        var counts = due.GroupBy(turn => Fleet.IdOf(turn.Device)).ToDictionary(turns => turns.Key, turns => turns.Count());

        Assert.All(Enumerable.Range(0, Fleet.Reporting).Select(Fleet.IdOf), device =>
        {
            var expected = Daily.Contains(device) ? 100 / 24.0 : Hourly.Contains(device) ? 100 : 400;
            Assert.InRange(counts[device], expected - 1, expected + 1);
        });
    }

    [Fact]
    public void At_rate_zero_nobody_reports() => Assert.Empty(Collect(new ReportingPlan(Fleet, 0, 1), Noon, TimeSpan.FromDays(1), TimeSpan.FromSeconds(10)));

    [Theory]
    [InlineData(null)]
    [InlineData(500.0)]
    public void Cutting_a_time_in_pieces_changes_nothing(double? rate)
    {
        var plan = new ReportingPlan(Fleet, rate, 1);
        var midnight = new DateTimeOffset(2026, 11, 22, 23, 0, 0, TimeSpan.Zero);
        for (var start = midnight.AddMinutes(-1); start < midnight.AddMinutes(5); start = start.AddSeconds(10))
        {
            var (whole, pieces) = (new List<(int Device, DateTimeOffset At)>(), new List<(int Device, DateTimeOffset At)>());
            Assert.Equal(0, plan.Due(start, start.AddSeconds(10), whole));
            for (var piece = 0; piece < 7; piece++) plan.Due(start.AddSeconds(piece * 10 / 7.0), start.AddSeconds((piece + 1) * 10 / 7.0), pieces);
            Assert.Equal(whole.Order(), pieces.Order());
        }
    }

    [Fact]
    public void What_a_pause_has_swallowed_is_counted_in_readings()
    {
        var midnight = new DateTimeOffset(2026, 11, 22, 23, 0, 0, TimeSpan.Zero);
        var due = new List<(int Device, DateTimeOffset At)>();
        var skipped = new ReportingPlan(Fleet, null, 1).Due(midnight, midnight.AddHours(3), due);

        var all = ((Fleet.Reporting - Hourly.Count - Daily.Count) * 12) + (Hourly.Count * 3) + (Daily.Count * 25);
        Assert.Equal(all, skipped + due.Count);
        Assert.All(due, turn => Assert.InRange(turn.At, midnight.AddHours(3) - FleetSchedule.MaximumCatchUp, midnight.AddHours(3)));
    }

    private static List<(int Device, DateTimeOffset At)> Collect(ReportingPlan plan, DateTimeOffset from, TimeSpan length, TimeSpan tick)
    {
        var all = new List<(int, DateTimeOffset)>();
        for (var at = from; at < from + length; at += tick) plan.Due(at, at + tick, all);
        return all;
    }
}
