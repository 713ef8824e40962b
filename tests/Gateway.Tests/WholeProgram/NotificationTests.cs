using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Contracts.Alarms;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Grains.OnCall;
using Grid.Tests.Gateway.Notifications;
using Grid.Tests.Host;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>From the front door to the receiver.</summary>
public sealed class NotificationTests
{
    private const string Endpoints = "/api/v1/notification-endpoints";

    private static readonly string Calendar = """
        {"zone": "Europe/Paris", "repeatEveryMinutes": 30, "repeatAtMost": 2, "levels": [
            {"afterMinutes": 10, "rotation": {"every": 2, "unit": "weeks", "from": "2026-03-02", "handOver": "08:00", "turns": [{"name": "Anne", "endpoints": ["hook"]}]},
             "windows": [{"days": ["monday", "sunday"], "from": "20:00", "to": "06:00"}],
             "overrides": [{"from": "2000-01-01T00:00", "to": "2199-12-31T23:59", "name": "Denis", "endpoints": ["hook"]}]},
            {"afterMinutes": 20, "rotation": {"every": 3, "unit": "days", "from": "2026-03-02", "handOver": "08:00", "turns": [{"name": "Brice", "endpoints": ["hook"]}]}}]}
        """;

    private static Task<GridServer> StartAsync(params string[] settings) => GridServer.StartAsync(["--Grid:Notifications:AllowPrivate=true", .. settings]);

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static string Hook(string address, string more = "") => $$"""{"kind": "webhook", "url": "{{address}}", "scope": "commune:29019"{{more}}}""";

    private static async Task<JsonElement> FinishedAsync(GridServer server, string path)
    {
        var delivery = default(JsonElement);
        await Eventually.HoldsAsync("the delivery is finished", async () => (delivery = await (await server.Http.GetAsync(path)).JsonAsync()).GetProperty("state").GetString() != "pending");
        return delivery;
    }

