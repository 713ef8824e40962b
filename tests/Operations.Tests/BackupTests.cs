using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Silo.Maintenance;
using Grid.Storage;
using Grid.Storage.Backups;
using Grid.Storage.Checking;
using Grid.Tests.Host;

namespace Grid.Tests.Operations;

/// <summary>Backups under load, and what becomes of them elsewhere.</summary>
public sealed class BackupTests : IDisposable
{
    private const int Meters = 20;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Data => _scratch["data"];

    [Theory]
    [InlineData("backup")]
    [InlineData("backup.tar")]
    public async Task A_backup_under_load_restored_elsewhere_has_everything_that_was_acknowledged_before_it_began(string name)
    {
        var meters = City.Meters(Meters);
        var acknowledged = 0;
        await using (var server = await GridServer.StartInAsync(Data))
        {
            await City.FillAsync(server, Meters);
            Assert.True(await City.ReadAsync(server.Http, meters, 1));
            ListeningAddressOf(server);
            using var enough = new CancellationTokenSource();
            var load = Task.Run(async () =>
            {
                for (var round = 2; !enough.IsCancellationRequested; round++)
                {
                    if (await City.ReadAsync(server.Http, meters, round))
                    {
                        Volatile.Write(ref acknowledged, round);
                    }

                    if (round % 10 == 0)
                    {
                        await RegisterAsync(server, round);
                    }
                }
            });
            await Eventually.IsAsync(true, () => Task.FromResult(Volatile.Read(ref acknowledged) >= 30));
            var before = Volatile.Read(ref acknowledged);
            var (code, output, error) = await GridCommand.RunAsync("backup", "--data", Data, "--to", _scratch[name]);
            await enough.CancelAsync();
            await load;
            Assert.True(code == 0, output + error);

            var restored = await GridCommand.RunAsync("restore", "--from", _scratch[name], "--data", _scratch["elsewhere"]);
            Assert.True(restored.Code == 0, restored.Output + restored.Error);
            await using var elsewhere = await GridServer.StartInAsync(_scratch["elsewhere"]);
            foreach (var meter in meters)
            {
                Assert.True(await City.IndexAsync(elsewhere, meter) >= 1_000 + before, meter);
            }

            await SumsHoldAsync(elsewhere);
            using var command = await elsewhere.Http.GetAsync("/api/v1/devices/LAMP");
            var lamp = await command.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(40, lamp.GetProperty("desired").EnumerateObject().First().Value is { ValueKind: JsonValueKind.Object } desired ? desired.GetProperty("value").GetDouble() : lamp.GetProperty("desired").EnumerateObject().First().Value.GetDouble());
            Assert.Equal(server.Token, elsewhere.Token);
        }
    }

    [Fact]
    public async Task Without_a_running_grid_the_command_makes_the_backup_itself()
    {
        await using (var server = await GridServer.StartInAsync(Data))
        {
            await City.FillAsync(server, 3);
            Assert.True(await City.ReadAsync(server.Http, City.Meters(3), 7));
        }

        Assert.Equal(0, (await GridCommand.RunAsync("backup", "--data", Data, "--to", _scratch["backup"])).Code);
        Restore("backup");
        await using var elsewhere = await GridServer.StartInAsync(_scratch["elsewhere"]);
        Assert.Equal(1_007, await City.IndexAsync(elsewhere, "METER-1"));
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("backup.tar")]
    public async Task A_flipped_byte_anywhere_in_a_backup_is_refused_by_name_and_nothing_is_restored(string name)
    {
        await FillAsync();
        var backup = _scratch[name];
        Assert.Equal(0, (await GridCommand.RunAsync("backup", "--data", Data, "--to", backup)).Code);
        var random = new Random(5);
        var files = File.Exists(backup) ? Enumerable.Repeat(backup, 20) : Directory.EnumerateFiles(backup, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0);
        foreach (var file in files.ToList())
        {
            var whole = File.ReadAllBytes(file);
            var flipped = (byte[])whole.Clone();
            var position = random.Next(flipped.Length);
            flipped[position] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, flipped);

            Exception? refusal = Record(() => Restore(name));
            if (refusal is null)
            {
                // Padding between the files of an archive belongs to none of them.
                Assert.True(File.Exists(backup), $"{file} at byte {position}");
                Assert.True(DirectoryCheck.Run(_scratch["elsewhere"], StoredBooks.Read, TimeProvider.System, null, CancellationToken.None).IsWhole);
                Directory.Delete(_scratch["elsewhere"], recursive: true);
            }
            else
            {
                Assert.IsType<BackupDamagedException>(refusal);
                if (!File.Exists(backup))
                {
                    Assert.Contains(Path.GetFileName(file).Replace(".sha256", ""), refusal.Message);
                }

                Assert.False(Directory.Exists(_scratch["elsewhere"]));
                Assert.False(Directory.Exists(_scratch["elsewhere"] + ".unfinished"));
            }

            File.WriteAllBytes(file, whole);
        }

