using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Grid.Contracts.Devices;

namespace Grid.Tests.Gateway.Readings;

public sealed class ReadingsOverHttpTests
{
    [Fact]
    public async Task Good_readings_are_taken_beside_bad_ones()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("b1", DeviceKind.Bin);
        var answer = await host.PostAsync("/api/v1/readings", """
            [{"device":"b1","time":"2026-11-22T10:00:00Z","metrics":{"fillPercent":3}},
             {"device":"b1","time":"2026-11-22T10:00:00Z","metrics":{"fillPercent":"full"}},
             {"device":"b2","time":"2026-11-22T10:00:00Z","metrics":{"fillPercent":3}}]
            """);
        var json = await answer.JsonAsync();
        Assert.Equal(1, json.GetProperty("accepted").GetInt32());
        Assert.Equal(
            [(1, "b1", "metrics.fillPercent"), (2, "b2", "device")],
            json.GetProperty("rejected").EnumerateArray().Select(item => (item.GetProperty("index").GetInt32(), item.GetProperty("device").GetString(), item.GetProperty("field").GetString())));
        Assert.Equal("b1", Assert.Single(host.Intake.Taken).Device);
    }

    [Fact]
    public async Task Ndjson_is_read_line_by_line_however_it_arrives()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("b1", DeviceKind.Bin);
        var lines = Enumerable.Range(0, 9_000).Select(i => i == 4_500
            ? "{oops"
            : string.Create(CultureInfo.InvariantCulture, $$"""{"device":"b1","time":"2026-11-22T10:00:00Z","metrics":{"fillPercent":{{i % 100}}},"seq":{{i}}}"""));
        using var content = new StreamContent(new DribblingStream(Encoding.UTF8.GetBytes(string.Join("\r\n", lines))));
        content.Headers.ContentType = new("application/x-ndjson");
        var json = await (await host.Http.PostAsync("/api/v1/readings", content)).JsonAsync();
        Assert.Equal(8_999, json.GetProperty("accepted").GetInt32());
        var rejected = Assert.Single(json.GetProperty("rejected").EnumerateArray());
        Assert.Equal((4_500, "reading"), (rejected.GetProperty("index").GetInt32(), rejected.GetProperty("field").GetString()));
        Assert.Equal(Enumerable.Range(0, 9_000).Where(i => i != 4_500).Select(i => (long?)i), host.Intake.Taken.Select(reading => reading.Sequence));
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_one_rejection()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("b1", DeviceKind.Bin);
        const string Good = """{"device":"b1","time":"2026-11-22T10:00:00Z","metrics":{"fillPercent":1}}""";
        var body = $"{Good}\n{new string('x', 2_000_000)}\n{Good}";
        var json = await (await host.PostAsync("/api/v1/readings", body, "application/x-ndjson")).JsonAsync();
        Assert.Equal(2, json.GetProperty("accepted").GetInt32());
        Assert.Equal(1, Assert.Single(json.GetProperty("rejected").EnumerateArray()).GetProperty("index").GetInt32());
    }

    [Fact]
    public async Task A_body_of_eight_mebibytes_is_read_and_a_larger_one_is_413()
    {
        await using var host = await GatewayHost.StartAsync();
        var large = "[" + new string(' ', (8 * 1024 * 1024) - 2) + "]";
        Assert.Equal(0, (await (await host.PostAsync("/api/v1/readings", large)).JsonAsync()).GetProperty("accepted").GetInt32());
        await (await host.PostAsync("/api/v1/readings", large + " ")).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);

        // Without a length the server finds out while it reads.
        using var content = new StreamContent(new DribblingStream(Encoding.UTF8.GetBytes(large + new string(' ', 10)), pieceSize: 60_000));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        await (await host.Http.PostAsync("/api/v1/readings", content)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task More_readings_than_the_limit_are_413_and_none_is_taken()
    {
        await using var host = await GatewayHost.StartAsync(settings: new Dictionary<string, string?> { ["Grid:Readings:MaximumReadings"] = "2" });
        await host.RegisterAsync("b1", DeviceKind.Bin);
        const string Good = """{"device":"b1","time":"2026-11-22T10:00:00Z","metrics":{"fillPercent":1}}""";
        await (await host.PostAsync("/api/v1/readings", $"[{Good},{Good},{Good}]")).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        Assert.Empty(host.Intake.Taken);
    }

    [Fact]
    public async Task A_malformed_array_is_400_and_none_is_taken()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("b1", DeviceKind.Bin);
        var answer = await host.PostAsync("/api/v1/readings", """[{"device":"b1","time":"2026-11-22T10:00:00Z","metrics":{"fillPercent":1}},""");
        Assert.Contains("malformed JSON at line 1", await answer.ErrorAsync(HttpStatusCode.BadRequest, "body"), StringComparison.Ordinal);
        Assert.Empty(host.Intake.Taken);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Another_content_type_is_415(string type)
    {
        await using var host = await GatewayHost.StartAsync();
        using var content = new ByteArrayContent("[]"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        await (await host.Http.PostAsync("/api/v1/readings", content)).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Overload_is_503_and_says_when_to_try_again()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("b1", DeviceKind.Bin);
        host.Intake.RetryAfter = TimeSpan.FromSeconds(2.5);
        var answer = await host.PostAsync("/api/v1/readings", """[{"device":"b1","time":"2026-11-22T10:00:00Z","metrics":{"fillPercent":1}}]""");
        await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("3", Assert.Single(answer.Headers.GetValues("Retry-After")));
    }

    [Fact]
    public async Task Bodies_beyond_the_memory_set_aside_for_them_are_503()
    {
        await using var host = await GatewayHost.StartAsync(settings: new Dictionary<string, string?> { ["Grid:Readings:MaximumBytesInFlight"] = "1048576" });
        var answer = await host.PostAsync("/api/v1/readings", "[" + new string(' ', 2_000_000) + "]");
        await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("1", Assert.Single(answer.Headers.GetValues("Retry-After")));

        // What was taken is given back.
        await (await host.PostAsync("/api/v1/readings", "[]")).JsonAsync();
    }

    /// <summary>Hands out a few bytes at a time.</summary>
    private sealed class DribblingStream(byte[] bytes, int pieceSize = 701) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, pieceSize)], cancellationToken);
    }
}