    [Fact]
    public async Task A_test_message_arrives_signed_at_a_webhook_and_is_listed_as_delivered()
    {
        await using var server = await StartAsync();
        await using var receiver = await Receiver.StartAsync(200);
        var created = await (await server.Http.PutAsync($"{Endpoints}/hook", Json(Hook(receiver.Address, $", \"secret\": \"{Receiver.Secret}\"")))).JsonAsync(HttpStatusCode.Created);
        Assert.False(created.TryGetProperty("secret", out _));
        Assert.Equal(("webhook", receiver.Address, true, "fr"), (created.GetProperty("kind").GetString(), created.GetProperty("url").GetString(), created.GetProperty("enabled").GetBoolean(), created.GetProperty("language").GetString()));

        var asked = await server.Http.PostAsync($"{Endpoints}/hook/test", null);
        await asked.JsonAsync(HttpStatusCode.Accepted);
        var delivery = await FinishedAsync(server, asked.Headers.Location!.OriginalString);

        Assert.Equal(("delivered", 1), (delivery.GetProperty("state").GetString(), delivery.GetProperty("attempts").GetInt32()));
        var (body, text, headers) = Assert.Single(receiver.Requests);
        Assert.True(Receiver.IsSigned(text, headers));
        Assert.Equal(delivery.GetProperty("id").GetString(), headers["webhook-id"]);
        Assert.Equal("test", body.GetProperty("type").GetString());
        var listed = await (await server.Http.GetAsync("/api/v1/notifications?endpoint=hook&state=delivered")).JsonAsync();
        Assert.Equal(delivery.GetRawText(), listed.GetProperty("items").EnumerateArray().Single().GetRawText());
        await (await server.Http.PostAsync($"/api/v1/notifications/{delivery.GetProperty("id").GetString()}/retry", null)).ProblemAsync(HttpStatusCode.Conflict);
        var audit = await server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(10, CancellationToken.None);
        Assert.Equal(["notification-endpoint.test", "notification-endpoint.put"], audit.Select(line => line.Action));
        Assert.DoesNotContain(audit, line => line.Detail.Contains("/hook", StringComparison.Ordinal) || line.Detail.Contains("whsec_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_is_made_and_shown_once_and_kept_when_it_is_left_out()
    {
        await using var server = await StartAsync();
        var created = await (await server.Http.PutAsync($"{Endpoints}/hook", Json(Hook("https://example.org/hook")))).JsonAsync(HttpStatusCode.Created);
        Assert.StartsWith("whsec_", created.GetProperty("secret").GetString(), StringComparison.Ordinal);

        var again = await (await server.Http.PutAsync($"{Endpoints}/hook", Json(Hook("https://example.org/hook", ", \"enabled\": false")))).JsonAsync();
        var shown = await (await server.Http.GetAsync($"{Endpoints}/hook")).JsonAsync();
        var renewed = await (await server.Http.PutAsync($"{Endpoints}/hook", Json(Hook("https://example.org/hook", ", \"secret\": null")))).JsonAsync();

        Assert.False(again.TryGetProperty("secret", out _));
        Assert.False(shown.TryGetProperty("secret", out _));
        Assert.NotEqual(created.GetProperty("secret").GetString(), renewed.GetProperty("secret").GetString());
        Assert.Equal("hook", (await (await server.Http.GetAsync($"{Endpoints}?scope=commune:29019")).JsonAsync()).GetProperty("items")[0].GetProperty("id").GetString());
        Assert.Empty((await (await server.Http.GetAsync($"{Endpoints}?scope=commune:29232")).JsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await server.Http.DeleteAsync($"{Endpoints}/hook")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync($"{Endpoints}/hook")).StatusCode);
    }

    [Fact]
    public async Task What_is_wrong_with_an_endpoint_is_named_by_its_field()
    {
        await using var server = await StartAsync();
        async Task AssertFaultAsync(string field, string json) => await (await server.Http.PutAsync($"{Endpoints}/hook", Json(json))).ErrorAsync(HttpStatusCode.BadRequest, field);

        await AssertFaultAsync("url", """{"kind": "webhook", "scope": "commune:29019"}""");
        await AssertFaultAsync("url", Hook("mailto:anne@example.org"));
        await AssertFaultAsync("address", Hook("https://example.org", ", \"address\": \"anne@example.org\""));
        await AssertFaultAsync("secret", Hook("https://example.org", ", \"secret\": \"1234\""));
        await AssertFaultAsync("scope", """{"kind": "email", "address": "anne@example.org", "scope": "commune:1"}""");
        await AssertFaultAsync("kind", """{"kind": "pigeon", "address": "anne@example.org", "scope": "commune:29019"}""");
        await (await server.Http.GetAsync("/api/v1/notifications?state=lost")).ErrorAsync(HttpStatusCode.BadRequest, "state");
        await (await server.Http.PostAsync($"{Endpoints}/hook/test", null)).ProblemAsync(HttpStatusCode.NotFound);
        await (await server.Http.PostAsync("/api/v1/notifications/none/retry", null)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_receiver_refused_can_be_tried_again_once_it_is_mended()
    {
        await using var server = await StartAsync();
        await using var receiver = await Receiver.StartAsync((http, number) =>
        {
            http.Response.StatusCode = number == 1 ? 404 : 200;
            return Task.CompletedTask;
        });
        await server.Http.PutAsync($"{Endpoints}/hook", Json(Hook(receiver.Address)));
        var asked = await server.Http.PostAsync($"{Endpoints}/hook/test", null);
        var path = asked.Headers.Location!.OriginalString;
        var failed = await FinishedAsync(server, path);
        Assert.Equal(("failed", "answered 404"), (failed.GetProperty("state").GetString(), failed.GetProperty("lastError").GetString()));

        await (await server.Http.PostAsync($"{path}/retry", null)).JsonAsync(HttpStatusCode.Accepted);

        Assert.Equal("delivered", (await FinishedAsync(server, path)).GetProperty("state").GetString());
        Assert.Equal("notification.retry", (await server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(1, CancellationToken.None))[0].Action);
    }

    [Fact]
    public async Task A_mail_goes_through_the_server_that_is_set()
    {
        await using var mail = MailServer.Start();
        await using var server = await StartAsync("--Grid:Smtp:Host=127.0.0.1", $"--Grid:Smtp:Port={mail.Port}", "--Grid:Smtp:Security=None", "--Grid:Smtp:From=grid@example.org");
        await (await server.Http.PutAsync($"{Endpoints}/anne", Json("""{"kind": "email", "address": "anne@example.org", "scope": "department:29", "language": "en"}"""))).JsonAsync(HttpStatusCode.Created);

        var asked = await server.Http.PostAsync($"{Endpoints}/anne/test", null);
        await FinishedAsync(server, asked.Headers.Location!.OriginalString);

        var (_, to, text) = Assert.Single(mail.Mails);
        Assert.Equal("anne@example.org", to);
        Assert.Contains("Subject: Test: message for anne", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_calendar_is_kept_shown_with_who_is_on_call_and_pages()
    {
        await using var server = await StartAsync("--Grid:Notifications:PublicAddress=https://grid.example");
        await using var receiver = await Receiver.StartAsync(200);
        await server.Http.PutAsync($"{Endpoints}/hook", Json(Hook(receiver.Address)));

        var answer = await server.Http.PutAsync("/api/v1/on-call/commune:29019", Json(Calendar));
        var put = await answer.JsonAsync();
        Assert.Equal(("\"1\"", 1), (answer.Headers.ETag!.Tag, put.GetProperty("version").GetInt32()));
        var shown = await (await server.Http.GetAsync("/api/v1/on-call/commune:29019")).JsonAsync();
        Assert.Equal(put.GetRawText(), shown.GetRawText());
        Assert.Equal(["Denis", "Brice"], shown.GetProperty("now").EnumerateArray().Select(level => level.GetProperty("name").GetString()));
        var kept = shown.GetProperty("calendar");
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(Calendar).RootElement.GetProperty("levels")[0], kept.GetProperty("levels")[0]), kept.GetRawText());
        Assert.Equal(["urgent", "high"], kept.GetProperty("priorities").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal(1, (await (await server.Http.PutAsync("/api/v1/on-call/commune:29019", Json(kept.GetRawText()))).JsonAsync()).GetProperty("version").GetInt32());

        var page = new AlarmPage
        {
            Alarm = "C1~supplyLoss",
            RaisedAt = DateTimeOffset.UnixEpoch,
            Priority = AlarmPriority.Urgent,
            Message = new("Armoire sans alimentation", "Cabinet without supply"),
            Source = "C1",
            Commune = "29019",
            Link = "/#alarm=C1~supplyLoss",
        };
        Assert.Equal(PageOutcome.Paged, (await server.Services.GetRequiredService<OnCallDirectory>().PageAsync(server.Services.GetRequiredService<IGrainFactory>(), page)).Outcome);
        await Eventually.HoldsAsync("the page arrives", () => !receiver.Requests.IsEmpty);
        var data = Assert.Single(receiver.Requests).Body.GetProperty("data");
        Assert.Equal(("URGENT : Armoire sans alimentation – Brest", "https://grid.example/#alarm=C1~supplyLoss"), (data.GetProperty("subject").GetString(), data.GetProperty("link").GetString()));

        Assert.Equal(HttpStatusCode.NoContent, (await server.Http.DeleteAsync("/api/v1/on-call/commune:29019")).StatusCode);
        await (await server.Http.DeleteAsync("/api/v1/on-call/commune:29019")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_wrong_with_a_calendar_is_named_by_its_field_and_another_version_is_not_replaced()
    {
        await using var server = await StartAsync();
        await server.Http.PutAsync($"{Endpoints}/hook", Json(Hook("https://example.org")));
        async Task AssertFaultAsync(string field, string from, string to) =>
            await (await server.Http.PutAsync("/api/v1/on-call/commune:29019", Json(Calendar.Replace(from, to, StringComparison.Ordinal)))).ErrorAsync(HttpStatusCode.BadRequest, field);

        await AssertFaultAsync("zone", "Europe/Paris", "Europe/Brest");
        await AssertFaultAsync("levels[0].rotation.handOver", "08:00", "8h");
        await AssertFaultAsync("levels[0].overrides[0].from", "2000-01-01T00:00", "2000-01-01");
        await AssertFaultAsync("levels[1].afterMinutes", "\"afterMinutes\": 20", "\"afterMinutes\": 0");
        await AssertFaultAsync("levels[0].rotation.turns[0].endpoints", "\"name\": \"Anne\", \"endpoints\": [\"hook\"]", "\"name\": \"Anne\", \"endpoints\": [\"hooks\"]");
        await AssertFaultAsync("levels[0].windows[0].days[0]", "\"monday\"", "\"lundi\"");
        await (await server.Http.PutAsync("/api/v1/on-call/commune:1", Json(Calendar))).ProblemAsync(HttpStatusCode.NotFound);
        await (await server.Http.GetAsync("/api/v1/on-call/all")).ProblemAsync(HttpStatusCode.NotFound);
        using var conditional = new HttpRequestMessage(HttpMethod.Put, "/api/v1/on-call/commune:29019") { Content = Json(Calendar) };
        conditional.Headers.Add("If-Match", "\"7\"");
        await (await server.Http.SendAsync(conditional)).ProblemAsync(HttpStatusCode.PreconditionFailed);
        Assert.Equal(JsonValueKind.Null, (await (await server.Http.GetAsync("/api/v1/on-call/commune:29019")).JsonAsync()).GetProperty("calendar").ValueKind);
    }
}
