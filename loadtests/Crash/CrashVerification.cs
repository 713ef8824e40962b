using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Grid.LoadTests.Crash;

/// <summary>Reads everything back after a start and compares it with what was acknowledged.</summary>
internal sealed class CrashVerification(CrashFleet fleet, CrashLoad load, CrashReport report)
{
    /// <summary>After the loss of a process, figures are whole again within this.</summary>
    private static readonly TimeSpan FiguresWithin = TimeSpan.FromSeconds(10);

    private static readonly string[] FinalStates = ["confirmed", "rejected", "expired", "superseded", "failed"];
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
    private readonly DateOnly _began = Today();
    private readonly CrashHistory _history = new(fleet, report);

    public async Task RunAsync(HttpClient http, CancellationToken cancellationToken)
    {
        await WaitUntilWholeAsync(http, cancellationToken);
        var devices = await DevicesAsync(http, cancellationToken);
        await _history.RunAsync(http, cancellationToken);
        await CommandsAsync(http, cancellationToken);
        await BodiesAsync(http, cancellationToken);
        await ListsAsync(http, devices, cancellationToken);
        await FiguresAsync(http, cancellationToken);
    }

    /// <summary>Ready says that readings are taken and devices counted; the system says when all that was acknowledged is in the figures.</summary>
    public static async Task WaitUntilWholeAsync(HttpClient http, CancellationToken cancellationToken)
    {
        while (true)
        {
            var system = await http.GetFromJsonAsync<JsonElement>("/api/v1/system", cancellationToken);
            if (!system.TryGetProperty("recovery", out var recovery) || recovery.GetProperty("isComplete").GetBoolean())
            {
                return;
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    private async Task<Dictionary<string, JsonElement>> DevicesAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var shown = await ReadDevicesAsync(http, cancellationToken);
        foreach (var device in fleet.Devices.Concat(fleet.Visitors))
        {
            var found = shown.TryGetValue(device.Id, out var it);
            Check(device.Registration.Settle(found ? (Text(it, "commune"), Text(it, "name")) : null), $"registration of {device.Id}");
            if (!found)
            {
                continue;
            }

            var newest = Reported(it, "ordinal");
            if (device.NotTaken.Contains(newest))
            {
                report.Duplicated($"reading {newest} of {device.Id} was refused and is there");
            }

            Check(device.SettleNewest(newest), $"newest reading of {device.Id}");
            var desired = it.GetProperty("desired").TryGetProperty("dimmingPercent", out var percent) ? percent.GetDouble() : -1;
            Check(device.Desired.Settle(desired), $"desired state of {device.Id}");
        }

        return shown;
    }

    private async Task CommandsAsync(HttpClient http, CancellationToken cancellationToken)
    {
        foreach (var command in load.Commands.Where(command => command.Id is null).ToArray())
        {
            await load.AskAgainAsync(http, command);
        }

        await Parallel.ForEachAsync(load.Commands, Few(cancellationToken), async (command, _) =>
        {
            using var answer = await http.GetAsync($"/api/v1/commands/{command.Id}", cancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                report.Lost($"command {command.Id} of {command.Device.Id}: {(int)answer.StatusCode}");
                return;
            }

            var shown = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            if (Text(shown, "device") != command.Device.Id || shown.GetProperty("args").GetProperty("percent").GetDouble() != command.Percent)
            {
                report.Lost($"command {command.Id} is another one now: {shown}");
            }

            var state = Text(shown, "state");
            if (command.Final is not null && command.Final != state)
            {
                report.Lost($"command {command.Id} was {command.Final} and is {state}");
            }

            command.Final = FinalStates.Contains(state) ? state : command.Final;
        });
    }

    private async Task BodiesAsync(HttpClient http, CancellationToken cancellationToken)
    {
        for (var body = 0; body < CrashFleet.Bodies.Length; body++)
        {
            using var answer = await http.GetAsync($"/api/v1/bodies/{CrashFleet.Bodies[body]}", cancellationToken);
            var shown = answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken) : default(JsonElement?);
            Check(fleet.BodyNames[body].Settle(shown is { } named ? Text(named, "name") : ""), $"name of body {CrashFleet.Bodies[body]}");
            Check(
                fleet.BodyMembers[body].Settle(shown is { } it ? string.Join(' ', it.GetProperty("members").EnumerateArray().Select(member => Text(member, "commune")).Order(StringComparer.Ordinal)) : ""),
                $"members of body {CrashFleet.Bodies[body]}");
        }
    }

    /// <summary>Each device is in exactly one list.</summary>
    private async Task ListsAsync(HttpClient http, Dictionary<string, JsonElement> devices, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var commune in CrashFleet.Communes)
        {
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await http.GetFromJsonAsync<JsonElement>($"/api/v1/devices?commune={commune}&limit=1000{(cursor.Length == 0 ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}", cancellationToken);
                foreach (var id in page.GetProperty("items").EnumerateArray().Select(item => Text(item, "id")).Where(id => !seen.Add(id)))
                {
                    report.Duplicated($"{id} is listed twice");
                }

                cursor = page.GetProperty("nextCursor").GetString();
            }
        }

