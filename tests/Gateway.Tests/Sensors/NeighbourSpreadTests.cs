using FsCheck;
using FsCheck.Fluent;
using Grid.Client.Sensors;
using Grid.Contracts.Devices;

namespace Grid.Tests.Gateway.Sensors;

/// <summary>Sensors beside their neighbours. At 48 degrees north, a degree of longitude is 74.4 km and one of latitude 111.2.</summary>
public sealed class NeighbourSpreadTests
{
    private const string Dust = "pm25MicrogramsPerCubicMetre";
    private const string Level = "levelMillimetres";
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Stale = TimeSpan.FromHours(2);

    private static SensorValue Sensor(string device, double value, double east = 0, string metric = Dust) =>
        new(device, new GeoPoint(-4 + (east / 74.4), 48), null, metric, value, Now, null, IsRising: false, IsOfPlace: true);

    private static MetricSpread One(params SensorValue[] values) => Assert.Single(NeighbourSpread.Of(values, Now, 15, Stale));

    [Theory]
    [InlineData(-4, 48, -4, 49, 111.19)]
    [InlineData(-4, 48, -3, 48, 74.41)]
    [InlineData(2.3522, 48.8566, -4.4861, 48.3904, 505.3)] // Paris and Brest
    [InlineData(-4, 48, -4, 48, 0)]
    public void Distances_are_those_of_a_great_circle(double fromEast, double fromNorth, double toEast, double toNorth, double kilometres) =>
        Assert.Equal(kilometres, NeighbourSpread.Kilometres(new(fromEast, fromNorth), new(toEast, toNorth)), 0.5);

    /// <summary>10, 12, 14, 20, 90: median 14; distances 4, 2, 0, 6, 76: median 4.</summary>
    [Fact]
    public void Median_spread_and_highest_are_those_of_the_place()
    {
        var spread = One(Sensor("A", 10), Sensor("B", 12), Sensor("C", 14), Sensor("D", 20), Sensor("E", 90));

        Assert.Equal((Dust, 5, 0, 14.0, 4.0), (spread.Metric, spread.Sensors, spread.Stale, spread.Median, spread.Deviation));
        Assert.Equal(("E", 90.0), spread.Highest);
    }

    /// <summary>Against 10, 12, 14, 20: median 13, deviation (1, 1, 3, 7) 2, taken as 4: 0.6745 x 77 / 4 = 12.98.</summary>
    [Fact]
    public void A_sensor_far_off_its_neighbours_is_told_and_they_are_not()
    {
        var far = Assert.Single(One(Sensor("A", 10), Sensor("B", 12), Sensor("C", 14), Sensor("D", 20), Sensor("E", 90)).FarOff);

        Assert.Equal(("E", 90.0, 4, 13.0, 4.0), (far.Device, far.Value, far.Neighbours, far.Median, far.Deviation));
        Assert.Equal(12.98, far.Score, 0.01);
    }

    [Theory]
    [InlineData(10, 30.75, false)]
    [InlineData(10, 30.76, true)]
    [InlineData(40, 19.24, true)]
    public void Far_off_begins_at_a_score_of_three_and_a_half(double others, double value, bool isFar) =>
        Assert.Equal(isFar, One(Sensor("A", others), Sensor("B", others), Sensor("C", others), Sensor("E", value)).FarOff.Length == 1);

    [Fact]
    public void Two_neighbours_prove_nothing_and_who_is_farther_than_the_radius_is_none()
    {
        Assert.Empty(One(Sensor("A", 10), Sensor("B", 12), Sensor("E", 90)).FarOff);
        Assert.Empty(One(Sensor("A", 10), Sensor("B", 12), Sensor("C", 11, east: 15.5), Sensor("E", 90)).FarOff);
        Assert.Single(One(Sensor("A", 10), Sensor("B", 12), Sensor("C", 11, east: 14.5), Sensor("E", 90)).FarOff);
        Assert.Empty(One(Sensor("A", 10), Sensor("B", 12), Sensor("C", 11) with { Position = null }, Sensor("E", 90)).FarOff);
    }

