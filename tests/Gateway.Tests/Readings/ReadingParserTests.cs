using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Grid.Connectors.Http;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Tests.Gateway.Readings;

public sealed class ReadingParserTests
{
    private const string Good = """{"device":"L1","time":"2026-11-22T10:00:00.123Z","metrics":{"powerWatts":52.5,"dimmingPercent":100}}""";

    [Fact]
    public void A_good_reading_is_read_whole()
    {
        var parser = Lines("""{"seq":7,"session":"boot-3","device":"cab:1_a.b-c","time":"2026-11-22T11:00:00.1239+01:00","metrics":{"powerWatts":-0.5,"mystery":1e3},"extra":{"a":[1]}}""");
        var reading = Assert.Single(parser.Readings);
        Assert.Equal("cab:1_a.b-c", reading.Device);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 10, 0, 0, 123, TimeSpan.Zero), reading.Time);
        Assert.Equal(7, reading.Sequence);
        Assert.Equal("boot-3", reading.Session);
        Assert.Equal([new("powerWatts", -0.5), new("mystery", 1000)], reading.Metrics);
        Assert.Empty(parser.Rejections);
    }

    [Fact]
    public void A_metric_of_the_catalogue_keeps_the_catalogues_string()
    {
        var reading = Assert.Single(Lines("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"fill\u0050ercent":3,"powerWatts":1}}""").Readings);
        Assert.Same(MetricCatalog.ByName["fillPercent"].Name, reading.Metrics[0].Name);
        Assert.Same(MetricCatalog.ByName["powerWatts"].Name, reading.Metrics[1].Name);
    }

    [Fact]
    public void Every_metric_of_the_catalogue_is_found_by_its_bytes() =>
        Assert.All(MetricCatalog.All, metric => Assert.Same(metric.Name, MetricNames.Find(Encoding.UTF8.GetBytes(metric.Name))));

    [Theory]
    [InlineData("""{"time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":1}}""", "device", "is missing")]
    [InlineData("""{"device":null,"time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":1}}""", "device", "is no text")]
    [InlineData("""{"device":"a b","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":1}}""", "device", "is no text")]
    [InlineData("""{"device":"é","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":1}}""", "device", "is no text")]
    [InlineData("""{"device":"\ud800","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":1}}""", "device", "is no text")]
    [InlineData("""{"device":"a","metrics":{"powerWatts":1}}""", "time", "is missing")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00","metrics":{"powerWatts":1}}""", "time", "is no RFC 3339")]
    [InlineData("""{"device":"a","time":"yesterday","metrics":{"powerWatts":1}}""", "time", "is no RFC 3339")]
    [InlineData("""{"device":"a","time":1700000000,"metrics":{"powerWatts":1}}""", "time", "is no RFC 3339")]
    [InlineData("""{"device":"a","time":{"x":1},"metrics":{"powerWatts":1}}""", "time", "is no RFC 3339")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z"}""", "metrics", "is missing")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{}}""", "metrics", "has no value")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":[1]}""", "metrics", "is no JSON object")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":null}}""", "metrics.powerWatts", "is no finite number")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":"NaN"}}""", "metrics.powerWatts", "is no finite number")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":1e999}}""", "metrics.powerWatts", "is no finite number")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":true}}""", "metrics.powerWatts", "is no finite number")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":{"v":1}}}""", "metrics.powerWatts", "is no finite number")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":1,"x":2,"powerWatts":3}}""", "metrics.powerWatts", "appears twice")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"bad name":1}}""", "metrics", "has a name")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":1},"seq":-1}""", "seq", "is no whole number")]
    [InlineData("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{"powerWatts":1},"session":7}""", "session", "is no text")]
    [InlineData("7", "reading", "is no JSON object")]
    [InlineData("""[{"device":"a"}]""", "reading", "is no JSON object")]
    public void What_is_wrong_is_said_by_field_and_the_neighbours_are_taken(string bad, string field, string reason)
    {
        foreach (var parser in new[] { Lines(Good, bad, Good), Array($"[{Good},{bad},{Good}]") })
        {
            Assert.Equal([0, 2], parser.Readings.Select(reading => reading.Index));
            var rejection = Assert.Single(parser.Rejections);
            Assert.Equal((1, field), (rejection.Index, rejection.Field));
            Assert.StartsWith(reason, rejection.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"device\":\"a\"")]
    [InlineData("{\"device\":\"a\",}")]
    [InlineData("not json")]
    [InlineData("{\"device\":\"a\",\"time\":\"2026-11-22T10:00:00Z\",\"metrics\":{\"powerWatts\":NaN}}")]
    [InlineData("{\"device\":\"a\",\"time\":\"2026-11-22T10:00:00Z\",\"metrics\":{\"powerWatts\":1}} x")]
    [InlineData("{\"device\":\"a\",\"time\":\"2026-11-22T10:00:00Z\",\"metrics\":{\"powerWatts\":1}}{}")]
    public void A_malformed_line_is_one_rejection(string bad)
    {
        var parser = Lines(Good, bad, "", "  ", Good);
        Assert.Equal([0, 2], parser.Readings.Select(reading => reading.Index));
        var rejection = Assert.Single(parser.Rejections);
        Assert.Equal((1, "reading"), (rejection.Index, rejection.Field));
        Assert.Contains("malformed JSON", rejection.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("[{}")]
    [InlineData("[{},]")]
    [InlineData("[] []")]
    [InlineData("null")]
    public void A_malformed_array_is_said_to_be(string body) =>
        Assert.NotNull(new ReadingParser(10).ParseArray(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void An_empty_array_is_no_reading() => Assert.Equal(0, Array("[]").Count);

    [Fact]
    public void A_byte_order_mark_is_no_fault()
    {
        Assert.Single(Array("\uFEFF[" + Good + "]").Readings);
        Assert.Single(Lines("\uFEFF" + Good).Readings);
    }

    [Fact]
    public void What_is_beyond_the_limit_is_not_read()
    {
        var parser = new ReadingParser(2);
        Assert.Null(parser.ParseArray(Encoding.UTF8.GetBytes($"[{Good},{Good},{Good}]")));
        Assert.True(parser.IsOverLimit);
        Assert.Equal(2, parser.Count);
    }

    [Fact]
    public void More_than_64_values_in_a_reading_are_refused()
    {
        var metrics = string.Join(',', Enumerable.Range(0, 65).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"m{i}\":1")));
        var rejection = Assert.Single(Lines("""{"device":"a","time":"2026-11-22T10:00:00Z","metrics":{""" + metrics + "}}").Rejections);
        Assert.Equal(("metrics", "has more than 64 values"), (rejection.Field, rejection.Reason));
    }

    [Theory]
    [InlineData("2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000")]
    [InlineData("2026-11-22t10:00:00z", "2026-11-22T10:00:00.000")]
    [InlineData("2026-11-22T10:00:00.9999Z", "2026-11-22T10:00:00.999")]
    [InlineData("2026-11-22T00:30:00.5+01:00", "2026-11-21T23:30:00.500")]
    [InlineData("2024-02-29T23:59:59-00:30", "2024-03-01T00:29:59.000")]
    public void An_instant_is_read_to_the_millisecond(string text, string utc)
    {
        Assert.True(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var instant));
        Assert.Equal(utc, instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("2026-11-22")]
    [InlineData("2026-11-22T10:00:00")]
    [InlineData("2026-11-22T10:00:00.Z")]
    [InlineData("2026-11-22T10:00:00.5")]
    [InlineData("2026-11-22T24:00:00Z")]
    [InlineData("2026-11-22T23:59:60Z")]
    [InlineData("2026-02-29T10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("0000-01-01T10:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("2026-11-22 10:00:00Z")]
    [InlineData("2026-11-22T10:00:00+0100")]
    [InlineData("2026-11-22T10:00:00Zz")]
    public void What_is_no_instant_is_refused(string text) => Assert.False(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Any_instant_and_number_come_back_as_they_were()
    {
        var instants = ArbMap.Default.GeneratorFor<DateTimeOffset>();
        var numbers = ArbMap.Default.GeneratorFor<NormalFloat>();
        Prop.ForAll(instants.Zip(numbers).ToArbitrary(), pair =>
        {
            var (instant, number) = pair;
            var text = instant.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
            var value = number.Get.ToString("R", CultureInfo.InvariantCulture);
            var reading = Lines($$$"""{"device":"a","time":"{{{text}}}","metrics":{"x":{{{value}}} } }""").Readings.SingleOrDefault();
            var expected = new DateTimeOffset(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
            return reading is not null && reading.Time == expected && reading.Metrics[0].Value.Equals(number.Get);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception()
    {
        var bytes = ArbMap.Default.GeneratorFor<byte>().ArrayOf();
        var mutated = Gen.Choose(0, Good.Length - 1).Zip(Gen.Choose(0, 255)).Select(pair =>
        {
            var text = Encoding.UTF8.GetBytes(Good);
            text[pair.Item1] = (byte)pair.Item2;
            return text;
        });
        Prop.ForAll(Gen.OneOf(bytes, mutated).ToArbitrary(), body =>
        {
            var parser = new ReadingParser(100);
            parser.ParseLine(body);
            new ReadingParser(100).ParseArray(body);
            return parser.Readings.Count + parser.Rejections.Count == parser.Count;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_reading_allocates_only_what_it_is()
    {
        var body = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat(Good, 1000)) + "]");
        new ReadingParser(1000).ParseArray(body);
        var parser = new ReadingParser(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        parser.ParseArray(body);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;

        // The record 80, the key 24 to 32, two values 56, and the lists that hold them as they grow.
        Assert.InRange(each, 1, 240);
    }

    private static ReadingParser Lines(params string[] lines)
    {
        var parser = new ReadingParser(10_000);
        foreach (var line in lines)
        {
            parser.ParseLine(Encoding.UTF8.GetBytes(line));
        }

        return parser;
    }

    private static ReadingParser Array(string body)
    {
        var parser = new ReadingParser(10_000);
        Assert.Null(parser.ParseArray(Encoding.UTF8.GetBytes(body)));
        return parser;
    }
}