        foreach (var id in devices.Keys.Where(id => !seen.Remove(id)))
        {
            report.Lost($"{id} is in no list");
        }

        foreach (var id in seen)
        {
            report.Duplicated($"{id} is listed and does not exist");
        }
    }

    private async Task FiguresAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var until = DateTime.UtcNow + FiguresWithin;
        while (true)
        {
            var wrong = await FindWrongFiguresAsync(http, cancellationToken);
            if (wrong.Count == 0)
            {
                return;
            }

            if (DateTime.UtcNow > until)
            {
                wrong.ForEach(report.Wrong);
                return;
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private async Task<List<string>> FindWrongFiguresAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var wrong = new List<string>();
        var devices = (await ReadDevicesAsync(http, cancellationToken)).Values.ToLookup(device => Text(device, "commune"));
        var communes = new Dictionary<string, SortedDictionary<string, decimal>>(StringComparer.Ordinal);
        foreach (var commune in CrashFleet.Communes)
        {
            communes[commune] = TerritoryFold.Of(await http.GetFromJsonAsync<JsonElement>($"/api/v1/communes/{commune}", cancellationToken));
            var expected = TerritoryFold.Of([.. devices[commune]]);
            if (Today() == _began)
            {
                expected["water.consumedTodayLitres"] = fleet.Devices.Where(device => device.Registration.Acknowledged?.Commune == commune && device.Kind == "meter").Sum(device => device.ConsumedLitres);
            }

            Note(TerritoryFold.Difference(communes[commune], expected), $"commune {commune}");
        }

        for (var body = 0; body < CrashFleet.Bodies.Length; body++)
        {
            var members = fleet.BodyMembers[body].Acknowledged.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(commune => communes[commune]);
            var shown = TerritoryFold.Of(await http.GetFromJsonAsync<JsonElement>($"/api/v1/syndicates/{CrashFleet.Bodies[body]}", cancellationToken));
            Note(TerritoryFold.Difference(shown, TerritoryFold.Sum(members, isLightingOnly: body == 1)), $"body {CrashFleet.Bodies[body]}");
        }

        var department = TerritoryFold.Of(await http.GetFromJsonAsync<JsonElement>("/api/v1/departments/29", cancellationToken));
        Note(TerritoryFold.Difference(department, TerritoryFold.Sum(communes.Values, isLightingOnly: false)), "department 29");
        return wrong;

        void Note(string? difference, string territory)
        {
            if (difference is not null)
            {
                wrong.Add($"{territory}: {difference}");
            }
        }
    }

    private async Task<Dictionary<string, JsonElement>> ReadDevicesAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var shown = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(fleet.Devices.Concat(fleet.Visitors), Few(cancellationToken), async (device, _) =>
        {
            using var answer = await http.GetAsync($"/api/v1/devices/{Uri.EscapeDataString(device.Id)}", cancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                var it = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                lock (shown)
                {
                    shown.Add(device.Id, it);
                }
            }
            else if (answer.StatusCode != HttpStatusCode.NotFound)
            {
                report.Wrong($"device {device.Id} was answered {(int)answer.StatusCode}");
            }
        });
        return shown;
    }

    private void Check(string? wrong, string what)
    {
        if (wrong is not null)
        {
            report.Lost($"{what} {wrong}");
        }
    }

    private static ParallelOptions Few(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };

    private static DateOnly Today() => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.UtcNow, Paris));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static long Reported(JsonElement device, string metric) =>
        device.GetProperty("reported").TryGetProperty(metric, out var reported) ? reported.GetProperty("value").GetInt64() : 0;
}