    [Fact]
    public void Neighbours_of_other_places_are_compared_with_and_not_counted()
    {
        var spread = One(Sensor("E", 90), Neighbour("A", 10), Neighbour("B", 12), Neighbour("C", 11));

        Assert.Equal((1, 90.0, 0.0), (spread.Sensors, spread.Median, spread.Deviation));
        Assert.Equal("E", Assert.Single(spread.FarOff).Device);
        Assert.Empty(NeighbourSpread.Of([Neighbour("A", 10)], Now, 15, Stale));
    }

    [Fact]
    public void Stale_values_are_left_out_and_counted()
    {
        var old = Now - Stale - TimeSpan.FromSeconds(1);
        var spread = One(Sensor("A", 10), Sensor("B", 500) with { At = old }, Sensor("C", 20) with { At = Now - Stale }, Neighbour("D", 9) with { At = old });
        Assert.Equal((2, 1, 15.0, "C"), (spread.Sensors, spread.Stale, spread.Median, spread.Highest!.Value.Device));

        var none = One(Sensor("A", 10) with { At = old });
        Assert.Equal((0, 1, null, null, null), (none.Sensors, none.Stale, none.Median, none.Deviation, none.Highest));
    }

    [Fact]
    public void Levels_are_counted_and_who_has_no_thresholds_is_at_none() =>
        Assert.Equal([1, 0, 2, 0], One(Sensor("A", 1) with { LocalLevel = 0 }, Sensor("B", 2) with { LocalLevel = 2 }, Sensor("C", 2) with { LocalLevel = 2 }, Sensor("D", 2)).ByLocalLevel);

    [Fact]
    public void Water_is_compared_along_its_river_only()
    {
        SensorValue[] gauges = [River("A", 400, "Aulne"), River("B", 420, "Aulne", 40), River("C", 410, "Aulne", 80), River("E", 5_000, "Aulne", 120), River("F", 9_000, "Odet")];

        var far = Assert.Single(One(gauges).FarOff);
        Assert.Equal(("E", 3), (far.Device, far.Neighbours));
        Assert.Empty(One([.. gauges.Select(gauge => gauge with { River = null })]).FarOff);
    }

    [Fact]
    public void Of_a_rising_sensor_the_neighbours_that_rise_too_are_named()
    {
        var spread = One(
            River("A", 400, null) with { IsRising = true },
            River("B", 420, null, 5) with { IsRising = true, IsOfPlace = false },
            River("C", 410, null, 6),
            River("D", 410, null, 60) with { IsRising = true });

        Assert.Equal(["A", "D"], spread.Rising.Select(sensor => sensor.Device));
        Assert.Equal((2, "B"), (spread.Rising[0].Neighbours, Assert.Single(spread.Rising[0].Rising)));
        Assert.Equal((0, 0), (spread.Rising[1].Neighbours, spread.Rising[1].Rising.Length));
    }

    [Fact]
    public void The_order_of_the_sensors_does_not_matter_and_to_move_all_values_moves_no_verdict() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from value in Gen.Choose(0, 200) from east in Gen.Choose(0, 40) from rises in Gen.Elements(true, false) select (value, east, rises)).ArrayOf().ToArbitrary(),
        drawn =>
        {
            SensorValue[] sensors = [.. drawn.Select((item, index) => Sensor($"S{index:D3}", item.value, item.east) with { IsRising = item.rises })];
            if (sensors.Length == 0) return;

            var spread = One(sensors);
            Assert.Equal(Text(spread), Text(One([.. sensors.Reverse()])));
            var moved = One([.. sensors.Select(sensor => sensor with { Value = sensor.Value + 1_000 })]);
            Assert.Equal(spread.FarOff.Select(far => far.Device), moved.FarOff.Select(far => far.Device));
            Assert.Equal(spread.Deviation, moved.Deviation);
            Assert.InRange(spread.FarOff.Length, 0, sensors.Length);
        }));

    private static SensorValue Neighbour(string device, double value) => Sensor(device, value) with { IsOfPlace = false };

    private static SensorValue River(string device, double value, string? river, double east = 0) => Sensor(device, value, east, Level) with { River = river };

    private static string Text(MetricSpread spread) =>
        $"{spread.Sensors} {spread.Median} {spread.Deviation} {spread.Highest?.Value} {string.Join(',', spread.FarOff)} {string.Join(',', spread.Rising.Select(rising => $"{rising.Device}:{string.Join('+', rising.Rising)}"))}";
}
