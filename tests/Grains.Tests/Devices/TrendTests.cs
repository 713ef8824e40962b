using FsCheck;
using FsCheck.Fluent;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

public sealed class TrendTests
{
    private const long Hour = 3_600_000;
    private const long Start = 1_000 * 24 * Hour;

    private static Trend Of(IEnumerable<(double Hours, int Level)> levels) =>
        levels.Aggregate(default(Trend), (trend, level) => trend.With(level.Level, Start + (long)(level.Hours * Hour), Hour));

    private static (long At, int Level)[] Read(Trend trend)
    {
        Span<TrendPoint> points = stackalloc TrendPoint[Trend.Bound];
        return [.. points[..trend.Read(points, Hour)].ToArray().Select(point => ((point.At - Start) / (Hour / 4), point.Level))];
    }

    [Fact]
    public void It_keeps_the_mean_of_each_span_and_leaves_out_those_without_a_level()
    {
        var trend = Of([(0, 10), (0.5, 20), (1.2, 30), (4.1, 41), (4.2, 43)]);

        // Spans of an hour, middles in quarters of an hour; the last one goes on and does not count yet.
        Assert.Equal([(2, 15), (6, 30)], Read(trend));
        Assert.Equal((84, (ushort)2, 4), (trend.OpenSum, trend.OpenCount, trend.Means!.Length));
    }

    [Fact]
    public void Sixteen_spans_become_eight_of_twice_the_length()
    {
        var trend = Of(Enumerable.Range(0, 17).Select(hour => ((double)hour, hour * 10)));

        Assert.Equal((8, (byte)1), (trend.Means!.Length, trend.Doublings));
        Assert.Equal([5, 25, 45, 65, 85, 105, 125, 145], Read(trend).Select(point => point.Level));
        Assert.Equal(4, Read(trend)[0].At);
    }

    [Fact]
    public void A_straight_line_has_its_slope_and_its_level_however_long_it_is()
    {
        foreach (var hours in new[] { 4, 15, 16, 40, 500, 3_000 })
        {
            var trend = Of(Enumerable.Range(0, hours).Select(hour => ((double)hour, 1_000 + hour)));
            var now = Start + ((hours - 1) * Hour);
            var slope = trend.SlopePerDay(Hour, least: 3)!.Value.Median;

            Assert.InRange(slope, 23_000, 25_000);
            Assert.InRange(trend.LevelAt(now, slope, Hour), 1_000 + (hours * 0.98) - 3, 1_000 + (hours * 1.02) + 3);
        }
    }

    [Fact]
    public void A_quarter_of_the_means_may_be_anything() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(100),
        Prop.ForAll(
            (from wild in Gen.Choose(0, 60_000).ArrayOf(3) from places in Gen.Choose(0, 13).ArrayOf(3) select (wild, places)).ToArbitrary(),
            item =>
            {
                var trend = Of(Enumerable.Range(0, 14).Select(hour => ((double)hour, item.places.Contains(hour) ? item.wild[Array.IndexOf(item.places, hour)] : 5_000 + (hour * 100))));
                return Math.Abs(trend.SlopePerDay(Hour, 3)!.Value.Median - 2_400_000) <= 250_000;
            }));

    [Fact]
    public void Its_arrays_are_never_written_and_never_longer_than_its_bound() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(100),
        Prop.ForAll(
            (from gaps in Gen.Frequency((9, Gen.Choose(0, 3 * 3_600)), (1, Gen.Choose(0, 400 * 3_600))).ListOf() from level in Gen.Choose(0, 70_000) select (gaps, level)).ToArbitrary(),
            item =>
            {
                var (trend, at) = (default(Trend), Start);
                foreach (var gap in item.gaps)
                {
                    var (before, copy) = (trend.Means, trend.Means?.ToArray());
                    trend = trend.With(item.level, at += gap * 1_000L, Hour);
                    if (trend.Means?.Length > Trend.Bound || (before is not null && !before.SequenceEqual(copy!)))
                    {
                        return false;
                    }
                }

                return true;
            }));
}
