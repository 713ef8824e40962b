using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Grid.LoadTests.Crash;

/// <summary>A command that was asked for.</summary>
internal sealed class CrashCommand(string key, CrashDevice device, double percent)
{
    public string Key { get; } = key;

    public CrashDevice Device { get; } = device;

    public double Percent { get; } = percent;

    /// <summary>Its id; null while it is in doubt.</summary>
    public string? Id { get; set; }

    /// <summary>The final state that was shown, null while none was.</summary>
    public string? Final { get; set; }
}

/// <summary>
/// Asks the program for things until it is killed, and notes every answer: readings (JSON and NDJSON), commands, devices put, moved and
/// removed, bodies and their members.
/// </summary>
internal sealed class CrashLoad(CrashFleet fleet, int seed, CrashReport report)
{
    private const int GroupSize = 24;

    private readonly List<CrashDevice[]> _groups = [.. fleet.Devices.Where(device => !device.IsPassive).Chunk(GroupSize)];
    private readonly List<CrashDevice> _lamps = [.. fleet.Devices.Where(device => device is { Kind: "streetlight", IsPassive: false })];
    private int _commandsAsked;
    private int _round;

    public List<CrashCommand> Commands { get; } = [];

    /// <summary>Runs until the program has gone, or until told.</summary>
    public async Task RunAsync(HttpClient http, CancellationToken stop)
    {
        _round++;
        await Task.WhenAll(
        [
            .. _groups.Select((group, index) => UntilGoneAsync(random => SendReadingsAsync(http, group, random), index, stop)),
            UntilGoneAsync(random => SendCommandAsync(http, random), 1_001, stop),
            UntilGoneAsync(random => ChangeDeviceAsync(http, random), 1_002, stop),
            UntilGoneAsync(random => ChangeBodyAsync(http, random), 1_003, stop),
        ]);
    }

