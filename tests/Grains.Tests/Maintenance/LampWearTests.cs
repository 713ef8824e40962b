using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Maintenance;

public sealed class LampWearTests
{
    // 18:00 in Paris in January: night.
    private static readonly DateTimeOffset Evening = Entries.Start.AddHours(6);

    private static TestDevice Lamp(params (string, object)[] attributes) => TestDevice.Of(DeviceKind.Streetlight, [("ratedWatts", 100), .. attributes]);

    /// <summary>A report every evening, dimmed to 100 %.</summary>
    private static TestDevice Burn(TestDevice lamp, int from, int until, Func<int, double?> hours, Func<int, double>? watts = null)
    {
        for (var day = from; day < until; day++)
        {
            (string, double)[] metrics = [("dimmingPercent", 100), ("powerWatts", watts?.Invoke(day) ?? 100)];
            lamp.Report(Evening.AddDays(day), hours(day) is { } burnt ? [.. metrics, ("burningHours", burnt)] : metrics);
        }

        return lamp;
    }

    private static DerivedFigure? Figure(TestDevice lamp, string name) => lamp.View(Evening).Derived.FirstOrDefault(figure => figure.Name == name);

    private static (string Basis, double Days) Failure(TestDevice lamp) =>
        Figure(lamp, "lampFailureAt") is { } figure ? (figure.Basis, (figure.At!.Value - Evening).TotalDays) : ("", double.NaN);

    [Fact]
    public void A_lamp_reaches_its_rated_life_at_its_own_pace()
    {
        // 12 hours a night: 98,800 after 99 days leave 1,200, which are 100 nights more.
        var (basis, days) = Failure(Burn(Lamp(), 0, 101, day => 97_600 + (12 * day)));

        Assert.Equal("ratedLife", basis);
        Assert.Equal(200, days, 2.0);
    }

    [Fact]
    public void Before_its_pace_is_known_a_lamp_burns_4100_hours_a_year()
    {
        var (basis, days) = Failure(Burn(Lamp(), 0, 2, day => 95_900 + day));

        Assert.Equal("ratedLife", basis);
        Assert.Equal(365.25, days, 2.0);
    }

    [Fact]
    public void Another_rated_life_is_its_own_attribute_and_what_is_over_is_due_now()
    {
        var lamp = Burn(Lamp(("ratedLifeHours", 30_000)), 0, 40, day => 30_500 + (10 * day));

        Assert.Equal(39, Failure(lamp).Days, 0.01);
        Assert.Equal((30_890, 30_000.0, "reported"), (Figure(lamp, "burningHours")!.Value, Figure(lamp, "burningHours")!.High, Figure(lamp, "burningHours")!.Basis));
    }

    [Fact]
    public void Power_that_grows_brings_the_end_forward()
    {
        // Half a percent of drift in five days: 10 % after 100 days, 25 % after 250.
        var lamp = Burn(Lamp(), 0, 200, day => 20_000 + (11 * day), day => 100 * (1 + (day / 1_000.0)));
        var (basis, days) = Failure(lamp);

        Assert.Equal("powerDrift", basis);
        Assert.Equal(250, days, 20.0);
        Assert.Equal(19.5, Figure(lamp, "powerDriftPercent")!.Value!.Value, 1.0);
        Assert.Equal(36.5, Figure(lamp, "powerDriftPercentPerYear")!.Value!.Value, 3.0);
    }

    [Fact]
    public void A_power_that_was_always_too_high_is_no_drift_that_grows()
    {
        Assert.Equal("ratedLife", Failure(Burn(Lamp(), 0, 300, day => 20_000 + (11 * day), _ => 112)).Basis);
        Assert.Equal("ratedLife", Failure(Burn(Lamp(), 0, 300, day => 20_000 + (11 * day), day => 100 + (day % 3))).Basis);
    }

    [Fact]
    public void Fewer_hours_than_before_are_another_lamp()
    {
        var lamp = Burn(Lamp(), 0, 300, day => 99_000 + day, day => 100 * (1 + (day / 1_000.0)));
        Burn(lamp, 300, 340, day => 12 * (day - 300));

        Assert.Equal(468, Figure(lamp, "burningHours")!.Value);
        Assert.Equal("ratedLife", Failure(lamp).Basis);
        Assert.InRange(Failure(lamp).Days, 365 * 20, 365 * 25);
    }

    [Fact]
    public void A_lamp_that_counts_nothing_is_counted_from_its_reports()
    {
        // Lit for 6 hours in reports every half hour, then dark; the hour after a report at most is believed.
        var lamp = Lamp();
        for (var half = 0; half <= 12; half++)
        {
            lamp.Report(Evening.Minutes(30 * half), ("dimmingPercent", half == 12 ? 0 : 50));
        }

        lamp.Report(Evening.AddHours(20), ("dimmingPercent", 30));
        lamp.Report(Evening.AddHours(30), ("dimmingPercent", 0));
        Assert.Equal((7.0, "counted"), (Figure(lamp, "burningHours")!.Value, Figure(lamp, "burningHours")!.Basis));
    }

    [Fact]
    public void A_passive_lamp_and_one_that_was_never_heard_say_nothing()
    {
        Assert.Null(Figure(Lamp(), "burningHours"));
        var passive = TestDevice.Of(DeviceKind.Streetlight, ("passive", true), ("cabinet", "C"), ("ratedWatts", 70));
        passive.Report(Evening, ("burningHours", 5));
        Assert.Null(Figure(passive, "lampFailureAt"));
    }

    [Fact]
    public void A_sound_report_allocates_nothing_for_wear()
    {
        var wear = typeof(Grid.Grains.Maintenance.LampWear);

        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<Grid.Grains.Maintenance.LampWear>());
        Assert.All(wear.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic), field => Assert.True(field.FieldType.IsPrimitive));
    }
}
