using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Tests.Host;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>Work orders and contracts by their REST face, over the real grains and storage.</summary>
public sealed class WorkOrdersTests : IAsyncLifetime
{
    private const string Orders = "/api/v1/work-orders";
    private const string Contract = """
        {"holder":"syndicate:999000029","name":"Éclairage 2026","contractor":"Lumière SA",
         "hours":{"monday":["08:00-12:00","13:30-17:30"],"friday":["08:00-12:00"]},
         "lots":[{"name":"ouest","kinds":["streetlight","cabinet"],"communes":["29155"]}],
         "deadlines":{"urgent":{"hours":4,"aroundTheClock":true},"medium":{"hours":16}},
         "from":"2026-01-01"}
        """;

    private GridServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GridServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_order_is_opened_followed_and_closed_with_its_history_and_an_audit_line_for_each_change()
    {
        await LampAsync("L1", "29155");
        var opened = await PostAsync("""{"title":"Lampe éteinte","device":"L1","priority":"high"}""");
        var order = await opened.JsonAsync(HttpStatusCode.Created);
        var id = order.GetProperty("id").GetString()!;
        Assert.Equal(("29155-1", $"{Orders}/29155-1"), (id, opened.Headers.Location?.ToString()));
        Assert.Equal(("open", "high", "person", "streetlight", "29155"), (Text(order, "state"), Text(order, "priority"), Text(order, "origin"), Text(order, "kind"), Text(order, "commune")));
        Assert.Equal(JsonValueKind.Null, order.GetProperty("dueAt").ValueKind);

        await (await ActAsync(id, """{"action":"assign","contractor":"Watt SARL","lot":"sud"}""")).JsonAsync();
        await (await ActAsync(id, """{"action":"arrive","by":"Ben"}""")).JsonAsync();
        await (await ActAsync(id, """{"action":"repair","by":"Ben","note":"Lanterne changée","parts":[{"name":"LED 40 W","quantity":1}]}""")).JsonAsync();
        await (await ActAsync(id, """{"action":"close"}""")).JsonAsync();

        var shown = await (await _server.Http.GetAsync($"{Orders}/{id}")).JsonAsync();
        Assert.Equal(("closed", "Watt SARL", "sud"), (Text(shown, "state"), Text(shown, "contractor"), Text(shown, "lot")));
        Assert.Equal("""[{"name":"LED 40 W","quantity":1}]""", shown.GetProperty("repair").GetProperty("parts").GetRawText());
        Assert.Equal("Ben", shown.GetProperty("visits")[0].GetProperty("by").GetString());
        Assert.NotEqual(JsonValueKind.Null, shown.GetProperty("visits")[0].GetProperty("leftAt").ValueKind);
        Assert.Equal("open assign arrive repair close", string.Join(' ', shown.GetProperty("history").EnumerateArray().Select(step => Text(step, "action"))));

        var audit = (await _server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(20, CancellationToken.None)).Where(entry => entry.Target == $"work-order:{id}").ToArray();
        Assert.Equal(5, audit.Length);
        Assert.Equal(("work-order.act", "administrator", "repair for Ben, is repaired"), (audit[1].Action, audit[1].Actor, audit[1].Detail));
    }