    /// <summary>Every device and body, once; all answered.</summary>
    public async Task ProvisionAsync(HttpClient http, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            fleet.Devices.Where(device => !device.IsPassive),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (device, _) => await PutAsync(http, device, CrashFleet.CommuneOf(device), device.Id));
        await Parallel.ForEachAsync(
            fleet.Devices.Where(device => device.IsPassive),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (device, _) => await PutAsync(http, device, CrashFleet.CommuneOf(device), device.Id));
        for (var body = 0; body < CrashFleet.Bodies.Length; body++)
        {
            await PutBodyAsync(http, body, "first");
            await PutMembersAsync(http, body, CrashFleet.Communes);
        }
    }

    /// <summary>Asks again for a command that got no answer: with the same key it must be the same command, there once.</summary>
    public async Task AskAgainAsync(HttpClient http, CrashCommand command)
    {
        command.Device.Desired.Ask(command.Percent);
        await AskAsync(http, command);
    }

    private async Task UntilGoneAsync(Func<Random, Task> step, int worker, CancellationToken stop)
    {
        var random = new Random(HashCode(seed, _round, worker));
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await step(random);
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
        {
            // The program was killed: what was asked stays in doubt.
        }
    }

    private async Task SendReadingsAsync(HttpClient http, CrashDevice[] group, Random random)
    {
        var isLines = random.Next(2) == 0;
        var chosen = group.Where(_ => random.Next(3) > 0).ToArray();
        var body = new StringBuilder(isLines ? "" : "[");
        foreach (var device in chosen)
        {
            body.Append(body.Length > 1 ? (isLines ? "\n" : ",") : "");
            device.AppendReading(body, random);
        }

        using var content = new StringContent(body.Append(isLines ? "" : "]").ToString(), Encoding.UTF8, isLines ? "application/x-ndjson" : "application/json");
        using var answer = await http.PostAsync("/api/v1/readings", content);
        if (await IsBusyAsync(answer))
        {
            Array.ForEach(chosen, device => device.Answered(isTaken: false));
            return;
        }

        var said = await ReadAsync(answer, HttpStatusCode.OK);
        if (said.GetProperty("rejected").GetArrayLength() > 0 || said.GetProperty("accepted").GetInt32() != chosen.Length)
        {
            report.Wrong($"good readings of registered devices were not all taken: {said}");
        }

        Array.ForEach(chosen, device => device.Answered(isTaken: true));
        report.Acknowledged(chosen.Length);
    }

    private async Task SendCommandAsync(HttpClient http, Random random)
    {
        var device = _lamps[random.Next(_lamps.Count)];
        var command = new CrashCommand(string.Create(CultureInfo.InvariantCulture, $"{seed}-{++_commandsAsked}"), device, random.Next(0, 101));
        device.Desired.Ask(command.Percent);
        Commands.Add(command);
        await AskAsync(http, command);
    }

    private async Task AskAsync(HttpClient http, CrashCommand command)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/devices/{Uri.EscapeDataString(command.Device.Id)}/commands")
        {
            Content = Json(string.Create(CultureInfo.InvariantCulture, $$$"""{"name":"setDimming","args":{"percent":{{{command.Percent}}}}}""")),
        };
        request.Headers.Add("Idempotency-Key", command.Key);
        using var answer = await http.SendAsync(request);
        var said = await ReadAsync(answer, HttpStatusCode.Accepted);
        command.Id = said.GetProperty("id").GetString();
        command.Device.Desired.Acknowledge();
        report.Acknowledged(1);
    }

    private async Task ChangeDeviceAsync(HttpClient http, Random random)
    {
        var device = fleet.Devices[random.Next(fleet.Devices.Count)];
        var (commune, name) = device.Registration.Acknowledged!.Value;
        if (device.Kind is "bin" or "environment" && random.Next(2) == 0)
        {
            commune = CrashFleet.Communes[random.Next(CrashFleet.Communes.Length)];
        }

        await PutAsync(http, device, commune, string.Create(CultureInfo.InvariantCulture, $"{device.Id} {random.Next(1_000_000)}"));

        // One that comes and goes, and never reports.
        var visitor = fleet.Visitors[random.Next(fleet.Visitors.Count)];
        if (visitor.Registration.Acknowledged is null)
        {
            await PutAsync(http, visitor, CrashFleet.Communes[random.Next(CrashFleet.Communes.Length)], visitor.Id);
        }
        else
        {
            visitor.Registration.Ask(null);
            using var answer = await http.DeleteAsync($"/api/v1/devices/{Uri.EscapeDataString(visitor.Id)}");
            await CheckAsync(answer, HttpStatusCode.NoContent);
            visitor.Registration.Acknowledge();
            report.Acknowledged(1);
        }
    }

    private async Task ChangeBodyAsync(HttpClient http, Random random)
    {
        var body = random.Next(CrashFleet.Bodies.Length);
        await PutBodyAsync(http, body, string.Create(CultureInfo.InvariantCulture, $"name {random.Next(1_000_000)}"));
        await PutMembersAsync(http, body, [.. CrashFleet.Communes.Where(_ => random.Next(4) > 0)]);
    }

    private async Task PutAsync(HttpClient http, CrashDevice device, string commune, string name)
    {
        device.Registration.Ask((commune, name));
        using var answer = await http.PutAsync($"/api/v1/devices/{Uri.EscapeDataString(device.Id)}", Json(device.ToJson(commune, name)));
        await CheckAsync(answer, HttpStatusCode.OK, HttpStatusCode.Created);
        device.Registration.Acknowledge();
        report.Acknowledged(1);
    }

    private async Task PutBodyAsync(HttpClient http, int body, string name)
    {
        fleet.BodyNames[body].Ask(name);
        using var answer = await http.PutAsync($"/api/v1/bodies/{CrashFleet.Bodies[body]}", Json($$"""{"name":"{{name}}","kind":"syndicate"}"""));
        await CheckAsync(answer, HttpStatusCode.OK, HttpStatusCode.Created);
        fleet.BodyNames[body].Acknowledge();
        report.Acknowledged(1);
    }

    private async Task PutMembersAsync(HttpClient http, int body, string[] communes)
    {
        var kinds = body == 1 ? $",\"kinds\":[{string.Join(',', CrashFleet.LightingKinds.Select(kind => $"\"{kind}\""))}]" : "";
        fleet.BodyMembers[body].Ask(string.Join(' ', communes.Order(StringComparer.Ordinal)));
        using var answer = await http.PutAsync(
            $"/api/v1/bodies/{CrashFleet.Bodies[body]}/members",
            Json($"[{string.Join(',', communes.Select(commune => $$"""{"commune":"{{commune}}"{{kinds}}}"""))}]"));
        await CheckAsync(answer, HttpStatusCode.OK);
        fleet.BodyMembers[body].Acknowledge();
        report.Acknowledged(1);
    }

    /// <summary>Refused as a whole: waits a little. Nothing of it may ever show.</summary>
    private static async Task<bool> IsBusyAsync(HttpResponseMessage answer)
    {
        if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests))
        {
            return false;
        }

        await Task.Delay(20);
        return true;
    }

    private async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        await CheckAsync(answer, expected);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task CheckAsync(HttpResponseMessage answer, params HttpStatusCode[] expected)
    {
        if (!expected.Contains(answer.StatusCode))
        {
            var text = await answer.Content.ReadAsStringAsync();
            report.Wrong($"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.AbsolutePath} was answered {(int)answer.StatusCode}: {text}");
            throw new OperationCanceledException();
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    /// <summary>The same in every process, unlike System.HashCode.</summary>
    private static int HashCode(int seed, int round, int worker) => (((seed * 1_000_003) + round) * 1_000_003) + worker;
}
