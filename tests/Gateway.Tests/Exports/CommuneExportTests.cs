using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Grid.Contracts.Devices;

namespace Grid.Tests.Gateway.Exports;

public sealed class CommuneExportTests
{
    private const string TwoDays = "?from=2026-11-24T00:00:00Z&to=2026-11-26T00:00:00Z";

    [Fact]
    public async Task A_commune_is_exported_with_its_devices_their_readings_by_day_and_a_manifest_that_proves_each_file()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.RegisterAsync("bin-1", DeviceKind.Bin);
        await host.RegisterAsync("elsewhere", DeviceKind.Bin, commune: "29019");
        host.History.Add("bin-1", "fillPercent", ("2026-11-24T10:00:00Z", 40), ("2026-11-25T10:00:00Z", 41.5));
        host.History.Add("elsewhere", "fillPercent", ("2026-11-24T10:00:00Z", 99));

        var files = await ExportAsync(host, "29232" + "/export" + TwoDays);

        Assert.Equal(["devices.csv", "devices.ndjson", "readings/2026-11-24.csv", "readings/2026-11-25.csv", "dwellings.csv", "manifest.json"], files.Select(file => file.Name));
        Assert.Equal("device,metric,time,value\nbin-1,fillPercent,2026-11-25T10:00:00.000Z,41.5\n", Text(files[3].Content));
        Assert.StartsWith("bin-1,bin,29232,", Text(files[0].Content).Split('\n')[1], StringComparison.Ordinal);
        var manifest = JsonDocument.Parse(files[^1].Content).RootElement;
        Assert.Equal("29232", manifest.GetProperty("commune").GetString());
        Assert.Equal(
            files[..^1].Select(file => (file.Name, (long)file.Content.Length, Convert.ToHexStringLower(SHA256.HashData(file.Content)))),
            manifest.GetProperty("files").EnumerateArray().Select(file => (file.GetProperty("name").GetString()!, file.GetProperty("bytes").GetInt64(), file.GetProperty("sha256").GetString()!)));
        Assert.Contains(host.Audit.Entries, entry => entry.Action == "commune.export" && entry.Target == "commune:29232");
    }

    [Theory]
    [InlineData("29232/export?from=yesterday", "from")]
    [InlineData("29232/export?from=2026-11-26T00:00:00Z&to=2026-11-25T00:00:00Z", "from")]
    [InlineData("29232/export?from=2026-01-01T00:00:00Z&to=2026-11-25T00:00:00Z", "from")]
    public async Task A_bad_range_is_400_by_field(string path, string field)
    {
        await using var host = await GatewayHost.StartAsync();

        await (await host.Http.GetAsync($"/api/v1/communes/{path}")).ErrorAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task An_unknown_commune_is_404()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync("/api/v1/communes/99999/export")).StatusCode);
    }

    private static async Task<List<(string Name, byte[] Content)>> ExportAsync(GatewayHost host, string path)
    {
        using var answer = await host.Http.GetAsync($"/api/v1/communes/{path}");
        Assert.Equal((HttpStatusCode.OK, "application/zip"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        var files = new List<(string, byte[])>();
        foreach (var entry in archive.Entries)
        {
            using var content = new MemoryStream();
            using var stream = entry.Open();
            await stream.CopyToAsync(content);
            files.Add((entry.FullName, content.ToArray()));
        }

        return files;
    }

    private static string Text(byte[] content) => System.Text.Encoding.UTF8.GetString(content);
}
