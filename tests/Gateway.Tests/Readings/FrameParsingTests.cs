using System.Text;
using System.Text.Json;
using Grid.Connectors.Http;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Tests.Gateway.Readings;

public sealed class FrameParsingTests
{
    private const string Good = """{"device":"m2","time":"2026-11-22T10:00:00Z","metrics":{"indexLitres":1}}""";

    /// <summary>A frame with the rest of its JSON, between two good readings, as an array and as lines.</summary>
    private static IEnumerable<ReadingParser> Both(string rest, string metrics = """{"indexLitres":1000,"batteryPercent":80}""")
    {
        var frame = $$"""{"deltas":{{rest}},"device":"m1","seq":7,"session":"s","time":"2026-11-21T23:00:00Z","metrics":{{metrics}}}""";
        var lines = new ReadingParser(1_000);
        foreach (var line in new[] { Good, frame, Good })
        {
            lines.ParseLine(Encoding.UTF8.GetBytes(line));
        }

        var array = new ReadingParser(1_000);
        Assert.Null(array.ParseArray(Encoding.UTF8.GetBytes($"[{Good},{frame},{Good}]")));
        return [lines, array];
    }

    [Fact]
    public void A_frame_is_read_whole()
    {
        Assert.All(Both("""{"indexLitres":[0,1.5,2e1],"indexWattHours":[7]},"interval":"PT15M" """, """{"indexLitres":1000,"indexWattHours":5,"batteryPercent":80}"""), parser =>
        {
            Assert.Empty(parser.Rejections);
            Assert.Equal([typeof(IncomingReading), typeof(IncomingFrame), typeof(IncomingReading)], parser.Readings.Select(reading => reading.GetType()));
            var frame = (IncomingFrame)parser.Readings[1];
            Assert.Equal((1, "m1", "s", 7), (frame.Index, frame.Device, frame.Session, frame.Sequence));
            Assert.Equal(new DateTimeOffset(2026, 11, 21, 23, 0, 0, TimeSpan.Zero), frame.Start);
            Assert.Equal([new MetricValue("indexLitres", 1000), new("indexWattHours", 5), new("batteryPercent", 80)], frame.Metrics);
            Assert.Equal(["indexLitres", "indexWattHours"], frame.Deltas.Select(deltas => deltas.Metric));
            Assert.Equal([0, 1.5, 20, 7], frame.Deltas.SelectMany(deltas => deltas.Values));
            Assert.Equal((TimeSpan.FromMinutes(15), 4), (frame.Interval, frame.Count));
        });
    }

    [Fact]
    public void Without_an_interval_it_is_an_hour() =>
        Assert.All(Both("""{"indexLitres":[0]}"""), parser => Assert.Equal(TimeSpan.FromHours(1), ((IncomingFrame)parser.Readings[1]).Interval));

    [Theory]
    [InlineData("null")]
    [InlineData("\"3\"")]
    [InlineData("-0.1")]
    [InlineData("1e999")]
    [InlineData("{\"a\":[1]}")]
    public void A_bad_delta_costs_itself_and_those_that_rest_on_it(string bad) => Assert.All(Both($$"""{"indexLitres":[1,2,3,{{bad}},5]}"""), parser =>
    {
        Assert.Equal([1, 2, 3], ((IncomingFrame)parser.Readings[1]).Deltas.Single().Values);
        Assert.Equal(
            [
                new Rejection(1, "m1", "deltas.indexLitres[3]", "is no number of at least 0"),
                new Rejection(1, "m1", "deltas.indexLitres[4]", "follows deltas.indexLitres[3], so its index is not known"),
            ],
            parser.Rejections);
        Assert.Equal([0, 1, 2], parser.Readings.Select(reading => reading.Index));
    });

