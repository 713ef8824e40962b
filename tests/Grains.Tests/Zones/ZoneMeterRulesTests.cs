using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Zones;

/// <summary>What meters of a zone contribute beside their amounts.</summary>
public sealed class ZoneMeterRulesTests
{
    // Midnight in Paris, between the 15th and the 16th of January.
    private static readonly DateTimeOffset Midnight = new(2026, 1, 15, 23, 0, 0, TimeSpan.Zero);
    private static readonly int Day = Entries.DayNumber(2026, 1, 16);

    private static TestDevice Meter(params (string Name, object Value)[] attributes) => TestDevice.Of(DeviceKind.Meter, attributes);

    private static Contribution Report(TestDevice meter, params (double Hours, double Litres)[] readings)
    {
        foreach (var (hours, litres) in readings)
        {
            var at = Midnight.AddHours(hours);
            meter.Take(Entries.Reading(TestDevice.Id, at, at, ("indexLitres", litres)));
        }

        return meter.Contribution;
    }

    [Fact]
    public void A_customer_of_a_zone_says_until_when_its_days_are_known()
    {
        var zone = Report(Meter(("zone", "Z")), (-25, 70), (-1, 100), (10, 140), (25, 160)).Zone!;

        Assert.Equal(
            (Ms(25), Ms(10), Ms(-1), 0),
            (zone.DayReadAt, zone.PreviousDayReadAt, zone.BaseReadAt, zone.NightDay));
    }

    [Fact]
    public void A_day_without_a_reading_has_none() =>
        Assert.Equal((Ms(34), 0L, Ms(-1)), Report(Meter(("zone", "Z")), (-25, 70), (-1, 100), (34, 160)).Zone is { } zone ? (zone.DayReadAt, zone.PreviousDayReadAt, zone.BaseReadAt) : default);

    [Fact]
    public void An_inlet_says_its_nights()
    {
        var zone = Report(Meter(("zone", "Z"), ("zoneRole", "inlet")), (-2, 0), (2.5, 1_000), (3.5, 1_120), (26.5, 3_000), (27.5, 3_100), (40, 5_000)).Zone!;

        Assert.Equal((Day + 1, 100_000L, 120_000L), (zone.NightDay, zone.NightMinimumMillilitresPerHour, zone.PreviousNightMinimumMillilitresPerHour));
    }

    [Fact]
    public void A_customer_has_no_night_in_its_contribution() => Assert.Equal(0, Report(Meter(("zone", "Z")), (-2, 0), (2.5, 1_000), (3.5, 1_120)).Zone!.NightDay);

    [Theory]
    [InlineData("water", false)]
    [InlineData("gas", true)]
    public void A_meter_of_no_zone_says_nothing_of_it(string fluid, bool hasZone) =>
        Assert.Null(Report(hasZone ? Meter(("fluid", fluid), ("zone", "Z")) : Meter(("fluid", fluid)), (-25, 70), (-1, 100), (10, 140)).Zone);

    [Fact]
    public void What_it_says_follows_its_registration()
    {
        var meter = Meter(("zone", "Z"), ("zoneRole", "inlet"));
        Report(meter, (2.5, 1_000), (3.5, 1_120));
        Assert.Equal(Day, meter.Contribution.Zone!.NightDay);

        meter.Register(("zone", "Z"));
        Assert.Equal(0, meter.Contribution.Zone!.NightDay);
        meter.Register();
        Assert.Null(meter.Contribution.Zone);
        meter.Register(("zone", "Z"));
        Assert.Equal(Ms(3.5), meter.Contribution.Zone!.DayReadAt);
    }

    [Fact]
    public void When_it_becomes_anothers_its_amounts_stay_counted_and_its_readings_are_gone()
    {
        var meter = Meter(("zone", "Z"), ("subscriber", "S1"));
        Report(meter, (-1, 100), (10, 140));
        Assert.Equal(40_000, meter.Contribution.DayAmount);

        meter.Register(("zone", "Z"), ("subscriber", "S2"));

        Assert.Equal((40_000, null), (meter.Contribution.DayAmount, meter.Contribution.Zone));
    }

    private static long Ms(double hours) => Midnight.AddHours(hours).ToUnixTimeMilliseconds();
}
