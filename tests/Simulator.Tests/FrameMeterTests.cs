using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

/// <summary>Water meters that send one frame a day: it says to the litre what they would have said at each full hour.</summary>
public sealed class FrameMeterTests
{
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly List<DeviceDescriptor> Demo = [.. DemoFleet.Create(Table, "29", 30_000, 1)];
    private static readonly List<DeviceDescriptor> Meters = [.. Demo.Where(SimulatedFleet.SendsFrames)];
    private static readonly SimulatedFleet Healthy = SimulatedFleet.Build(Meters, Table, 1, faultRate: 0);
    private static readonly SimulatedFleet Faulty = SimulatedFleet.Build(Meters, Table, 1, faultRate: 20);
    private static readonly ILookup<string, PlantedFault> Faults =
        Faulty.PlantedFaults(Midnight(2026, 1, 1), Midnight(2026, 12, 1)).ToLookup(fault => fault.Device);

    [Fact]
    public void One_customers_meter_of_five_sends_frames_and_no_other_device_does()
    {
        var customers = Demo.Where(device => device.Kind == DeviceKind.Meter && device.Text("zoneRole") is null).ToList();
        Assert.InRange(Meters.Count / (double)customers.Count, 0.18, 0.22);
        Assert.Equal(Meters.Count, Demo.Count(device => device.Flag(SimulatedFleet.DayFrameAttribute)));
        Assert.Equal(Meters, customers.Where(meter => Healthy.Contains(meter.Id) && Healthy.SendsFrames(meter.Id)));
        Assert.All(Enumerable.Range(0, Healthy.Reporting), meter => Assert.Equal(TimeSpan.FromDays(1), Healthy.ReportsEvery(meter)));
    }

    [Theory]
    [InlineData(2026, 6, 10, 24)]
    [InlineData(2026, 3, 29, 23)] // 02:00 is 03:00
    [InlineData(2026, 10, 25, 25)] // 03:00 is 02:00 again
    public void A_frame_has_each_hour_of_its_local_day_to_the_litre(int year, int month, int date, int hours)
    {
        var start = Midnight(year, month, date);
        Assert.All(Meters.Take(100), meter =>
        {
            var frame = Assert.IsType<IncomingFrame>(Healthy.Report(meter.Id, Healthy.NextReport(meter.Id, start.AddHours(hours)), 7));
            Assert.Equal((7, meter.Id, start, TimeSpan.FromHours(1)), (frame.Index, frame.Device, frame.Start, frame.Interval));
            Assert.Equal(["indexLitres", "backflowLitres", "tamper", "batteryPercent"], frame.Metrics.Select(metric => metric.Name));
            Assert.Equal(Enumerable.Range(0, hours + 1).Select(hour => Index(Healthy, meter, start.AddHours(hour))), IndexesOf(frame, meter));
        });
    }

    [Fact]
    public void Each_is_sent_once_a_local_day_a_minute_to_two_hours_after_midnight_and_not_all_at_once()
    {
        var delays = new List<double>();
        foreach (var meter in Meters.Take(300))
        {
            var at = Midnight(2026, 3, 27);
            var own = new List<double>();
            for (var day = 27; day <= 31; day++)
            {
                at = Healthy.NextReport(meter.Id, at);
                own.Add((at - Midnight(2026, 3, day)).TotalSeconds);
            }

            Assert.All(own, delay => Assert.Equal(own[0], delay, 0.002));
            delays.Add(own[0]);
        }

        Assert.All(delays, delay => Assert.InRange(delay, 60, 7_200));
        Assert.All(Enumerable.Range(0, 8), part => Assert.InRange(delays.Count(delay => (int)(delay / 900.01) == part), 15, 65));
    }

    [Fact]
    public void Day_by_day_frames_join_without_a_gap_and_without_a_step_back_whatever_befalls_the_meter()
    {
        Assert.All(Meters.Take(400), meter =>
        {
            var at = Midnight(2026, 2, 1);
            var (last, index) = (default(DateTimeOffset?), 0.0);
            for (var day = 0; day < 90; day++)
            {
                at = Faulty.NextReport(meter.Id, at);
                if (Faulty.Report(meter.Id, at) is not { } sent) continue;
                Assert.True(sent.Time <= at.AddMinutes(10));
                if (sent is not IncomingFrame frame) continue;
                Assert.All(frame.Deltas[0].Values, delta => Assert.True(delta >= 0 && delta == Math.Floor(delta)));

                // What ended at its beginning ended with its index; a clock that was put right in between was not.
                var indexes = IndexesOf(frame, meter);
                if (last == frame.Start) Assert.Equal(index, indexes[0]);
                (last, index) = (frame.Start + (frame.Deltas[0].Values.Length * frame.Interval), indexes[^1]);
            }
        });
    }