    [Theory]
    [InlineData("[1,2]", "deltas", "is no JSON object")]
    [InlineData("7", "deltas", "is no JSON object")]
    [InlineData("""{"flowLitresPerHour":[1]}""", "deltas", "has a name that is no index")]
    [InlineData("""{"somethingElse":[1]}""", "deltas", "has a name that is no index")]
    [InlineData("""{"indexLitres":7}""", "deltas.indexLitres", "is no JSON array")]
    [InlineData("""{"indexLitres":{"a":1}}""", "deltas.indexLitres", "is no JSON array")]
    [InlineData("""{"indexWattHours":[1]}""", "deltas.indexWattHours", "needs metrics.indexWattHours")]
    [InlineData("""{"indexLitres":[null]}""", "deltas.indexLitres[0]", "is no number")]
    [InlineData("""{"indexLitres":[1]},"interval":"PT0S" """, "interval", "is no ISO 8601 duration")]
    [InlineData("""{"indexLitres":[1]},"interval":"P1M" """, "interval", "is no ISO 8601 duration")]
    [InlineData("""{"indexLitres":[1]},"interval":"P1DT1S" """, "interval", "is no ISO 8601 duration")]
    [InlineData("""{"indexLitres":[1]},"interval":3600 """, "interval", "is no ISO 8601 duration")]
    [InlineData("""{"indexLitres":[1]},"interval":["PT1H"] """, "interval", "is no ISO 8601 duration")]
    public void A_fault_of_the_deltas_is_told_and_the_reading_is_taken(string rest, string field, string reason) => Assert.All(Both(rest), parser =>
    {
        Assert.Equal([0, 1, 2], parser.Readings.Select(reading => reading.Index));
        Assert.IsNotType<IncomingFrame>(parser.Readings[1]);
        var rejection = Assert.Single(parser.Rejections);
        Assert.Equal((1, "m1", field), (rejection.Index, rejection.Device, rejection.Field));
        Assert.StartsWith(reason, rejection.Reason, StringComparison.Ordinal);
    });

    [Fact]
    public void A_good_index_is_taken_beside_a_bad_one() =>
        Assert.All(Both("""{"indexWattHours":"x","indexLitres":[1,2],"indexLitres":[3]}"""), parser =>
        {
            Assert.Equal([1, 2], ((IncomingFrame)parser.Readings[1]).Deltas.Single().Values);
            Assert.Equal(["deltas.indexWattHours", "deltas.indexLitres"], parser.Rejections.Select(rejection => rejection.Field));
        });

    [Fact]
    public void More_than_96_deltas_are_refused_together()
    {
        Assert.All(Both($$"""{"indexLitres":[{{string.Join(',', Enumerable.Repeat("1", 96))}}]}"""), parser => Assert.Equal(97, ((IncomingFrame)parser.Readings[1]).Count));
        Assert.All(Both($$"""{"indexLitres":[{{string.Join(',', Enumerable.Repeat("null", 97))}}]}"""), parser =>
        {
            Assert.Equal(("deltas.indexLitres", "has more than 96 deltas"), (Assert.Single(parser.Rejections).Field, parser.Rejections[0].Reason));
            Assert.Equal(3, parser.Readings.Count);
        });
    }

    [Fact]
    public void A_fault_of_the_reading_is_the_only_one()
    {
        foreach (var parser in Both("""{"indexLitres":[null,1]}""", """{"indexLitres":"x"}"""))
        {
            Assert.Equal([0, 2], parser.Readings.Select(reading => reading.Index));
            Assert.Equal("metrics.indexLitres", Assert.Single(parser.Rejections).Field);
        }
    }

    [Fact]
    public void Nothing_of_a_frame_stays_with_the_next_reading()
    {
        var parser = new ReadingParser(100);
        parser.ParseLine("""{"device":"m1","time":"2026-11-22T10:00:00Z","metrics":{"indexLitres":1},"deltas":{"indexLitres":[1,null]},"interval":"PT5M"}"""u8);
        parser.ParseLine("""{"device":"m2","time":"2026-11-22T10:00:00Z","metrics":{"indexLitres":1},"interval":"PT5M"}"""u8);
        parser.ParseLine("""{"device":"m3","time":"2026-11-22T10:00:00Z","metrics":{"indexLitres":1},"deltas":{"indexLitres":[2]}}"""u8);
        Assert.Single(parser.Rejections);
        Assert.IsNotType<IncomingFrame>(parser.Readings[1]);
        Assert.Equal((TimeSpan.FromHours(1), 2.0), (((IncomingFrame)parser.Readings[2]).Interval, ((IncomingFrame)parser.Readings[2]).Deltas[0].Values[0]));
    }

