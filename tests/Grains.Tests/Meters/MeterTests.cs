using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Meters;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Meters;

public sealed class MeterTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static TestDevice Meter(string fluid = "water", params (string, object)[] more) => TestDevice.Of(DeviceKind.Meter, [("fluid", fluid), .. more]);

    [Fact]
    public void Water_adds_flow_and_volume()
    {
        var meter = Meter();
        meter.Report(Noon.AddDays(-1), ("indexLitres", 1_000));
        var today = meter.Report(Noon, ("indexLitres", 1_120.5), ("flowLitresPerHour", 12.25)).Contribution;

        Assert.Equal((12_250L, Entries.StartDay, 120_500L), (today.FlowMillilitresPerHour, today.Day, today.DayAmount));
    }

    [Theory]
    [InlineData("electricity", "indexWattHours")]
    [InlineData("gas", "indexLitres")]
    [InlineData("heat", "indexWattHours")]
    public void Other_fluids_add_neither(string fluid, string index)
    {
        var meter = Meter(fluid);
        meter.Report(Noon.AddDays(-1), (index, 1_000));
        var today = meter.Report(Noon, (index, 2_000), ("flowLitresPerHour", 12), ("powerWatts", 500)).Contribution;

        Assert.Equal(new Contribution { Kind = DeviceKind.Meter, Status = DeviceStatus.Ok }, today);
    }

    [Fact]
    public void The_index_of_another_fluid_does_not_count()
    {
        var meter = Meter();
        meter.Report(Noon, ("indexWattHours", 1_000));

        Assert.Equal(0, meter.Report(Noon.Minutes(60), ("indexWattHours", 2_000)).Contribution.DayAmount);
    }

    [Theory]
    [InlineData("tamper", 1, 0, "tamper")]
    [InlineData("backflowLitres", 0.5, 0, "backflow")]
    [InlineData("batteryPercent", 14.9, 20, "batteryLow")]
    public void A_bad_value_warns_until_a_good_one(string metric, double bad, double good, string condition)
    {
        var meter = Meter();
        meter.Report(Noon, (metric, bad));
        Assert.Equal([new ActiveCondition(condition, DeviceStatus.Warning, Noon)], meter.Conditions);

        meter.Report(Noon.Minutes(60), (metric, good));
        Assert.Empty(meter.Conditions);
    }

    [Fact]
    public void A_battery_does_not_flicker_around_its_limit()
    {
        var meter = Meter("water", ("batteryLowPercent", 30));
        var low = new[] { 31.0, 29, 31, 34.9, 35, 34 }.Select((percent, hour) =>
        {
            meter.Report(Noon.Minutes(60 * hour), ("batteryPercent", percent));
            return meter.Conditions.Length == 1;
        });

        Assert.Equal([false, true, true, true, false, false], low);
    }

    [Theory]
    [InlineData(2026, 3, 29)]
    [InlineData(2026, 10, 25)]
    public void A_day_of_daylight_saving_counts_from_its_midnight_to_its_midnight(int year, int month, int day)
    {
        // A litre a minute, told every 30 minutes, over the day before, the day itself and the day after.
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        DateTimeOffset Midnight(int add)
        {
            var local = new DateTime(year, month, day).AddDays(add);
            return new DateTimeOffset(local, zone.GetUtcOffset(local));
        }

        var meter = Meter();
        for (var at = Midnight(-1); at < Midnight(2); at = at.AddMinutes(30))
        {
            meter.Report(at, ("indexLitres", (at - Midnight(-1)).TotalMinutes));
        }

        var hours = (Midnight(1) - Midnight(0)).TotalHours;
        Assert.Equal(Entries.DayNumber(year, month, day) + 1, meter.Contribution.Day);
        Assert.Equal((long)(hours * 60_000), meter.Contribution.PreviousDayAmount);
    }

    [Theory]
    [InlineData(2026, 1, 15, 24)]
    [InlineData(2026, 3, 29, 23)]
    [InlineData(2026, 10, 25, 25)]
    public void An_index_of_each_midnight_gives_each_day_to_the_litre(int year, int month, int day, int hours)
    {
        // Ten litres an hour.
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        var meter = Meter();
        DateTimeOffset Midnight(int add)
        {
            var local = new DateTime(year, month, day).AddDays(add);
            return new DateTimeOffset(local, zone.GetUtcOffset(local));
        }

        for (var add = -1; add <= 1; add++)
        {
            meter.Report(Midnight(add), ("indexLitres", 1_000 + ((Midnight(add) - Midnight(-1)).TotalHours * 10)));
        }

        Assert.Equal((Entries.DayNumber(year, month, day), hours * 10_000L, 240_000L), (meter.Contribution.Day, meter.Contribution.DayAmount, meter.Contribution.PreviousDayAmount));
        var derived = meter.View(Midnight(1).AddHours(6)).Derived;
        Assert.Equal(hours * 10, derived.Single(figure => figure.Name == "consumedYesterdayLitres").Value);
        Assert.Equal(0, derived.Single(figure => figure.Name == "consumedTodayLitres").Value);
    }

    [Theory]
    [InlineData("electricity", "indexWattHours", "consumedTodayWattHours consumedYesterdayWattHours")]
    [InlineData("gas", "indexLitres", "consumedTodayLitres consumedYesterdayLitres")]
    [InlineData("heat", "indexWattHours", "consumedTodayWattHours consumedYesterdayWattHours")]
    public void Other_fluids_explain_their_days(string fluid, string index, string names)
    {
        var meter = Meter(fluid);
        meter.Report(Noon.AddDays(-1), (index, 1_000));
        meter.Report(Noon, (index, 1_500));

        Assert.Equal(names, string.Join(' ', meter.View(Noon).Derived.Select(figure => figure.Name)));
        Assert.Equal([500, 0], meter.View(Noon).Derived.Select(figure => figure.Value!.Value));
    }

    [Fact]
    public void A_register_rolls_over_at_its_maximum()
    {
        var meter = Meter("water", ("indexMaximum", 100_000));
        meter.Report(Noon, ("indexLitres", 99_990));

        Assert.Equal(30_000, meter.Report(Noon.Minutes(60), ("indexLitres", 20)).Contribution.DayAmount);
    }

    [Fact]
    public void A_replaced_meter_goes_on_from_its_first_index()
    {
        var meter = Meter();
        meter.Report(Noon, ("indexLitres", 5_000));
        meter.Report(Noon.Minutes(60), ("indexLitres", 5_010));

        Assert.Equal(10_000, meter.Report(Noon.Minutes(120), ("indexLitres", 3)).Contribution.DayAmount);
        Assert.Equal(12_000, meter.Report(Noon.Minutes(180), ("indexLitres", 5)).Contribution.DayAmount);
    }

    [Fact]
    public void A_report_of_the_day_allocates_its_three_readings_of_the_index_and_nothing_else()
    {
        var settings = MeterSettings.Parse(Entries.Descriptor("D1", DeviceKind.Meter, ("fluid", "water")));
        var calendar = new LocalCalendar("Europe/Paris");
        var state = default(MeterState);
        Report[] reports =
        [
            .. Enumerable.Range(0, 96 * 3).Select(place => Noon.AddDays(-3).AddMinutes(15 * place)).Concat(Enumerable.Range(1, 200).Select(minutes => Noon.AddMinutes(minutes)))
                .Select((at, place) => new Report(
                    Entries.Reading("D1", at, at, ("indexLitres", 1_000 + place), ("flowLitresPerHour", 3), ("tamper", 0), ("batteryPercent", 90)), at.ToUnixTimeMilliseconds(), IsLate: false)),
        ];
        var before = 0L;
        for (var place = 0; place < reports.Length; place++)
        {
            before = place == reports.Length - 200 ? GC.GetAllocatedBytesForCurrentThread() : before;
            state = MeterRules.Apply(state, settings, reports[place], calendar);
        }

        // Three points of 32 bytes and the array's 24.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 200, 1, 120);
        Assert.Equal(3, state.Index!.Length);
    }

    [Fact]
    public void What_was_stored_before_there_were_parameters_has_the_defaults()
    {
        var meter = Meter();
        Assert.DoesNotContain("OwnParameters", meter.Json(), StringComparison.Ordinal);
        Assert.Contains("OwnParameters", Meter("water", ("leakNights", 0)).Json(), StringComparison.Ordinal);
        Assert.Contains("\"LeakNights\":3", Meter("water", ("leakNights", 3)).Json(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_arrival_does_not_change_what_was_consumed()
    {
        var histories = from steps in Gen.Choose(1, 20).Zip(Gen.Choose(0, 400)).NonEmptyListOf()
                        let readings = steps.Aggregate(
                            new List<(double Hours, double Litres)> { (0, 100) },
                            (all, step) => [.. all, (all[^1].Hours + step.Item1, all[^1].Litres + step.Item2)])
                        from twice in Gen.SubListOf(readings.AsEnumerable())
                        from shuffled in Gen.Shuffle(readings.Concat(twice).ToArray())
                        select (Ordered: readings.ToArray(), Shuffled: shuffled);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(histories.ToArbitrary(), history => Consumed(history.Ordered) == Consumed(history.Shuffled)));

        // All of it arrives within a minute, as a logger's memory does when it is read out.
        static (int, long, long) Consumed((double Hours, double Litres)[] readings)
        {
            var meter = Meter();
            foreach (var (hours, litres) in readings)
            {
                meter.Take(Entries.Reading("D1", Noon.AddHours(hours), Noon.AddDays(100), ("indexLitres", litres)));
            }

            return (meter.Contribution.Day, meter.Contribution.DayAmount, meter.Contribution.PreviousDayAmount);
        }
    }
}
