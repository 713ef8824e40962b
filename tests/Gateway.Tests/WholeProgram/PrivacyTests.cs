using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Contracts.Storage;
using Grid.Tests.Gateway.Live;
using Grid.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>What is personal is shown only to who may see it, stands readable in no file, and is gone for everybody once it is erased.</summary>
public sealed class PrivacyTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("grid-privacy-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Data => Path.Combine(_root, "data");

    [Fact]
    public async Task A_role_without_the_right_is_shown_nothing_personal_by_any_route()
    {
        await using var server = await GridServer.StartInAsync(Data);
        await PlantedPersons.PlantAsync(server);
        await AppliedAsync(server, 987_654.321);
        using var reader = server.ReaderHttp();
        var (answers, leaks) = await PlantedPersons.WalkAsync(server, reader);
        Assert.Empty(leaks);
        Assert.InRange(answers, 20, int.MaxValue);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync($"/api/v1/subscribers/{PlantedPersons.Subscriber}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.DeleteAsync($"/api/v1/subscribers/{PlantedPersons.Subscriber}")).StatusCode);

        // The device is there all the same, as one that is nobody's business.
        var device = await (await reader.GetAsync($"/api/v1/devices/{PlantedPersons.Daily}")).JsonAsync();
        Assert.Equal((PlantedPersons.Daily, JsonValueKind.Null, 0), (device.GetProperty("name").GetString(), device.GetProperty("position").ValueKind, device.GetProperty("reported").EnumerateObject().Count()));
        Assert.NotEqual(JsonValueKind.Null, device.GetProperty("lastSeen").ValueKind);

        // The control: the same walk with the right finds what was planted.
        var (_, found) = await PlantedPersons.WalkAsync(server, server.Http);
        foreach (var planted in new[] { "Plant\\u00E9e", "\\u002B33 6", "987654.321", "7123.457", "-4.123457", "topic-of" })
        {
            Assert.Contains(found, leak => leak.StartsWith(planted, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_role_without_the_right_is_shown_nothing_personal_by_any_live_frame()
    {
        await using var server = await GridServer.StartInAsync(Data);
        await PlantedPersons.PlantAsync(server);
        await AppliedAsync(server, 987_654.321);
        string[] scopes = ["all", "department:29", $"commune:{PlantedPersons.Commune}", $"device:{PlantedPersons.Daily}", $"device:{PlantedPersons.SubDaily}"];
        string[] options = ["""{"devices":true}""", """{"devices":true,"bbox":[-180,-90,180,90]}"""];
        foreach (var (token, sees) in new[] { (ReaderAuthenticator.ReaderToken, false), (server.Token, true) })
        {
            var value = 987_654.5;
            foreach (var scope in scopes)
            {
                foreach (var option in options)
                {
                    await using var client = await HubClient.ConnectAsync(server.Address, token);
                    await client.WatchAsync("1", scope, option);
                    var frames = new StringBuilder((await client.FrameAsync()).ToString());

                    // A change of the meter, and one of the town hall that ends the wait for it: a filter without the meter is told of neither.
                    value += sees ? 0.5 : 0.25;
                    await PlantedPersons.PostAsync(server, PlantedPersons.SubDaily, DateTime.UtcNow, $$"""{"indexLitres":{{value.ToString(System.Globalization.CultureInfo.InvariantCulture)}},"flowLitresPerHour":7123.457}""");
                    await PlantedPersons.PostAsync(server, PlantedPersons.Public, DateTime.UtcNow, $$"""{"indexLitres":{{value.ToString(System.Globalization.CultureInfo.InvariantCulture)}} }""");
                    await AppliedAsync(server, value, PlantedPersons.SubDaily);
                    if (!scope.StartsWith("device", StringComparison.Ordinal))
                    {
                        frames.Append((await client.FrameAsync(frame =>
                        {
                            frames.Append(frame);
                            return frame.TryGetProperty("devices", out var devices) && devices.EnumerateArray().Any(device => device.GetProperty("id").GetString() == PlantedPersons.Public);
                        })));
                    }

                    Assert.Equal(sees, PlantedPersons.In(frames.ToString()).Length > 0);
                }
            }
        }
    }

    [Fact]
    public async Task Nothing_personal_stands_in_a_file_or_in_the_log_and_nothing_is_left_anywhere_once_it_is_erased()
    {
        var backup = Path.Combine(_root, "backup");
        await using (var server = await GridServer.StartInAsync(Data))
        {
            await PlantedPersons.PlantAsync(server);
            await AppliedAsync(server, 987_654.321);
            var export = await (await server.Http.GetAsync($"/api/v1/subscribers/{PlantedPersons.Subscriber}")).JsonAsync();
            Assert.Equal(2, export.GetProperty("devices").GetArrayLength());
            Assert.Empty(PlantedPersons.InFilesOf(Data));
            Assert.Empty(PlantedPersons.In(server.Log.Text));
        }

        // Everything that was to be written by a stop is written.
        Assert.Empty(PlantedPersons.InFilesOf(Data));
        Copy(Data, backup);

        await using (var server = await GridServer.StartInAsync(Data))
        {
            await AppliedAsync(server, 987_654.321);
            Assert.Equal(HttpStatusCode.NoContent, (await server.Http.DeleteAsync($"/api/v1/subscribers/{PlantedPersons.Subscriber}")).StatusCode);
            await AssertGoneAsync(server);
            Assert.Equal(HttpStatusCode.NoContent, (await server.Http.DeleteAsync($"/api/v1/subscribers/{PlantedPersons.Subscriber}")).StatusCode);

            // It goes on, as nobody's.
            await PlantedPersons.PostAsync(server, PlantedPersons.Daily, DateTime.UtcNow, """{"indexLitres":987660}""");
            await AppliedAsync(server, 987_660);
            Assert.Empty(PlantedPersons.In(server.Log.Text));
            var audit = await server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(100, CancellationToken.None);
            Assert.Contains(audit, entry => entry.Action == "subscriber.erase");
            Assert.Contains(audit, entry => entry.Action == "subscriber.export");
            Assert.Empty(PlantedPersons.In(string.Join('\n', audit)));
        }

        // A restart replays what the log still has.
        await using (var server = await GridServer.StartInAsync(Data))
        {
            await AssertGoneAsync(server);
            await AppliedAsync(server, 987_660);
        }

        // An older backup of the data, beside the keys of today.
        var restored = Path.Combine(_root, "restored");
        Copy(backup, restored);
        Directory.Delete(Path.Combine(restored, "keys"), recursive: true);
        Copy(Path.Combine(Data, "keys"), Path.Combine(restored, "keys"));
        await using (var server = await GridServer.StartInAsync(restored))
        {
            await AssertGoneAsync(server);
        }

        // An older backup of both, with the register of erasures of today.
        var both = Path.Combine(_root, "both");
        Copy(backup, both);
        File.Copy(Path.Combine(Data, "erasures"), Path.Combine(both, "erasures"), overwrite: true);
        await using (var server = await GridServer.StartInAsync(both))
        {
            await AssertGoneAsync(server);
            Assert.Equal(1, server.Services.GetRequiredService<ISubscriberKeys>().Counts.ErasedAgain);
        }

        // The control: the backup with its own keys and register still has everything, as any backup from before an erasure whose keys were kept.
        await using (var server = await GridServer.StartInAsync(backup))
        {
            var (_, found) = await PlantedPersons.WalkAsync(server, server.Http);
            Assert.Contains(found, leak => leak.StartsWith("987654.321", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_person_gets_all_that_is_held_history_included_in_open_formats_and_nobody_without_the_right_does()
    {
        await using var server = await GridServer.StartInAsync(Data);
        await PlantedPersons.PlantAsync(server);
        await AppliedAsync(server, 987_654.321);
        using var reader = server.ReaderHttp();
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(Export)).StatusCode);

        // History follows the log a little later.
        var files = new Dictionary<string, string>();
        await Eventually.HoldsAsync(
            "history has the newest index",
            async () => (files = await ExportedAsync(server))["readings.csv"].Contains("987654.321", StringComparison.Ordinal));

        Assert.Equal(["subscriber.json", "readings.csv", "quarter-hours.csv", "days.csv", "manifest.json"], files.Keys);
        Assert.Contains($"{PlantedPersons.Daily},indexLitres,", files["days.csv"], StringComparison.Ordinal);
        Assert.Contains($"{PlantedPersons.SubDaily},flowLitresPerHour,", files["quarter-hours.csv"], StringComparison.Ordinal);
        Assert.DoesNotContain(PlantedPersons.Public, string.Concat(files.Values), StringComparison.Ordinal);
        foreach (var file in JsonDocument.Parse(files["manifest.json"]).RootElement.GetProperty("files").EnumerateArray())
        {
            Assert.Equal(
                file.GetProperty("sha256").GetString(),
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(files[file.GetProperty("name").GetString()!]))));
        }

        await server.Http.DeleteAsync($"/api/v1/subscribers/{PlantedPersons.Subscriber}");
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(Export)).StatusCode);
    }

    private static string Export => $"/api/v1/subscribers/{PlantedPersons.Subscriber}/export";

    private static async Task<Dictionary<string, string>> ExportedAsync(GridServer server)
    {
        using var archive = new System.IO.Compression.ZipArchive(await server.Http.GetStreamAsync(Export));
        var files = new Dictionary<string, string>();
        foreach (var entry in archive.Entries)
        {
            using var text = new StreamReader(entry.Open());
            files[entry.FullName] = await text.ReadToEndAsync();
        }

        return files;
    }

    /// <summary>Not even who has every right is shown anything.</summary>
    private static async Task AssertGoneAsync(GridServer server)
    {
        var (_, leaks) = await PlantedPersons.WalkAsync(server, server.Http);

        // How a device is reached stays: it goes on. Who may not see what is personal does not see that either.
        Assert.DoesNotContain(leaks, leak => !leak.StartsWith("topic-of", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync($"/api/v1/subscribers/{PlantedPersons.Subscriber}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync($"/api/v1/devices/{PlantedPersons.Daily}")).StatusCode);
    }

    private static Task AppliedAsync(GridServer server, double index, string device = PlantedPersons.Daily) =>
        Eventually.HoldsAsync(
            $"{device} has reported {index}",
            async () => (await (await server.Http.GetAsync($"/api/v1/devices/{device}")).JsonAsync()).GetProperty("reported").TryGetProperty("indexLitres", out var shown)
                && shown.GetProperty("value").GetDouble() == index);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
