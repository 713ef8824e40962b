using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Maintenance;

public sealed class BatteryCurveTests
{
    private static readonly DateTimeOffset Start = Entries.Start;
    private static readonly DeviceKind[] WithBattery = [DeviceKind.Meter, DeviceKind.Bin, DeviceKind.Environment];

    private static TestDevice Discharge(TestDevice device, int days, double from, double percentPerDay, Func<int, double>? noise = null, DateTimeOffset? start = null)
    {
        for (var day = 0; day < days; day++)
        {
            device.Report((start ?? Start).AddDays(day), ("batteryPercent", Math.Clamp(from - (day * percentPerDay) + (noise?.Invoke(day) ?? 0), 0, 100)));
        }

        return device;
    }

    private static DerivedFigure? Figure(TestDevice device, string name, double days = 0) => device.View(Start.AddDays(days)).Derived.FirstOrDefault(figure => figure.Name == name);

    private static double EmptyAfterDays(TestDevice device) => (Figure(device, "batteryEmptyAt")!.At!.Value - Start).TotalDays;

    [Fact]
    public void A_battery_that_is_drawn_evenly_is_empty_at_5_percent_of_its_line()
    {
        // 50 % and a tenth of a percent a day: 5 % after 450 days.
        foreach (var kind in WithBattery)
        {
            var device = Discharge(TestDevice.Of(kind), 100, 50, 0.1);

            Assert.Equal(450, EmptyAfterDays(device), 5.0);
            Assert.Equal("dischargeCurve", Figure(device, "batteryEmptyAt")!.Basis);
            Assert.Equal(3.04, Figure(device, "batteryDropPercentPerMonth")!.Value!.Value, 0.05);
            Assert.Equal(30, Figure(device, "expectedBatteryPercent", 200)!.Value!.Value, 0.5);
        }
    }

    [Fact]
    public void Less_than_four_weeks_or_less_than_a_point_say_nothing()
    {
        Assert.Null(Figure(Discharge(TestDevice.Of(DeviceKind.Meter), 28, 50, 0.5), "batteryEmptyAt"));
        Assert.NotNull(Figure(Discharge(TestDevice.Of(DeviceKind.Meter), 29, 50, 0.5), "batteryEmptyAt"));
        Assert.Null(Figure(Discharge(TestDevice.Of(DeviceKind.Meter), 200, 100, 0.001), "batteryEmptyAt"));
        Assert.Empty(TestDevice.Of(DeviceKind.Meter).View(Start).Derived);
    }

    [Fact]
    public void Another_battery_begins_anew_at_the_third_report_that_shows_it()
    {
        var device = Discharge(TestDevice.Of(DeviceKind.Bin), 100, 30, 0.1);
        var before = EmptyAfterDays(device);
        foreach (var day in new[] { 100, 101 })
        {
            device.Report(Start.AddDays(day), ("batteryPercent", 100));
            Assert.Equal(before, EmptyAfterDays(device));
        }

        device.Report(Start.AddDays(102), ("batteryPercent", 99));
        Assert.Null(Figure(device, "batteryEmptyAt"));
        Discharge(device, 60, 98.9, 0.1, start: Start.AddDays(103));
        Assert.Equal(103 + 939, EmptyAfterDays(device), 30.0);
    }

    [Fact]
    public void One_wrong_report_is_no_other_battery()
    {
        var device = Discharge(TestDevice.Of(DeviceKind.Meter), 100, 40, 0.1, day => day == 60 ? 60 : 0);

        Assert.Equal(350, EmptyAfterDays(device), 10.0);
    }

    [Fact]
    public void The_steep_end_of_a_cell_is_seen_within_weeks()
    {
        // A tenth of a percent a day to 12 %, and then four tenths: 5 % comes 17.5 days after the knee and not 70.
        var device = Discharge(TestDevice.Of(DeviceKind.Meter), 280, 40, 0.1);
        Assert.Equal(350, EmptyAfterDays(device), 7.0);

        Discharge(device, 90, 12, 0.1 / 3, start: Start.AddDays(280));
        Discharge(device, 42, 9, 0.08, start: Start.AddDays(370));
        Assert.InRange(EmptyAfterDays(device), 400, 460);
    }

    [Fact]
    public void Noise_of_3_points_does_not_move_the_date_by_more_than_a_fifth() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(40),
        Prop.ForAll(
            (from seed in Gen.Choose(0, 1_000_000) from tenths in Gen.Choose(1, 4) from kind in Gen.Elements(WithBattery) select (seed, rate: tenths / 10.0, kind)).ToArbitrary(),
            item =>
            {
                var random = new Random(item.seed);
                var device = Discharge(TestDevice.Of(item.kind), 150, 90, item.rate, _ => (random.NextDouble() * 6) - 3);
                var true_ = 85 / item.rate;
                return Math.Abs(EmptyAfterDays(device) - true_) <= true_ / 5;
            }));

    [Fact]
    public void Shifted_in_time_the_same_reports_give_the_same_date_shifted() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(30),
        Prop.ForAll(
            (from days in Gen.Choose(1, 2_000) from rate in Gen.Choose(1, 9) select (days, rate: rate / 20.0)).ToArbitrary(),
            item => Math.Abs(EmptyAfterDays(Discharge(TestDevice.Of(DeviceKind.Bin), 120, 80, item.rate, start: Start.AddDays(item.days))) - item.days
                - EmptyAfterDays(Discharge(TestDevice.Of(DeviceKind.Bin), 120, 80, item.rate))) < 1e-6));

    [Fact]
    public void It_looks_back_at_most_32_weeks_and_keeps_sixteen_means()
    {
        // A year of rest, then a tenth of a percent a day for 240 days: what was before does not count.
        var device = Discharge(TestDevice.Of(DeviceKind.Environment), 365, 60, 0);
        Discharge(device, 240, 60, 0.1, start: Start.AddDays(365));

        Assert.Equal(365 + 550, EmptyAfterDays(device), 25.0);
    }
}