    [Fact]
    public void The_readings_in_frames_count_in_the_limit()
    {
        const string Frame = """{"device":"m1","time":"2026-11-22T10:00:00Z","metrics":{"indexLitres":1},"deltas":{"indexLitres":[1,2,3]}}""";
        foreach (var (limit, isOver) in new[] { (8, false), (7, true), (5, true), (4, true), (3, true) })
        {
            var lines = new ReadingParser(limit);
            lines.ParseLine(Encoding.UTF8.GetBytes(Frame));
            lines.ParseLine(Encoding.UTF8.GetBytes(Frame));
            var array = new ReadingParser(limit);
            Assert.Null(array.ParseArray(Encoding.UTF8.GetBytes($"[{Frame},{Frame}]")));
            Assert.Equal((isOver, isOver), (lines.IsOverLimit, array.IsOverLimit));
        }

        // A line that is spoilt at its end counts as the one reading that it is not.
        var spoilt = new ReadingParser(3);
        spoilt.ParseLine(Encoding.UTF8.GetBytes(Frame + "x"));
        spoilt.ParseLine(Encoding.UTF8.GetBytes(Good));
        Assert.Equal((false, 1, "reading"), (spoilt.IsOverLimit, spoilt.Readings.Count, Assert.Single(spoilt.Rejections).Field));
    }

    [Fact]
    public async Task Over_HTTP_a_frame_is_taken_beside_what_is_wrong_with_it()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("m1", DeviceKind.Meter);
        var answer = await host.PostAsync("/api/v1/readings", """
            [{"device":"m1","time":"2026-11-21T23:00:00Z","metrics":{"indexLitres":1000},"deltas":{"indexLitres":[1,2,3,"x"]}},
             {"device":"m9","time":"2026-11-21T23:00:00Z","metrics":{"indexLitres":1000},"deltas":{"indexLitres":[1]}}]
            """);
        var json = await answer.JsonAsync();
        Assert.Equal(
            [(0, "m1", "deltas.indexLitres[3]"), (1, "m9", "device")],
            json.GetProperty("rejected").EnumerateArray().Select(item => (item.GetProperty("index").GetInt32(), item.GetProperty("device").GetString(), item.GetProperty("field").GetString())));
        Assert.Equal([1, 2, 3], Assert.IsType<IncomingFrame>(Assert.Single(host.Intake.Taken)).Deltas.Single().Values);
    }

    [Theory]
    [InlineData("PT1H", 3_600)]
    [InlineData("PT90S", 90)]
    [InlineData("P1D", 86_400)]
    [InlineData("P1DT2H3M4S", 93_784)]
    [InlineData("PT0M", 0)]
    [InlineData("P", null)]
    [InlineData("PT", null)]
    [InlineData("P1", null)]
    [InlineData("1H", null)]
    [InlineData("P1H", null)]
    [InlineData("PT1D", null)]
    [InlineData("PT1.5H", null)]
    [InlineData("PT-1H", null)]
    [InlineData("PT1M1H", null)]
    [InlineData("PT1H1H", null)]
    [InlineData("PT1H ", null)]
    [InlineData("PT99999999999H", null)]
    public void An_interval_is_whole_units_from_the_largest_to_the_smallest(string text, int? seconds)
    {
        Assert.Equal(seconds is not null, FrameInterval.TryParse(Encoding.UTF8.GetBytes(text), out var interval));
        Assert.Equal(seconds ?? interval.TotalSeconds, interval.TotalSeconds);
    }

    [Fact]
    public void A_reading_without_deltas_costs_what_it_did()
    {
        var body = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat(Good, 1000)) + "]");
        Assert.Equal(JsonValueKind.Array, JsonDocument.Parse(body).RootElement.ValueKind);
        new ReadingParser(1000).ParseArray(body);
        var parser = new ReadingParser(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        parser.ParseArray(body);

        // The record 80, the key 32, one value 40, and the list as it grows: no more than before there were frames.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 1, 200);
    }
}