    [Fact]
    public void On_the_day_of_a_new_meter_the_frame_begins_with_the_new_one()
    {
        var swaps = Alone(PlantedFaultKind.MeterSwapped).Take(50).ToList();
        Assert.NotEmpty(swaps);
        Assert.All(swaps, swap =>
        {
            var meter = Meters.Single(device => device.Id == swap.Device);
            var end = NextMidnight(swap.From);
            var sent = Faulty.Report(meter.Id, Faulty.NextReport(meter.Id, end))!;
            var hours = (int)(end - swap.From).TotalHours;
            Assert.Equal(end.AddHours(-hours), sent.Time);
            Assert.Equal(hours, sent is IncomingFrame frame ? frame.Deltas[0].Values.Length : 0);
            Assert.Equal(Enumerable.Range(0, hours + 1).Select(hour => Index(Faulty, meter, end.AddHours(hour - hours))), IndexesOf(sent, meter));
        });
    }

    [Fact]
    public void Without_power_it_sends_nothing_and_then_what_it_has_written_down_since()
    {
        var silences = Alone(PlantedFaultKind.Silence).Take(50).ToList();
        Assert.NotEmpty(silences);
        Assert.All(silences, silence =>
        {
            var meter = Meters.Single(device => device.Id == silence.Device);
            for (var at = Faulty.NextReport(meter.Id, silence.From); at < silence.Until; at = Faulty.NextReport(meter.Id, at)) Assert.Null(Faulty.Report(meter.Id, at));
            var end = NextMidnight(silence.Until);
            var back = Faulty.Report(meter.Id, Faulty.NextReport(meter.Id, end))!;
            Assert.Equal(end.AddHours(-(int)(end - silence.Until).TotalHours), back.Time);
        });
    }

    [Fact]
    public void The_days_and_hours_of_a_wrong_clock_are_its_own()
    {
        var wrong = Alone(PlantedFaultKind.ClockWrong).Where(fault => fault.Until - fault.From > TimeSpan.FromDays(3)).Take(50).ToList();
        Assert.NotEmpty(wrong);
        Assert.All(wrong, fault =>
        {
            var meter = Meters.Single(device => device.Id == fault.Device);
            var at = Faulty.NextReport(meter.Id, NextMidnight(NextMidnight(fault.From.AddDays(1))));
            var frame = Assert.IsType<IncomingFrame>(Faulty.Report(meter.Id, at));
            Assert.Equal(TimeSpan.Zero, TimeZoneInfo.ConvertTime(frame.Start, Paris).TimeOfDay);
            Assert.Equal(
                Enumerable.Range(0, frame.Count).Select(hour => Index(Faulty, meter, frame.Start.AddHours(hour).AddMinutes(-fault.Size))), IndexesOf(frame, meter));
        });
    }

    [Fact]
    public void The_same_day_is_the_same_frame_whenever_it_is_sent()
    {
        var meter = Meters[0];
        var at = Healthy.NextReport(meter.Id, Midnight(2026, 5, 2));
        var (first, again) = (Assert.IsType<IncomingFrame>(Healthy.Report(meter.Id, at)), Assert.IsType<IncomingFrame>(Healthy.Report(meter.Id, at.AddHours(20))));

        Assert.Equal((first.Start, first.Count), (again.Start, again.Count));
        Assert.Equal(first.Metrics, again.Metrics);
        Assert.Equal(first.Deltas[0].Values, again.Deltas[0].Values);
    }

    private static DateTimeOffset Midnight(int year, int month, int day)
    {
        var local = new DateTime(year, month, day);
        return new DateTimeOffset(local, Paris.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>The first local midnight after an instant.</summary>
    private static DateTimeOffset NextMidnight(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, Paris).Date.AddDays(1);
        return Midnight(local.Year, local.Month, local.Day);
    }

    /// <summary>The faults of a sort in meters that nothing else befalls, well within the year.</summary>
    private static IEnumerable<PlantedFault> Alone(PlantedFaultKind sort) => Faults.SelectMany(group => group).Where(fault => fault.Kind == sort
        && fault.From > Midnight(2026, 1, 5) && fault.Until < Midnight(2026, 11, 20)
        && !Faults[fault.Device].Any(other => other != fault && other.Kind is PlantedFaultKind.MeterSwapped or PlantedFaultKind.Silence or PlantedFaultKind.BatteryEmpty or PlantedFaultKind.ClockWrong));

    private static double Index(SimulatedFleet fleet, DeviceDescriptor meter, DateTimeOffset at) => fleet.Read(meter.Id, at)!.Metrics.Single(metric => metric.Name == "indexLitres").Value;

    /// <summary>The indexes that a receiver makes of it.</summary>
    private static List<double> IndexesOf(IncomingReading sent, DeviceDescriptor meter)
    {
        var maximum = meter.Number("indexMaximum") ?? double.MaxValue;
        var indexes = new List<double> { sent.Metrics.Single(metric => metric.Name == "indexLitres").Value };
        foreach (var delta in sent is IncomingFrame frame ? frame.Deltas.Single().Values : []) indexes.Add((indexes[^1] + delta) % maximum);
        return indexes;
    }
}
