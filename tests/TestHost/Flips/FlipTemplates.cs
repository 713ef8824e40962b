using System.Globalization;
using System.Net.Http.Json;
using Grid.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Host.Flips;

/// <summary>Data directories to flip bytes in: one that the program closed, and one as a killed program leaves it.</summary>
public static class FlipTemplates
{
    /// <summary>Days before today that have readings, and are closed.</summary>
    private const int PastDays = 3;

    /// <summary>Makes both below a folder.</summary>
    public static async Task<IReadOnlyList<string>> MakeAsync(string folder, int devices, CancellationToken cancellationToken)
    {
        var closed = Path.Combine(folder, "closed");
        var killed = Path.Combine(folder, "killed");
        await using (var server = await GridServer.StartInAsync(closed))
        {
            await FillAsync(server, devices, cancellationToken);
            for (var day = PastDays; day > 0; day--)
            {
                // From an hour on, so that a day (UTC) has two readings at the least.
                foreach (var hour in (int[])[0, 1, 3])
                {
                    await ReadAsync(server, devices, PastDays - day, DateTime.UtcNow.Date.AddDays(-day).AddHours(6 + hour), cancellationToken);
                }
            }

            await ReadAsync(server, devices, PastDays, DateTime.UtcNow, cancellationToken);
            using var erased = await server.Http.DeleteAsync("/api/v1/subscribers/subscriber-2", cancellationToken);
            erased.EnsureSuccessStatusCode();
        }

        await StoredHistory.CloseDaysAsync(closed);

        // Its stores were taken over at the stop; what follows stands in write-ahead logs and in the reading log.
        await using (var server = await GridServer.StartInAsync(closed))
        {
            await DwellingAsync(server, "DWELLING-3", cancellationToken);
            for (var round = 1; round <= 3; round++)
            {
                await ReadAsync(server, devices, PastDays + round, DateTime.UtcNow, cancellationToken);
            }

            await server.Services.GetRequiredService<IHistory>().FlushAsync(cancellationToken);

            using var command = await server.Http.PostAsJsonAsync("/api/v1/devices/LAMP/commands", new { name = "setDimming", args = new { percent = 40 } }, cancellationToken);
            command.EnsureSuccessStatusCode();
            Copy(closed, killed);
        }

        return [closed, killed];
    }

    private static async Task FillAsync(GridServer server, int devices, CancellationToken cancellationToken)
    {
        for (var number = 0; number < devices; number++)
        {
            using var answer = await server.Http.PutAsJsonAsync(
                string.Create(CultureInfo.InvariantCulture, $"/api/v1/devices/METER-{number}"),
                new { kind = "meter", commune = number % 2 == 0 ? "29019" : "29232", attributes = new { fluid = "water" }, position = new { lon = -4.1, lat = 48.1 }, connector = new { type = "http" } },
                cancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        for (var number = 1; number < 3; number++)
        {
            await DwellingAsync(server, string.Create(CultureInfo.InvariantCulture, $"DWELLING-{number}"), cancellationToken);
        }

        using var lamp = await server.Http.PutAsJsonAsync(
            "/api/v1/devices/LAMP", new { kind = "streetlight", commune = "29019", attributes = new { ratedWatts = 75 }, connector = new { type = "http" } }, cancellationToken);
        lamp.EnsureSuccessStatusCode();
        using var body = await server.Http.PutAsJsonAsync("/api/v1/bodies/999000029", new { name = "Syndicat", kind = "syndicate", members = new[] { new { commune = "29019" } } }, cancellationToken);
        body.EnsureSuccessStatusCode();
    }

    /// <summary>A person's meter: it makes the keys of subscribers, and its history is sealed.</summary>
    private static async Task DwellingAsync(GridServer server, string key, CancellationToken cancellationToken)
    {
        using var answer = await server.Http.PutAsJsonAsync(
            $"/api/v1/devices/{key}",
            new
            {
                kind = "meter",
                commune = "29019",
                attributes = new { fluid = "water", dwelling = true, legalBasis = "publicTask", granularity = "subDaily", consentedAt = "2026-01-01", subscriber = key.Replace("DWELLING", "subscriber", StringComparison.Ordinal) },
                connector = new { type = "http" },
            },
            cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task ReadAsync(GridServer server, int devices, int round, DateTime at, CancellationToken cancellationToken)
    {
        var time = at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        using var answer = await server.Http.PostAsJsonAsync(
            "/api/v1/readings",
            Enumerable.Range(0, devices).Select(number => string.Create(CultureInfo.InvariantCulture, $"METER-{number}")).Concat(["DWELLING-1", "DWELLING-2"])
                .Select(device => new { device, time, metrics = new { indexLitres = 1000 + round } }),
            cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Copies until two copies agree: then no write was under way.</summary>
    private static void Copy(string from, string to)
    {
        for (var former = ""; ;)
        {
            if (Directory.Exists(to))
            {
                Directory.Delete(to, recursive: true);
            }

            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock" && !file.EndsWith("-shm", StringComparison.Ordinal)))
            {
                var target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            var sum = string.Join(
                ' ',
                Directory.EnumerateFiles(to, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                    .Select(file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))));
            if (sum == former)
            {
                return;
            }

            former = sum;
        }
    }
}
