using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Grid.Client.Exports;
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

    // Read every 12 hours, at noon and at midnight in Paris: the index of midnight is the last of the day that ends.
    [InlineData(false, "2026-11-24,indexLitres,11,330\n2026-11-25,indexLitres,11,770\n")]

    // Kept under the midnight of the day that they stand for.
    [InlineData(true, "2026-11-24,indexLitres,11,330\n2026-11-25,indexLitres,11,440\n")]
    public async Task What_dwellings_consumed_counts_from_midnight_to_midnight(bool areKeptByDay, string expected)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Subjects.AreKeptByDay = areKeptByDay;
        for (var dwelling = 0; dwelling < CommuneExport.LeastDwellings; dwelling++)
        {
            await host.PutAsync($"/api/v1/devices/d{dwelling}", "{\"kind\":\"meter\",\"commune\":\"29232\",\"attributes\":{\"dwelling\":true,\"legalBasis\":\"contract\"}}");
            if (areKeptByDay)
            {
                host.History.Add($"d{dwelling}", "indexLitres", ("2026-11-22T23:00:00Z", 95), ("2026-11-23T23:00:00Z", 125), ("2026-11-24T23:00:00Z", 165), ("2026-11-25T23:00:00Z", 200));
            }
            else
            {
                host.History.Add(
                    $"d{dwelling}", "indexLitres", ("2026-11-23T11:00:00Z", 95), ("2026-11-23T23:00:00Z", 100), ("2026-11-24T11:00:00Z", 110), ("2026-11-24T23:00:00Z", 130),
                    ("2026-11-25T11:00:00Z", 160), ("2026-11-25T23:00:00Z", 200), ("2026-11-26T11:00:00Z", 250));
            }
        }

        var files = await ExportAsync(host, "29232/export?from=2026-11-23T23:00:00Z&to=2026-11-25T23:00:00Z");

        Assert.Equal("day,metric,meters,amount\n" + expected, Text(files.Single(file => file.Name == "dwellings.csv").Content));
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
