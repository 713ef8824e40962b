using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Tests.Host;

namespace Grid.Tests.Operations;

/// <summary>Keys of subscribers are backed up apart from the data, and no backup, however old, brings back what was erased.</summary>
public sealed class KeysBackupTests : IDisposable
{
    private const string Subscriber = "subscriber-4711";
    private const string Other = "subscriber-0815";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Data => _scratch["data"];

    [Fact]
    public async Task Data_and_keys_restored_together_have_everything_and_the_data_alone_are_unreadable()
    {
        await BackUpAsync();

        await RestoreAsync("whole", "--keys-from", _scratch["keys-backup"]);
        await using (var whole = await GridServer.StartInAsync(_scratch["whole"]))
        {
            Assert.Equal(1_234, await IndexAsync(whole, "DWELLING-1"));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(whole, Subscriber));
        }

        await RestoreAsync("bare");
        var (code, _, error) = await GridCommand.RunAsync($"--Grid:Data={_scratch["bare"]}", "--urls", "http://127.0.0.1:0");
        Assert.Equal(2, code);
        Assert.Contains("Bring back the keys that belong to it", error);
        Assert.False(Directory.Exists(Path.Combine(_scratch["backup"], "data", "keys")));

        await RestoreAsync("apart", "--keys-from", _scratch["keys-backup"], "--keys", _scratch["keys-elsewhere"]);
        Assert.False(Directory.Exists(Path.Combine(_scratch["apart"], "keys")));
        await using var apart = await GridServer.StartInAsync(_scratch["apart"], $"--Grid:Keys={_scratch["keys-elsewhere"]}");
        Assert.Equal(1_234, await IndexAsync(apart, "DWELLING-1"));
    }

    [Fact]
    public async Task An_older_backup_of_data_and_keys_brings_nothing_back_of_who_was_erased_since_and_all_of_the_others()
    {
        await BackUpAsync();
        await using (var server = await GridServer.StartInAsync(Data))
        {
            using var erased = await server.Http.DeleteAsync($"/api/v1/subscribers/{Subscriber}");
            Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        }

        await RestoreAsync("restored", "--keys-from", _scratch["keys-backup"], "--erasures", Path.Combine(Data, "erasures"));

        await using var restored = await GridServer.StartInAsync(_scratch["restored"]);
        Assert.Null(await IndexAsync(restored, "DWELLING-1"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(restored, Subscriber));
        Assert.Equal(1_234, await IndexAsync(restored, "DWELLING-2"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(restored, Other));
    }

    [Fact]
    public async Task Without_the_keys_the_register_of_today_still_counts_when_older_ones_are_laid_beside_later()
    {
        await BackUpAsync();
        await using (var server = await GridServer.StartInAsync(Data))
        {
            using var erased = await server.Http.DeleteAsync($"/api/v1/subscribers/{Subscriber}");
            Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        }

        await RestoreAsync("restored", "--erasures", Path.Combine(Data, "erasures"));
        Scratch.Copy(Path.Combine(_scratch["keys-backup"], "data"), Path.Combine(_scratch["restored"], "keys"));

        await using var restored = await GridServer.StartInAsync(_scratch["restored"]);
        Assert.Null(await IndexAsync(restored, "DWELLING-1"));
        Assert.Equal(1_234, await IndexAsync(restored, "DWELLING-2"));
    }

    [Fact]
    public async Task A_flipped_byte_in_a_backup_of_keys_is_refused_by_name_and_nothing_is_restored()
    {
        await BackUpAsync();
        foreach (var file in Directory.EnumerateFiles(_scratch["keys-backup"], "*", SearchOption.AllDirectories).ToList())
        {
            var whole = File.ReadAllBytes(file);
            var flipped = (byte[])whole.Clone();
            flipped[flipped.Length / 2] ^= 2;
            File.WriteAllBytes(file, flipped);

            var (code, _, error) = await RestoreCommandAsync("refused", "--keys-from", _scratch["keys-backup"]);

            Assert.Equal(1, code);
            Assert.Contains(Path.GetFileName(file).Replace(".sha256", ""), error);
            Assert.False(Directory.Exists(_scratch["refused"]));
            File.WriteAllBytes(file, whole);
        }
    }

    [Fact]
    public async Task Keys_are_written_neither_into_the_backup_of_the_data_nor_over_others()
    {
        await BackUpAsync();
        foreach (var (arguments, says) in ((string[], string)[])[
            (["backup", "--data", Data, "--to", _scratch["b"], "--keys-to", Path.Combine(_scratch["b"], "keys")], "kept apart"),
            (["backup", "--data", Data, "--keys-to", _scratch["keys-backup"]], "exists already"),
            (["restore", "--from", _scratch["backup"], "--data", _scratch["new"], "--keys-from", _scratch["keys-backup"], "--keys", Path.Combine(Data, "keys")], "never over others"),
            (["restore", "--from", _scratch["backup"], "--data", _scratch["new"], "--keys-from", _scratch["backup"]], "is no backup of keys")])
        {
            var (code, _, error) = await GridCommand.RunAsync(arguments);
            Assert.Equal(2, code);
            Assert.Contains(says, error);
            Assert.False(Directory.Exists(_scratch["new"]));
        }
    }

    [Fact]
    public async Task While_the_grid_runs_keys_alone_can_be_backed_up_as_beside_a_database()
    {
        await using var server = await GridServer.StartInAsync(Data);
        await FillAsync(server);

        var (code, output, error) = await GridCommand.RunAsync("backup", "--data", Data, "--keys-to", _scratch["keys-backup"], "--json");

        Assert.True(code == 0, output + error);
        Assert.Equal(2, JsonDocument.Parse(output).RootElement.GetProperty("keys").GetInt32());
    }

    private async Task BackUpAsync()
    {
        await using (var server = await GridServer.StartInAsync(Data))
        {
            await FillAsync(server);
        }

        var (code, output, error) = await GridCommand.RunAsync("backup", "--data", Data, "--to", _scratch["backup"], "--keys-to", _scratch["keys-backup"]);
        Assert.True(code == 0, output + error);
    }

    private async Task RestoreAsync(string name, params string[] options)
    {
        var (code, output, error) = await RestoreCommandAsync(name, options);
        Assert.True(code == 0, output + error);
    }

    private Task<(int Code, string Output, string Error)> RestoreCommandAsync(string name, params string[] options) =>
        GridCommand.RunAsync(["restore", "--from", _scratch["backup"], "--data", _scratch[name], .. options]);

    private static async Task FillAsync(GridServer server)
    {
        foreach (var (device, subscriber) in (IEnumerable<(string, string)>)[("DWELLING-1", Subscriber), ("DWELLING-2", Other)])
        {
            using var put = await server.Http.PutAsJsonAsync(
                $"/api/v1/devices/{device}",
                new { kind = "meter", commune = "29019", attributes = new { fluid = "water", dwelling = true, legalBasis = "publicTask", granularity = "daily", subscriber } });
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            using var post = await server.Http.PostAsJsonAsync("/api/v1/readings", new[] { new { device, time = DateTime.UtcNow, metrics = new { indexLitres = 1_234 } } });
            Assert.Equal(HttpStatusCode.OK, post.StatusCode);
            await Eventually.IsAsync<double?>(1_234, () => IndexAsync(server, device));
        }
    }

    private static Task<double?> IndexAsync(GridServer server, string device) => City.IndexAsync(server, device);

    private static async Task<HttpStatusCode> StatusAsync(GridServer server, string subscriber)
    {
        using var answer = await server.Http.GetAsync($"/api/v1/subscribers/{subscriber}");
        return answer.StatusCode;
    }
}