        Restore(name);
    }

    [Fact]
    public async Task A_file_that_is_missing_from_a_backup_is_named()
    {
        await FillAsync();
        Assert.Equal(0, (await GridCommand.RunAsync("backup", "--data", Data, "--to", _scratch["backup"])).Code);
        File.Delete(Path.Combine(_scratch["backup"], "data", "grains.db"));

        var (code, _, error) = await GridCommand.RunAsync("restore", "--from", _scratch["backup"], "--data", _scratch["elsewhere"]);

        Assert.Equal(1, code);
        Assert.Contains("grains.db: it is missing", error);
    }

    [Fact]
    public async Task A_backup_never_replaces_anything_and_a_restore_neither()
    {
        await FillAsync();
        Directory.CreateDirectory(_scratch["there"]);
        File.WriteAllText(Path.Combine(_scratch["there"], "thesis.odt"), "mine");

        Assert.Equal(2, (await GridCommand.RunAsync("backup", "--data", Data, "--to", _scratch["there"])).Code);
        Assert.Equal(0, (await GridCommand.RunAsync("backup", "--data", Data, "--to", _scratch["backup"])).Code);
        Assert.Equal(2, (await GridCommand.RunAsync("restore", "--from", _scratch["backup"], "--data", _scratch["there"])).Code);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_scratch["there"], "thesis.odt")));
    }

    [Fact]
    public async Task What_is_damaged_is_not_backed_up_as_if_it_were_whole()
    {
        await using var server = await GridServer.StartInAsync(Data);
        await City.FillAsync(server, 3);
        var log = Path.Combine(Data, "log", "0000000000000001.log");
        using (var file = new FileStream(log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = 150;
            var value = file.ReadByte();
            file.Position = 150;
            file.WriteByte((byte)(value ^ 1));
        }

        var (code, _, error) = await RunBackupAsync(server);

        Assert.Equal(1, code);
        Assert.Contains("log/0000000000000001.log", error);
        Assert.False(Directory.Exists(_scratch["backup"]));
        Assert.False(Directory.Exists(_scratch["backup"] + ".unfinished"));
    }

    [Fact]
    public async Task Only_an_administrator_can_ask_for_a_backup_and_the_answer_says_how_far_it_is()
    {
        await using var server = await GridServer.StartInAsync(Data);
        using var anybody = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var refused = await anybody.PostAsJsonAsync("/api/v1/backups", new { to = _scratch["backup"] });
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var relative = await server.Http.PostAsJsonAsync("/api/v1/backups", new { to = "backup" });
        Assert.Equal(HttpStatusCode.BadRequest, relative.StatusCode);

        using var begun = await server.Http.PostAsJsonAsync("/api/v1/backups", new { to = _scratch["backup"] });
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        await Eventually.IsAsync("completed", async () => (await server.Http.GetFromJsonAsync<JsonElement>(begun.Headers.Location)).GetProperty("state").GetString()!);
        Assert.True(File.Exists(Path.Combine(_scratch["backup"], "manifest.json")));
    }

    private static async Task RegisterAsync(GridServer server, int number)
    {
        using var answer = await server.Http.PutAsJsonAsync($"/api/v1/devices/NEW-{number}", new { kind = "meter", commune = "29019", attributes = new { fluid = "water" } });
        Assert.True(answer.IsSuccessStatusCode);
    }

    /// <summary>I1: each figure of the department is the sum over its communes, and every registered device counts.</summary>
    private static async Task SumsHoldAsync(GridServer server)
    {
        var devices = 0;
        string? cursor = null;
        do
        {
            var page = await server.Http.GetFromJsonAsync<JsonElement>($"/api/v1/devices?limit=1000{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}");
            devices += page.GetProperty("items").GetArrayLength();
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        await Eventually.IsAsync((long)devices, async () => await TotalAsync("departments/29"));
        Assert.Equal(devices, await TotalAsync("communes/29019") + await TotalAsync("communes/29232"));

        async Task<long> TotalAsync(string territory) =>
            (await server.Http.GetFromJsonAsync<JsonElement>($"/api/v1/{territory}")).GetProperty("devices").GetProperty("total").GetInt64();
    }

    private static Exception? Record(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private async Task FillAsync()
    {
        await using var server = await GridServer.StartInAsync(Data);
        await City.FillAsync(server, 3);
    }

    private void ListeningAddressOf(GridServer server) => File.WriteAllText(Path.Combine(Data, DataDirectory.AddressName), server.Address + "\n");

    private async Task<(int Code, string Output, string Error)> RunBackupAsync(GridServer server)
    {
        ListeningAddressOf(server);
        return await GridCommand.RunAsync("backup", "--data", Data, "--to", _scratch["backup"]);
    }

    private void Restore(string name) =>
        BackupRestore.Run(_scratch[name], _scratch["elsewhere"], StoredBooks.Read, null, TimeProvider.System, null, CancellationToken.None);
}
