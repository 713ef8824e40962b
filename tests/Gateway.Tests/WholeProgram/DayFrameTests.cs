using System.Globalization;
using System.Net;
using System.Text;
using Grid.Tests.Host;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>A frame by its REST face, over the real grains and storage.</summary>
public sealed class DayFrameTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("grid-frames-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task A_frame_shows_as_its_last_index_and_its_history_as_all_of_them(string type)
    {
        await using var server = await GridServer.StartInAsync(_data);
        var put = await server.Http.PutAsync("/api/v1/devices/M1", Body("""{"kind":"meter","commune":"29155","attributes":{"fluid":"water"}}""", "application/json"));
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        var start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddHours(-30).ToUnixTimeSeconds());
        var frame = $$"""{"device":"M1","time":"{{Text(start)}}","seq":7,"metrics":{"indexLitres":1000,"batteryPercent":80},"deltas":{"indexLitres":[{{string.Join(',', Enumerable.Repeat("10", 24))}},-1]},"interval":"PT1H"}""";
        var answer = await (await server.Http.PostAsync("/api/v1/readings", Body(type == "application/json" ? $"[{frame}]" : frame, type))).JsonAsync();
        Assert.Equal(
            """{"accepted":25,"rejected":[{"index":0,"device":"M1","field":"deltas.indexLitres[24]","reason":"is no number of at least 0"}]}""", answer.GetRawText());

        await Eventually.HoldsAsync("the last index shows", async () =>
            (await (await server.Http.GetAsync("/api/v1/devices/M1")).JsonAsync()).GetProperty("reported").TryGetProperty("indexLitres", out var index)
            && index.GetProperty("value").GetDouble() == 1_240
            && index.GetProperty("time").GetDateTimeOffset() == start.AddHours(24));
        await Eventually.HoldsAsync("history has each index", async () =>
            (await (await server.Http.GetAsync($"/api/v1/devices/M1/history?metric=indexLitres&from={Text(start)}&to={Text(start.AddHours(25))}")).JsonAsync())
                .GetProperty("points").EnumerateArray().Select(point => point.GetProperty("value").GetDouble()).SequenceEqual(Enumerable.Range(0, 25).Select(hour => 1_000.0 + (10 * hour))));
        await Eventually.HoldsAsync("the commune has heard the meter", async () =>
            (await (await server.Http.GetAsync("/api/v1/communes/29155")).JsonAsync()) is var summary
            && summary.GetProperty("coveragePercent").GetDouble() == 100
            && summary.GetProperty("water").GetProperty("leakSuspects").GetInt32() == 0);
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static StringContent Body(string text, string type) => new(text, Encoding.UTF8, type);
}
