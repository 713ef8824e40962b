using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.History;

namespace Grid.Tests.Storage.History;

public sealed class HistoryCodecTests
{
    private readonly MetricTable _metrics = new();

    /// <summary>Doubles of every shape: whole, of few decimals, of any bits but those of no number.</summary>
    private static Gen<double> Numbers => Gen.OneOf(
        Gen.Choose(-1_000_000, 1_000_000).Select(number => (double)number),
        Gen.Choose(-1_000_000, 1_000_000).Select(number => number / 1000d),
        Gen.Choose(int.MinValue, int.MaxValue).Two().Select(pair => BitConverter.Int64BitsToDouble(((long)pair.Item1 << 32) | (uint)pair.Item2)).Where(double.IsFinite),
        Gen.Elements(0d, -0d, double.Epsilon, double.MaxValue, double.MinValue, 9_007_199_254_740_992d, 9_007_199_254_740_993d, -9_007_199_254_740_991d, 1e-3, 0.1 + 0.2));

    private static Gen<double[]> Columns => Gen.OneOf(
        Numbers.ArrayOf(),
        Numbers.Select(number => Enumerable.Repeat(number, 20).ToArray()),
        Gen.Choose(0, 500).ArrayOf().Select(steps => steps.Aggregate(new List<double> { 1e6 }, (all, step) => [.. all, all[^1] + step]).ToArray()));

    [Fact]
    public void Any_column_of_numbers_comes_back_to_the_bit() => Prop.ForAll(Columns.ToArbitrary(), column =>
    {
        using var writer = new ByteWriter(16);
        new NumberColumn().Write(writer, column);
        var back = new double[column.Length];
        var reader = new ByteReader(writer.Written);
        NumberColumn.Read(ref reader, back);
        return reader.Remaining == 0 && column.Select(BitConverter.DoubleToInt64Bits).SequenceEqual(back.Select(BitConverter.DoubleToInt64Bits));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_points_come_back_in_order_each_instant_once_with_its_last_value()
    {
        var points = Gen.Choose(0, 3).SelectMany(metric => Gen.Choose(0, 60).SelectMany(time => Numbers.Select(value => (metric, time, value)))).ArrayOf();
        Prop.ForAll(points.Where(all => all.Length > 0).ToArbitrary(), Gen.Elements(1, 1000, 1_333).ToArbitrary(), (all, unit) =>
        {
            string[] names = ["powerWatts", "indexLitres", "vendor.one", "vendor.two"];
            var list = new PointList();
            foreach (var (metric, time, value) in all)
            {
                list.Add(_metrics.NumberOf(names[metric]), time * unit, value);
            }

            list.Order();
            var expected = all.GroupBy(point => (Number: _metrics.NumberOf(names[point.metric]), Time: point.time * unit))
                .OrderBy(group => group.Key.Number).ThenBy(group => group.Key.Time)
                .Select(group => (group.Key.Number, group.Key.Time, BitConverter.DoubleToInt64Bits(group.Last().value))).ToArray();
            using var writer = new ByteWriter(16);
            new PointCodec(_metrics).Write(writer, list);

            var whole = Read(writer.Written, null);
            var one = Read(writer.Written, _metrics.FilterOf("vendor.one"));
            return expected.SequenceEqual(whole) && expected.Where(point => point.Number == _metrics.NumberOf("vendor.one")).SequenceEqual(one);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Roll_ups_come_back_and_joined_they_are_those_of_the_joined_points()
    {
        var readings = Gen.Choose(0, 86_399).Zip(Gen.Choose(0, 5_000)).ArrayOf().Where(all => all.Length > 0);
        Prop.ForAll(readings.ToArbitrary(), all =>
        {
            var list = new PointList();
            var metric = _metrics.NumberOf("indexLitres");
            foreach (var (second, value) in all)
            {
                list.Add(metric, second * 1000, value);
            }

            list.Order();
            var counting = new IndexCounting(5_000);
            var parts = new List<RollUpPart>();
            RollUp.Of(list.Times, list.Values, RollUp.QuarterOf, counting, parts);
            using var writer = new ByteWriter(16);
            RollUpCodec.Begin(writer, 1);
            new RollUpCodec(_metrics).Write(writer, metric, parts);
            var reader = new ByteReader(writer.Written);
            var back = new RollUpCodec(_metrics).Read(ref reader, _metrics.FilterOf("indexLitres"));

            var whole = new List<RollUpPart>();
            RollUp.Of(list.Times, list.Values, _ => 0, counting, whole);
            var start = Days.At(20_000, 0);
            var joined = back.Select(part => part.Bucket(20_000, start, start.AddDays(1))).Aggregate((former, later) => former.Then(later, counting));
            return parts.SequenceEqual(back) && joined == whole.Single().Bucket(20_000, start, start.AddDays(1)) && joined.Consumed >= 0;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Damaged_bytes_are_refused_and_ask_for_no_memory()
    {
        var list = new PointList();
        for (var time = 0; time < 200; time++)
        {
            list.Add(_metrics.NumberOf("powerWatts"), time * 1_001, time * 0.1);
            list.Add(_metrics.NumberOf("vendor.one"), time * 2_002, time);
        }

        list.Order();
        using var writer = new ByteWriter(16);
        new PointCodec(_metrics).Write(writer, list);
        var bytes = writer.Written.ToArray();
        var refused = 0;
        for (var place = 0; place < bytes.Length; place++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = (byte[])bytes.Clone();
                damaged[place] ^= (byte)(1 << bit);
                try
                {
                    Assert.True(Read(damaged, null).Length <= 2 * damaged.Length + 2);
                }
                catch (CodecException)
                {
                    refused++;
                }
            }
        }

        Assert.NotEqual(0, refused);
    }

    [Theory]
    [InlineData("raw-2026-11-26.db")]
    [InlineData("quarters-2026-11.db")]
    [InlineData("days-2026.db")]
    public void A_period_is_named_by_its_file(string name)
    {
        var period = HistoryPeriod.Parse(name)!.Value;

        Assert.Equal(name, period.FileName);
        Assert.Equal(period, HistoryPeriod.Of(period.Resolution, period.FirstDay));
        Assert.Equal(period, HistoryPeriod.Of(period.Resolution, period.LastDay));
        Assert.NotEqual(period, HistoryPeriod.Of(period.Resolution, period.LastDay + 1));
        Assert.Null(HistoryPeriod.Parse("x" + name));
    }

    private (ushort Metric, int Time, long Bits)[] Read(ReadOnlySpan<byte> bytes, MetricFilter? only)
    {
        var list = new PointList();
        var reader = new ByteReader(bytes);
        new PointCodec(_metrics).Read(ref reader, list, only);
        var read = new (ushort, int, long)[list.Count];
        for (var index = 0; index < list.Count; index++)
        {
            read[index] = (list.Metrics[index], list.Times[index], BitConverter.DoubleToInt64Bits(list.Values[index]));
        }

        return read;
    }
}
