using System.Net;
using System.Net.Http.Json;
using Grid.Silo.Maintenance;
using Grid.Storage.Checking;
using Grid.Tests.Host;

namespace Grid.Tests.Operations;

/// <summary>What an operator sees when the disk or another process is not as it should be, on real file systems and with real processes.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task On_a_full_disk_senders_are_told_to_come_back_nothing_is_acknowledged_and_it_goes_on_once_there_is_room()
    {
        using var disk = Mount.Make(mebibytes: 48);
        var data = Path.Combine(disk.Path, "data");
        var meters = City.Meters(200);
        var acknowledged = 0;
        await using (var server = await GridServer.StartInAsync(data))
        {
            await City.FillAsync(server, meters.Length);
            Assert.True(await City.ReadAsync(server.Http, meters, 1));
            disk.Fill();

            // What the last blocks of the files have room for is still taken.
            var round = 2;
            while (await City.ReadAsync(server.Http, meters, round))
            {
                acknowledged = round++;
                Assert.True(round < 10_000);
            }

            using var refused = await PostAsync(server, meters[0], 77_000);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            using var registration = await PutAsync(server, 0);
            for (var number = 1; registration.StatusCode != HttpStatusCode.ServiceUnavailable; number++)
            {
                using var next = await PutAsync(server, number);
                if (next.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    Assert.NotNull(next.Headers.RetryAfter);
                    break;
                }

                Assert.True(number < 2_000);
            }

            disk.MakeRoom();
            Assert.True(await City.ReadAsync(server.Http, meters, 20_000));
            using var later = await PutAsync(server, 5_000);
            Assert.Equal(HttpStatusCode.Created, later.StatusCode);
            await Eventually.IsAsync<double?>(21_000, () => City.IndexAsync(server, meters[7]));
        }

        Assert.True(DirectoryCheck.Run(data, StoredBooks.Read, TimeProvider.System, null, CancellationToken.None).IsWhole);
        await using var again = await GridServer.StartInAsync(data);
        Assert.Equal(21_000, await City.IndexAsync(again, meters[7]));
        Assert.True(acknowledged >= 0);
    }

    [Fact]
    public async Task On_a_read_only_disk_the_program_ends_with_one_line_and_code_2_and_check_says_why_too()
    {
        using var disk = Mount.Make(mebibytes: 48);
        var data = Path.Combine(disk.Path, "data");
        await using (var server = await GridServer.StartInAsync(data))
        {
            await City.FillAsync(server, 2);
        }

        disk.MakeReadOnly();
        var before = Scratch.Sums(data);
        foreach (var command in (string[][])[[$"--Grid:Data={data}", "--urls", "http://127.0.0.1:0"], ["check", "--data", data]])
        {
            var (code, _, error) = await GridCommand.RunAsync(command);
            Assert.Equal(2, code);
            Assert.Contains($"Data directory {data} cannot be used", error);
            Assert.DoesNotContain('\n', error.Trim());
        }

        Assert.Equal(before, Scratch.Sums(data));
    }

    [Fact]
    public async Task A_second_process_on_the_same_directory_refuses_with_one_line_and_the_first_goes_on()
    {
        var data = _scratch["data"];
        await using var first = await GridServer.StartInAsync(data);
        await City.FillAsync(first, 2);

        var (code, _, error) = await GridCommand.RunAsync($"--Grid:Data={data}", "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, code);
        Assert.Contains($"is in use by another process (id {Environment.ProcessId})", error);
        Assert.True(await City.ReadAsync(first.Http, City.Meters(2), 3));
    }

    [Fact]
    public async Task A_process_that_is_paused_keeps_its_directory_and_goes_on_where_it_was()
    {
        var data = _scratch["data"];
        await using var grid = await GridProcess.StartAsync(data);
        await grid.SignalAsync("STOP");

        var (code, _, error) = await GridCommand.RunAsync($"--Grid:Data={data}", "--urls", "http://127.0.0.1:0");
        Assert.Equal(2, code);
        Assert.Contains($"is in use by another process (id {grid.Id})", error);

        await grid.SignalAsync("CONT");
        using var answer = await grid.Http.PutAsJsonAsync("/api/v1/devices/M", new { kind = "meter", commune = "29019", attributes = new { fluid = "water" } });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Damage_ends_the_start_with_a_line_that_names_the_file()
    {
        var data = _scratch["data"];
        await using (var server = await GridServer.StartInAsync(data))
        {
            await City.FillAsync(server, 2);
        }

        var store = Path.Combine(data, "registry.db");
        var bytes = await File.ReadAllBytesAsync(store);
        bytes[9_000] ^= 1;
        await File.WriteAllBytesAsync(store, bytes);

        var (code, _, error) = await GridCommand.RunAsync($"--Grid:Data={data}", "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, code);
        Assert.Contains("registry.db is damaged: page 3", error);
        Assert.Contains("check", error);
        Assert.DoesNotContain("   at ", error);
    }

    private static Task<HttpResponseMessage> PostAsync(GridServer server, string meter, int index) => server.Http.PostAsJsonAsync(
        "/api/v1/readings", Enumerable.Range(0, 900).Select(_ => new { device = meter, time = DateTime.UtcNow, metrics = new { indexLitres = index } }));

    private static Task<HttpResponseMessage> PutAsync(GridServer server, int number) => server.Http.PutAsJsonAsync(
        $"/api/v1/devices/LATE-{number}", new { kind = "meter", commune = "29019", name = new string('x', 150), attributes = new { fluid = "water" } });
}
