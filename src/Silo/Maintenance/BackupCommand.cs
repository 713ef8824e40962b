using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Client.Authentication;
using Grid.Contracts.Storage;
using Grid.Silo.Startup;
using Grid.Storage;
using Grid.Storage.Backups;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Silo.Maintenance;

/// <summary><c>backup</c>: asks the program that uses the directory for a backup, or makes it itself when none does.</summary>
internal static class BackupCommand
{
    public static readonly MaintenanceCommand Command = new(
        "backup",
        "make a consistent, verified backup, also while the grid runs",
        """
        Writes a backup to a new directory, or to one file when --to ends with .tar. Everything that was acknowledged before the command is in it. While
        the grid runs, the command asks it (with the administrator token of the data directory) and waits; readings and commands go on. A backup has
        its name only once it is whole: its files were compared with their checksums, and manifest.json lists a SHA-256 of each.

        Keys of subscribers are never in a backup of the data. --keys-to writes them to a directory of their own, after the data, which must be kept
        elsewhere and for a shorter time: whoever has only one of the two reads nothing personal. Alone, it backs up the keys only, as beside a database.

        Exit codes: 0 the backup is whole and verified, 1 it could not be made and nothing of it is left, 2 wrong use.
        """,
        [
            new("--to", "DIR|FILE.tar", "where to write it: a new place, on the machine of the grid"),
            new("--keys-to", "DIR", "where to write the keys of subscribers: a new place, apart from the data"),
            new("--keys", "DIR", "where the keys are; without it Grid:Keys, or keys in the data directory"),
            new("--url", "URL", "address of the running grid; without it the one that it noted in the data directory"),
        ],
        RunAsync);

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(500);

    private static async Task<int> RunAsync(CommandInput input, CancellationToken cancellationToken)
    {
        var keysTo = input.Text("--keys-to") is { } place ? Path.GetFullPath(place) : null;
        if (keysTo is not null && input.Text("--to") is { } apart && (keysTo + Path.DirectorySeparatorChar).StartsWith(Path.GetFullPath(apart) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new SettingsException("--keys-to lies within --to: keys are kept apart from the data that they open.");
        }

        var to = keysTo is null || input.Has("--to") ? Path.GetFullPath(input.Required("--to")) : null;
        if (to is not null && await BackUpDataAsync(input, to, cancellationToken) is not ExitCodes.Fine and var code)
        {
            return code;
        }

        // After the data: every key that they are sealed with is there by now.
        int? keys = keysTo is null ? null : KeysBackup.Write(input.Keys, keysTo, TimeProvider.System.GetUtcNow(), cancellationToken);
        Tell(input, new BackupReport(to, to is null ? null : SizeOf(to), keysTo, keys));
        return ExitCodes.Fine;
    }

    private static async Task<int> BackUpDataAsync(CommandInput input, string to, CancellationToken cancellationToken)
    {
        if (input.Text("--url") is { } url || IsInUse(input.Data))
        {
            return await AskAsync(input, to, input.Text("--url") ?? ListeningAddress.Read(input.Data), cancellationToken);
        }

        using var metrics = new StorageMetrics();
        await using var storage = new GridStorage(new StorageOptions { DataDirectory = input.Data, KeysDirectory = input.Keys }, TimeProvider.System, metrics, NullLoggerFactory.Instance);
        await storage.OpenAsync();
        await storage.BackUpAsync(to, CommandProgress.ToConsole(), cancellationToken);
        return ExitCodes.Fine;
    }

    private static bool IsInUse(string data)
    {
        try
        {
            DataDirectory.Inspect(data).Dispose();
            return false;
        }
        catch (DataDirectoryException used) when (used.IsInUse)
        {
            return true;
        }
    }

    private static async Task<int> AskAsync(CommandInput input, string to, string address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(30) };
        var token = Path.Combine(input.Data, AdministratorToken.FileName);
        if (File.Exists(token))
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(token, cancellationToken)).Trim());
        }

        try
        {
            using var answer = await http.PostAsJsonAsync("/api/v1/backups", new { to }, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                Console.Error.WriteLine($"The grid at {address} did not begin a backup ({(int)answer.StatusCode}): {await ReasonAsync(answer, cancellationToken)}");
                return ExitCodes.Damage;
            }

            return await FollowAsync(http, answer.Headers.Location!, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new SettingsException($"The grid that uses {input.Data} does not answer at {address}: {unreachable.Message} Name its address with --url.");
        }
    }

    private static async Task<int> FollowAsync(HttpClient http, Uri backup, CancellationToken cancellationToken)
    {
        var progress = CommandProgress.ToConsole();
        while (true)
        {
            var status = await http.GetFromJsonAsync<JsonElement>(backup, cancellationToken);
            switch (status.GetProperty("state").GetString())
            {
                case "completed":
                    return ExitCodes.Fine;
                case "failed":
                    Console.Error.WriteLine(status.GetProperty("error").GetString());
                    return ExitCodes.Damage;
            }

            progress(status.GetProperty("doing").GetString() ?? "Waiting", status.GetProperty("done").GetInt64(), status.GetProperty("total").GetInt64());
            await Task.Delay(AskEvery, cancellationToken);
        }
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            var problem = JsonDocument.Parse(text).RootElement;
            return problem.TryGetProperty("errors", out var errors) ? errors.ToString() : problem.TryGetProperty("detail", out var detail) ? detail.ToString() : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static long SizeOf(string to) => Directory.Exists(to)
        ? Directory.EnumerateFiles(to, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length)
        : new FileInfo(to).Length;

    private static void Tell(CommandInput input, BackupReport report)
    {
        if (input.Has("--json"))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, MaintenanceJson.Default.BackupReport));
            return;
        }

        if (report.To is { } data)
        {
            Console.Out.WriteLine($"The backup {data} is whole and verified.");
        }

        if (report.KeysTo is { } keys)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The backup {keys} of {report.Keys} keys is whole and verified. Keep it apart from the data."));
        }
    }
}

/// <summary>What <c>backup --json</c> prints.</summary>
/// <param name="To">Where the backup is; null when only keys were asked for.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="KeysTo">Where the backup of the keys is; null when none was asked for.</param>
/// <param name="Keys">Keys in it.</param>
internal sealed record BackupReport(string? To, long? Bytes, string? KeysTo, int? Keys);
