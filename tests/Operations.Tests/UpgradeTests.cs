using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Silo.Maintenance;
using Grid.Storage.Checking;
using Grid.Tests.Host;

namespace Grid.Tests.Operations;

/// <summary>
/// A data directory that the program of format 1 left when it was killed: two communes, six devices, a command under way, readings that are
/// checkpointed and readings that are in the log only.
/// </summary>
public sealed class UpgradeTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Data => _scratch["data"];

    [Fact]
    public async Task A_directory_of_format_1_is_brought_up_after_a_copy_and_shows_what_it_showed()
    {
        Unpack(Data);
        var before = Scratch.Sums(Data).Where(line => !line.StartsWith("holder", StringComparison.Ordinal) && !line.StartsWith("lock", StringComparison.Ordinal)).ToList();
        await using (var server = await GridServer.StartInAsync(Data))
        {
            var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "data-format-1.json"))).RootElement;
            foreach (var device in expected.GetProperty("devices").EnumerateObject())
            {
                var shown = await server.Http.GetFromJsonAsync<JsonElement>($"/api/v1/devices/{device.Name}");
                foreach (var part in (string[])["kind", "commune", "name", "position", "attributes", "lastSeen", "reported"])
                {
                    Assert.Equal(device.Value.GetProperty(part).ToString().ReplaceLineEndings("").Replace(" ", ""), shown.GetProperty(part).ToString().Replace(" ", ""));
                }
            }

            Assert.Equal("LAMP-29019", (await server.Http.GetFromJsonAsync<JsonElement>($"/api/v1/commands/{expected.GetProperty("command").GetString()}")).GetProperty("device").GetString());
            Assert.Equal(2, (await server.Http.GetFromJsonAsync<JsonElement>("/api/v1/bodies/999000029")).GetProperty("members").GetArrayLength());
        }

        Assert.Equal("grid-data 2\n", File.ReadAllText(Path.Combine(Data, "format")));
        Assert.Equal(before, Scratch.Sums(Path.Combine(Data, "before-format-2")));
        Assert.Empty(DirectoryCheck.Run(Data, StoredBooks.Read, TimeProvider.System, null, CancellationToken.None).Findings);
    }

    [Fact]
    public async Task The_command_migrate_brings_it_up_without_a_start_and_a_second_time_changes_nothing()
    {
        Unpack(Data);
        Assert.Equal(2, (await GridCommand.RunAsync("check", "--data", Data)).Code);
        var first = await GridCommand.RunAsync("migrate", "--data", Data);
        Assert.Equal((0, ""), (first.Code, first.Error));
        var second = await GridCommand.RunAsync("migrate", "--data", Data);
        Assert.Equal((0, ""), (second.Code, second.Error));
        Assert.Equal(0, (await GridCommand.RunAsync("check", "--data", Data)).Code);
    }

    [Fact]
    public async Task A_directory_of_a_newer_format_is_refused_and_not_touched()
    {
        Unpack(Data);
        File.WriteAllText(Path.Combine(Data, "format"), "grid-data 3\n");
        var before = Scratch.Sums(Data);
        foreach (var command in (string[][])[["migrate"], ["check"], ["repair", "--yes"], ["backup", "--to", _scratch["backup"]]])
        {
            var (code, _, error) = await GridCommand.RunAsync([.. command, "--data", Data]);
            Assert.Equal(2, code);
            Assert.Contains("has the format 'grid-data 3'", error);
        }

        Assert.Equal(before, Scratch.Sums(Data));
    }

    private static void Unpack(string data) => ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "Fixtures", "data-format-1.zip"), data);
}
