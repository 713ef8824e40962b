using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.Devices;
using Grid.Grains.Intake;

namespace Grid.Tests.City;

/// <summary>What the readings of a frame are.</summary>
public sealed class DayFrameTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 23, 0, 0, TimeSpan.Zero);

    private static IncomingFrame Frame(double index, params double[] deltas) =>
        new(3, "M1", Start, [new("indexLitres", index), new("batteryPercent", 80)], [new("indexLitres", [.. deltas])], TimeSpan.FromHours(1), "boot", 7);

    private static double[] Indexes(ImmutableArray<IncomingReading> readings) => [.. readings.Select(reading => reading.Metrics.Single(metric => metric.Name == "indexLitres").Value)];

    [Fact]
    public void A_frame_is_its_own_reading_and_one_at_the_end_of_each_interval()
    {
        var readings = DayFrames.Expand(Frame(1_000, 0, 1.5, 20), 0);

        Assert.Equal([1_000, 1_000, 1_001.5, 1_021.5], Indexes(readings));
        Assert.Equal(Enumerable.Range(0, 4).Select(hours => (DateTimeOffset?)Start.AddHours(hours)), readings.Select(reading => reading.Time));
        Assert.All(readings, reading => Assert.Equal((3, "M1", typeof(IncomingReading)), (reading.Index, reading.Device, reading.GetType())));
        Assert.Equal(80, readings[0].Metrics[1].Value);
        Assert.All(readings.Skip(1), reading => Assert.Single(reading.Metrics));
    }

    [Fact]
    public void Only_the_last_reading_has_the_counter_of_the_frame()
    {
        var readings = DayFrames.Expand(Frame(1_000, 1, 0, 0), 0);
        Assert.Equal([(null, null), (null, null), (null, null), ("boot", 7)], readings.Select(reading => (reading.Session, reading.Sequence)));
    }

    [Fact]
    public void Several_indexes_go_side_by_side_each_as_far_as_it_goes()
    {
        var frame = Frame(1_000, 1, 2) with { Metrics = [new("indexLitres", 1_000), new("indexWattHours", 50)], Deltas = [new("indexLitres", [1, 2]), new("indexWattHours", [5])] };
        var readings = DayFrames.Expand(frame, 0);

        Assert.Equal(3, frame.Count);
        Assert.Equal([new MetricValue("indexLitres", 1_001), new("indexWattHours", 55)], readings[1].Metrics);
        Assert.Equal([new MetricValue("indexLitres", 1_003)], readings[2].Metrics);
    }

    [Fact]
    public void An_index_starts_again_where_the_register_does() => Assert.Equal([99_990, 99_999, 0, 5], Indexes(DayFrames.Expand(Frame(99_990, 9, 1, 5), 100_000)));

    [Fact]
    public void The_field_of_a_reading_is_the_delta_that_it_rests_on() =>
        Assert.Equal(["deltas.indexLitres[0]", "deltas.indexLitres[2]"], new[] { 1, 3 }.Select(place => DayFrames.FieldOf(Frame(0, 1, 2, 3), place)));

    [Fact]
    public void Every_index_is_the_base_and_what_has_come_since_to_the_thousandth()
    {
        var cases = from start in Gen.Choose(0, 10_000_000)
                    from deltas in Gen.Choose(0, 100_000).NonEmptyListOf()
                    select (Start: start, Deltas: deltas.Take(96).ToArray());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), sent =>
        {
            var indexes = Indexes(DayFrames.Expand(Frame(sent.Start / 1_000.0, [.. sent.Deltas.Select(delta => delta / 1_000.0)]), 0));
            var sum = (long)sent.Start;
            return Thousandths.Of(indexes[0]) == sum && indexes.Skip(1).Zip(sent.Deltas).All(pair => Thousandths.Of(pair.First) == (sum += pair.Second));
        }));
    }
}