    [Fact]
    public async Task The_same_key_is_the_same_order_and_the_same_action_and_another_request_with_it_is_409()
    {
        const string Body = """{"title":"Banc cassé","commune":"29155"}""";
        var first = Text(await (await PostAsync(Body, "k1")).JsonAsync(HttpStatusCode.Created), "id")!;
        Assert.Equal(first, Text(await (await PostAsync(Body, "k1")).JsonAsync(), "id"));
        Assert.NotEqual(first, Text(await (await PostAsync(Body)).JsonAsync(HttpStatusCode.Created), "id"));
        await (await PostAsync("""{"title":"Autre","commune":"29155"}""", "k1")).ProblemAsync(HttpStatusCode.Conflict);

        await (await ActAsync(first, """{"action":"pause","note":"neige"}""", "a1")).JsonAsync();
        await (await ActAsync(first, """{"action":"resume"}""", "a2")).JsonAsync();
        var again = await (await ActAsync(first, """{"action":"pause","note":"neige"}""", "a1")).JsonAsync();
        Assert.Equal(("open", 3), (Text(again, "state"), again.GetProperty("history").GetArrayLength()));
        await (await ActAsync(first, """{"action":"resume"}""", "a1")).ProblemAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_the_state_does_not_allow_is_409_and_says_why()
    {
        var id = Text(await (await PostAsync("""{"title":"Banc cassé","commune":"29155"}""")).JsonAsync(HttpStatusCode.Created), "id")!;
        var problem = await (await ActAsync(id, """{"action":"close"}""")).ProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal("Order 29155-1 is open: only what is repaired can be closed; cancel what is not to be done.", Text(problem, "detail"));
        await (await ActAsync("29155-99", """{"action":"resume"}""")).ProblemAsync(HttpStatusCode.NotFound);
        await (await ActAsync("99999-1", """{"action":"resume"}""")).ProblemAsync(HttpStatusCode.NotFound);
        await (await _server.Http.GetAsync($"{Orders}/nonsense")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_bad_order_is_400_by_field()
    {
        (string Body, string Field)[] cases =
        [
            ("""{"commune":"29155"}""", "title"),
            ("""{"title":"x"}""", "commune"),
            ("""{"title":"x","commune":"99999"}""", "commune"),
            ("""{"title":"x","device":"nobody"}""", "device"),
            ("""{"title":"x","device":"L1","commune":"29019"}""", "commune"),
            ("""{"title":"x","device":"L1","kind":"bin"}""", "kind"),
            ("""{"title":"x","commune":"29155","priority":"soon"}""", "priority"),
            ("""{"title":"x","commune":"29155","position":{"lon":181,"lat":0}}""", "position"),
            ("""{"title":"x","alarm":"L1~lampFailure"}""", "alarm"),
            ("""{"title":"","commune":"29155"}""", "title"),
        ];
        await LampAsync("L1", "29155");
        foreach (var (body, field) in cases)
        {
            await (await PostAsync(body)).ErrorAsync(HttpStatusCode.BadRequest, field);
        }
    }

    [Fact]
    public async Task A_bad_action_is_400_by_field()
    {
        (string Body, string Field)[] cases =
        [
            ("{}", "action"),
            ("""{"action":"explode"}""", "action"),
            ("""{"action":"confirm"}""", "action"),
            ("""{"action":"repair"}""", "note"),
            ("""{"action":"assign"}""", "contractor"),
            ("""{"action":"repair","note":"x","parts":[{"name":"y"}]}""", "parts[0]"),
            ("""{"action":"repair","note":"x","parts":[{"name":"y","quantity":-1}]}""", "parts[0].quantity"),
        ];
        await (await PostAsync("""{"title":"x","commune":"29155"}""")).JsonAsync(HttpStatusCode.Created);
        foreach (var (body, field) in cases)
        {
            await (await ActAsync("29155-1", body)).ErrorAsync(HttpStatusCode.BadRequest, field);
        }
    }

    [Fact]
    public async Task A_list_is_of_its_scope_and_its_filters_page_by_page()
    {
        await BodyAsync();
        await LampAsync("L1", "29155");
        await LampAsync("L2", "29019");
        foreach (var body in new[] { """{"title":"a","device":"L1"}""", """{"title":"b","device":"L2"}""", """{"title":"c","commune":"29155"}""", """{"title":"d","device":"L1"}""" })
        {
            await (await PostAsync(body)).JsonAsync(HttpStatusCode.Created);
        }

        await (await ActAsync("29155-3", """{"action":"cancel","note":"double"}""")).JsonAsync();

        Assert.Equal("29019-1 29155-1 29155-2 29155-3", await ListAsync(""));
        Assert.Equal("29155-1 29155-3", await ListAsync("?scope=device:L1"));
        Assert.Equal("29155-1 29155-2 29155-3", await ListAsync("?scope=commune:29155"));
        Assert.Equal("29019-1 29155-1 29155-2 29155-3", await ListAsync("?scope=department:29"));
        Assert.Equal("", await ListAsync("?scope=department:35"));

        // The syndicate is competent for lighting in one of the two: what is about no kind of device is not its own.
        Assert.Equal("29155-1 29155-3", await ListAsync("?scope=syndicate:999000029"));
        Assert.Equal("29155-1", await ListAsync("?scope=commune:29155&state=open&limit=1"));
        Assert.Equal("29155-3", await ListAsync("?state=cancelled"));
        Assert.Equal("", await ListAsync("?overdue=true"));
        var page = await (await _server.Http.GetAsync($"{Orders}?limit=3")).JsonAsync();
        Assert.Equal("29155-3", await ListAsync($"?limit=3&cursor={Text(page, "nextCursor")}"));
        await (await _server.Http.GetAsync($"{Orders}?scope=commune:29155&cursor={Text(page, "nextCursor")}")).ErrorAsync(HttpStatusCode.BadRequest, "cursor");
        foreach (var (query, field) in new[] { ("scope=street:1", "scope"), ("scope=commune:99999", "scope"), ("scope=device:nobody", "scope"), ("state=done", "state"), ("overdue=maybe", "overdue"), ("format=xml", "format"), ("colour=red", "colour") })
        {
            await (await _server.Http.GetAsync($"{Orders}?{query}")).ErrorAsync(HttpStatusCode.BadRequest, field);
        }
    }

    [Fact]
    public async Task A_list_as_csv_is_whole_and_no_cell_of_it_is_a_formula()
    {
        await (await PostAsync("""{"title":"=HYPERLINK(\"http://x\")","commune":"29155"}""")).JsonAsync(HttpStatusCode.Created);
        await (await PostAsync("""{"title":"Banc, cassé","commune":"29155"}""")).JsonAsync(HttpStatusCode.Created);
        await (await ActAsync("29155-2", """{"action":"repair","note":"@note","parts":[{"name":"vis","quantity":4},{"name":"bois, m","quantity":1.5}]}""")).JsonAsync();

        var answer = await _server.Http.GetAsync($"{Orders}?format=csv");
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        var rows = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, rows.Length);
        Assert.StartsWith("id,commune,state,priority,origin,title,", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("""29155-1,29155,open,medium,person,"'=HYPERLINK(""http://x"")",,,,""", rows[1], StringComparison.Ordinal);
        Assert.Contains("\"Banc, cassé\"", rows[2], StringComparison.Ordinal);
        Assert.Contains(",'@note,\"vis x 4; bois, m x 1.5\",", rows[2], StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Orders}/delays");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        var delays = await (await _server.Http.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.Equal("contractor,lot,count,pending,overdue,repaired,medianHours,p90Hours\n,,2,1,0,1,0,0\n", delays);
    }

    [Fact]
    public async Task A_contract_gives_its_contractor_lot_and_deadline_and_its_delays_are_counted()
    {
        await BodyAsync();
        await LampAsync("L1", "29155");
        var put = await PutAsync("/api/v1/contracts/eclairage", Contract);
        var contract = await put.JsonAsync(HttpStatusCode.Created);
        Assert.Equal("\"1\"", put.Headers.ETag?.ToString());
        Assert.Equal("""{"monday":["08:00-12:00","13:30-17:30"],"friday":["08:00-12:00"]}""", contract.GetProperty("hours").GetRawText());
        Assert.Equal("""{"medium":{"hours":16,"aroundTheClock":false},"urgent":{"hours":4,"aroundTheClock":true}}""", contract.GetProperty("deadlines").GetRawText());
        Assert.Equal(("Europe/Paris", 24, 7), (Text(contract, "zone"), contract.GetProperty("confirmHours").GetInt32(), contract.GetProperty("recurrenceDays").GetInt32()));
        Assert.Equal(contract.GetRawText(), (await (await _server.Http.GetAsync("/api/v1/contracts/eclairage")).JsonAsync()).GetRawText());
        Assert.Single((await (await _server.Http.GetAsync("/api/v1/contracts")).JsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("/api/v1/contracts/eclairage", Contract)).StatusCode);
        await (await PutAsync("/api/v1/contracts/eclairage", Contract.Replace("2026", "2027", StringComparison.Ordinal), "\"7\"")).ProblemAsync(HttpStatusCode.PreconditionFailed);

        var urgent = await (await PostAsync("""{"title":"Fils à nu","device":"L1","priority":"urgent"}""")).JsonAsync(HttpStatusCode.Created);
        Assert.Equal(("assigned", "eclairage", "Lumière SA", "ouest"), (Text(urgent, "state"), Text(urgent, "contract"), Text(urgent, "contractor"), Text(urgent, "lot")));
        Assert.Equal(TimeSpan.FromHours(4), urgent.GetProperty("dueAt").GetDateTimeOffset() - urgent.GetProperty("openedAt").GetDateTimeOffset());
        await (await ActAsync(Text(urgent, "id")!, """{"action":"repair","note":"isolé"}""")).JsonAsync();

        var delay = (await (await _server.Http.GetAsync($"{Orders}/delays?scope=syndicate:999000029")).JsonAsync()).GetProperty("items")[0];
        Assert.Equal("Lumière SA", Text(delay, "contractor"));
        Assert.EndsWith(""" "count":1,"pending":0,"overdue":0,"repaired":1,"medianHours":0,"p90Hours":0}""".Trim(), delay.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_contract_is_400_by_field()
    {
        (string Text, string Other, string Field)[] cases =
        [
            ("\"holder\":\"syndicate:999000029\"", "\"holder\":\"syndicate:1\"", "holder"),
            ("\"monday\"", "\"lundi\"", "hours.lundi"),
            ("08:00-12:00", "8-12", "hours.monday"),
            ("\"13:30-17:30\"", "\"11:00-17:30\"", "hours[1]"),
            ("\"29155\"", "\"99999\"", "lots[0].communes"),
            ("\"hours\":16", "\"hours\":0", "deadlines[0].hours"),
            ("\"medium\"", "\"normal\"", "deadlines.normal"),
        ];
        await BodyAsync();
        foreach (var (text, other, field) in cases)
        {
            await (await PutAsync("/api/v1/contracts/c1", Contract.Replace(text, other, StringComparison.Ordinal))).ErrorAsync(HttpStatusCode.BadRequest, field);
            await (await _server.Http.GetAsync("/api/v1/contracts/c1")).ProblemAsync(HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [InlineData("listWorkOrders", Right.Read)]
    [InlineData("getWorkOrderDelays", Right.Read)]
    [InlineData("openWorkOrder", Right.Intervene)]
    [InlineData("actOnWorkOrder", Right.Intervene)]
    [InlineData("putContract", Right.Administer)]
    public void Technicians_act_on_orders_and_only_who_administers_changes_contracts(string route, Right right)
    {
        var endpoint = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Single(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == route);
        Assert.Equal(right, endpoint.Metadata.GetMetadata<RequiresRightAttribute>()?.Right);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private async Task LampAsync(string id, string commune) =>
        Assert.Contains((await PutAsync($"/api/v1/devices/{id}", $$"""{"kind":"streetlight","commune":"{{commune}}"}""")).StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.OK });

    private async Task BodyAsync() =>
        Assert.True((await PutAsync("/api/v1/bodies/999000029", """{"name":"S","kind":"syndicate","members":[{"commune":"29155","kinds":["streetlight","cabinet"]}]}""")).IsSuccessStatusCode);

    private async Task<string> ListAsync(string query) =>
        string.Join(' ', (await (await _server.Http.GetAsync(Orders + query)).JsonAsync()).GetProperty("items").EnumerateArray().Select(order => Text(order, "id")));

    private Task<HttpResponseMessage> PostAsync(string body, string? key = null) => SendAsync(HttpMethod.Post, Orders, body, ("Idempotency-Key", key));

    private Task<HttpResponseMessage> ActAsync(string id, string body, string? key = null) => SendAsync(HttpMethod.Patch, $"{Orders}/{id}", body, ("Idempotency-Key", key));

    private Task<HttpResponseMessage> PutAsync(string path, string body, string? version = null) => SendAsync(HttpMethod.Put, path, body, ("If-Match", version));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, (string Name, string? Value) header)
    {
        using var request = new HttpRequestMessage(method, path) { Content = Json(body) };
        if (header.Value is { } value)
        {
            request.Headers.Add(header.Name, value);
        }

        return await _server.Http.SendAsync(request);
    }
}
