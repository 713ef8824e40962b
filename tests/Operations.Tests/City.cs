using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Tests.Host;

namespace Grid.Tests.Operations;

/// <summary>A small city, filled and asked over HTTP as a client does.</summary>
internal static class City
{
    private static readonly string[] Communes = ["29019", "29232"];

    public static string[] Meters(int count) => [.. Enumerable.Range(0, count).Select(number => $"METER-{number}")];

    /// <summary>Registers meters, a body and a lamp with a command under way.</summary>
    public static async Task FillAsync(GridServer server, int meters)
    {
        await PutAsync(server, "/api/v1/bodies/999000029", new { name = "Syndicat", kind = "syndicate", members = Communes.Select(commune => new { commune }) });
        foreach (var (meter, number) in Meters(meters).Select((meter, number) => (meter, number)))
        {
            await PutAsync(server, $"/api/v1/devices/{meter}", new { kind = "meter", commune = Communes[number % 2], attributes = new { fluid = "water" }, position = new { lon = -4.1, lat = 48.1 } });
        }

        await PutAsync(server, "/api/v1/devices/LAMP", new { kind = "streetlight", commune = Communes[0], attributes = new { ratedWatts = 75 }, connector = new { type = "http" } });
        using var command = await server.Http.PostAsJsonAsync("/api/v1/devices/LAMP/commands", new { name = "setDimming", args = new { percent = 40 } });
        Assert.Equal(HttpStatusCode.Accepted, command.StatusCode);
    }

    /// <summary>Posts one reading a meter; the index grows with the round. True when it was acknowledged.</summary>
    public static async Task<bool> ReadAsync(HttpClient http, IReadOnlyList<string> meters, int round)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        using var answer = await http.PostAsJsonAsync(
            "/api/v1/readings", meters.Select(device => new { device, time, metrics = new { indexLitres = 1_000 + round } }));
        if (!answer.IsSuccessStatusCode)
        {
            return false;
        }

        var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return said.GetProperty("accepted").GetInt32() == meters.Count ? true : throw new InvalidOperationException(said.ToString());
    }

    /// <summary>The index that a meter shows; null before its first reading.</summary>
    public static async Task<double?> IndexAsync(GridServer server, string meter)
    {
        var device = await server.Http.GetFromJsonAsync<JsonElement>($"/api/v1/devices/{meter}");
        return device.GetProperty("reported").TryGetProperty("indexLitres", out var index) ? index.GetProperty("value").GetDouble() : null;
    }

    private static async Task PutAsync(GridServer server, string path, object body)
    {
        using var answer = await server.Http.PutAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
