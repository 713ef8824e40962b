using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Grid.Contracts.Storage;
using Grid.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>
/// GeoReport v2 as it is published: each call with the parameters and the members that the specification names, in JSON and in XML, over the real grains and storage. Nothing of a citizen comes out.
/// </summary>
public sealed class CitizenReportsTests : IAsyncLifetime
{
    private const string Base = "/open311/v2";
    private const string Key = "key-of-the-tests-0123";

    private static readonly (string, string)[] LampOut =
        [("service_code", "lampOut"), ("lat", "48.45700"), ("long", "-5.09600"), ("attribute[extent]", "one"), ("description", "Devant chez Mme Le Gall"), ("email", "ana@example.org"), ("first_name", "Ana"), ("last_name", "Le Gall"), ("phone", "0298000000"), ("device_id", "phone-7"), ("account_id", "acc-9"), ("address_string", "3 rue du Port"), ("media_url", "https://photos.example/1.jpg")];

    private GridServer _server = null!;
    private HttpClient _stranger = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await GridServer.StartAsync($"--Grid:Open311:ApiKey={Key}", "--Grid:Open311:Jurisdiction=finistere.example", "--Grid:Open311:ReportsPerMinute=30", "--Grid:Open311:Contact=contact@finistere.example");
        _stranger = new HttpClient { BaseAddress = new Uri(_server.Address) };
        await PutAsync("/api/v1/devices/L1", """{"kind":"streetlight","commune":"29155","position":{"lon":-5.09601,"lat":48.45702}}""");
        await PutAsync("/api/v1/devices/L2", """{"kind":"streetlight","commune":"29155","position":{"lon":-5.0965,"lat":48.4572}}""");
        await PutAsync("/api/v1/devices/B1", """{"kind":"bin","commune":"29155","position":{"lon":-5.096,"lat":48.457}}""");
    }

    public async ValueTask DisposeAsync()
    {
        _stranger.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_services_are_listed_with_the_members_of_the_specification_in_both_forms()
    {
        var services = await JsonAsync($"{Base}/services.json?jurisdiction_id=finistere.example");
        var xml = await XmlAsync($"{Base}/services.xml");

        Assert.Equal("services", xml.Name.LocalName);
        Assert.Equal(services.GetArrayLength(), xml.Elements("service").Count());
        var (lamp, lampXml) = (services.EnumerateArray().Single(service => Text(service, "service_code") == "lampOut"), xml.Elements("service").Single(service => service.Element("service_code")!.Value == "lampOut"));
        string[] members = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"];
        Assert.Equal(members, lamp.EnumerateObject().Select(member => member.Name));
        Assert.Equal(members, lampXml.Elements().Select(element => element.Name.LocalName));
        Assert.Equal((true, "true", "realtime"), (lamp.GetProperty("metadata").GetBoolean(), lampXml.Element("metadata")!.Value, lampXml.Element("type")!.Value));
        Assert.Equal(Text(lamp, "service_name"), lampXml.Element("service_name")!.Value);
    }

    [Fact]
    public async Task A_service_says_what_it_asks_in_both_forms()
    {
        var definition = await JsonAsync($"{Base}/services/cabinetOpen.json");
        var xml = await XmlAsync($"{Base}/services/cabinetOpen.xml");

        Assert.Equal(["service_code", "attributes"], definition.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("service_definition", "cabinetOpen"), (xml.Name.LocalName, xml.Element("service_code")!.Value));
        var asked = definition.GetProperty("attributes")[1];
        var askedXml = xml.Element("attributes")!.Elements("attribute").ElementAt(1);
        string[] members = ["variable", "code", "datatype", "required", "datatype_description", "order", "description", "values"];
        Assert.Equal(members, asked.EnumerateObject().Select(member => member.Name));
        Assert.Equal(members, askedXml.Elements().Select(element => element.Name.LocalName));
        Assert.Equal("""{"key":"yes","name":"Oui"}""", asked.GetProperty("values")[0].GetRawText());
        Assert.Equal("<value><key>yes</key><name>Oui</name></value>", askedXml.Element("values")!.Elements("value").First().ToString(SaveOptions.DisableFormatting));
        Assert.Equal((true, "singlevaluelist", "true", "2"), (asked.GetProperty("required").GetBoolean(), Text(asked, "datatype"), askedXml.Element("required")!.Value, askedXml.Element("order")!.Value));

        // What is only told is no variable.
        Assert.False(definition.GetProperty("attributes")[0].GetProperty("variable").GetBoolean());
    }

    [Fact]
    public async Task A_report_becomes_a_work_order_for_the_nearest_lamp_and_the_citizen_can_follow_it()
    {
        var created = await (await ReportAsync("json", LampOut)).JsonAsync(HttpStatusCode.Created);
        Assert.Equal("29155-1", Text(created[0], "service_request_id"));
        Assert.Equal(["service_request_id", "service_notice", "account_id"], created[0].EnumerateObject().Select(member => member.Name));
        Assert.Contains("ne communique pas", Text(created[0], "service_notice"), StringComparison.Ordinal);

        var order = await (await _server.Http.GetAsync("/api/v1/work-orders/29155-1")).JsonAsync();
        Assert.Equal(("citizen", "L1", "Devant chez Mme Le Gall"), (Text(order, "origin"), Text(order, "device"), Text(order, "description")));
        Assert.Equal(("lampOut", "unknown", "3 rue du Port"), (Text(order.GetProperty("report"), "service"), Text(order.GetProperty("report"), "deviceStatus"), Text(order.GetProperty("report"), "address")));
        Assert.Equal(2.3, order.GetProperty("report").GetProperty("distanceMetres").GetDouble(), 0.2);

        var shown = (await JsonAsync($"{Base}/requests/29155-1.json"))[0];
        string[] members =
        [
            "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible", "service_notice", "requested_datetime", "updated_datetime",
            "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
        ];
        Assert.Equal(members, shown.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("open", "Ouessant", 48.457, -5.096), (Text(shown, "status"), Text(shown, "agency_responsible"), shown.GetProperty("lat").GetDouble(), shown.GetProperty("long").GetDouble()));
        var xml = (await XmlAsync($"{Base}/requests/29155-1.xml")).Elements("request").Single();
        Assert.Equal(members, xml.Elements().Select(element => element.Name.LocalName));
        Assert.Equal(("29155-1", "open", ""), (xml.Element("service_request_id")!.Value, xml.Element("status")!.Value, xml.Element("expected_datetime")!.Value));

        await ActAsync("29155-1", """{"action":"repair","note":"Mme Le Gall a ouvert le portail"}""");
        await ActAsync("29155-1", """{"action":"close"}""");
        var closed = (await JsonAsync($"{Base}/requests/29155-1.json"))[0];
        Assert.Equal(("closed", "Réparé et vérifié."), (Text(closed, "status"), Text(closed, "status_notes")));
        var audit = await _server.Services.GetRequiredService<IAuditLog>().ReadNewestAsync(20, CancellationToken.None);
        Assert.Contains(audit, entry => entry is { Actor: "open311", Action: "work-order.report", Target: "work-order:29155-1" });
    }

    [Fact]
    public async Task Nothing_of_the_citizen_comes_out_or_is_even_kept()
    {
        await (await ReportAsync("xml", LampOut)).Content.ReadAsStringAsync();
        await ActAsync("29155-1", """{"action":"repair","note":"Mme Le Gall a ouvert le portail"}""");
        var pages = new StringBuilder();
        foreach (var path in new[] { "/requests.json", "/requests.xml", "/requests/29155-1.json", "/requests/29155-1.xml", "/tokens/29155-1.json" })
        {
            pages.Append(await (await _stranger.GetAsync(Base + path)).Content.ReadAsStringAsync());
        }

        foreach (var personal in new[] { "Le Gall", "rue du Port", "example.org", "photos.example", "0298", "phone-7", "acc-9" })
        {
            Assert.DoesNotContain(personal, pages.ToString(), StringComparison.Ordinal);
        }

        // Who may not see what is personal does not see a citizen's words either; who the citizen is nobody knows.
        using var reader = _server.ReaderHttp();
        var shown = await (await reader.GetAsync("/api/v1/work-orders/29155-1")).JsonAsync();
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("description").ValueKind);
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("report").GetProperty("address").ValueKind);
        var all = await (await _server.Http.GetAsync("/api/v1/work-orders/29155-1")).Content.ReadAsStringAsync();
        foreach (var personal in new[] { "example.org", "0298", "phone-7", "acc-9", "Ana" })
        {
            Assert.DoesNotContain(personal, all, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_report_of_the_same_lamp_hears_of_the_same_order()
    {
        await (await ReportAsync("json", LampOut)).JsonAsync(HttpStatusCode.Created);
        Assert.Equal("29155-1", Text((await (await ReportAsync("json", LampOut)).JsonAsync())[0], "service_request_id"));
        var other = LampOut.Select(field => field.Item1 == "service_code" ? (field.Item1, "lampDamaged") : field).ToArray();
        Assert.Equal("29155-2", Text((await (await ReportAsync("json", other)).JsonAsync(HttpStatusCode.Created))[0], "service_request_id"));
    }

    [Fact]
    public async Task Far_from_every_lamp_a_report_is_about_none_and_its_place_is_told_to_ten_metres_only()
    {
        var far = LampOut.Select(field => field.Item1 == "lat" ? (field.Item1, "48.460123") : field).ToArray();
        var created = await (await ReportAsync("json", far)).JsonAsync(HttpStatusCode.Created);
        Assert.Contains("Aucun équipement", Text(created[0], "service_notice"), StringComparison.Ordinal);
        Assert.Equal(48.4601, (await JsonAsync($"{Base}/requests/{Text(created[0], "service_request_id")}.json"))[0].GetProperty("lat").GetDouble());

        var sea = LampOut.Select(field => field.Item1 == "lat" ? (field.Item1, "40") : field).ToArray();
        Assert.Equal("lat and long are in no commune that is served here.", await ErrorAsync(await ReportAsync("json", sea), HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Requests_are_listed_by_period_status_service_and_id_and_only_those_of_citizens()
    {
        await (await ReportAsync("json", LampOut)).JsonAsync(HttpStatusCode.Created);
        await (await ReportAsync("json", ("service_code", "binFull"), ("lat", "48.457"), ("long", "-5.096"), ("attribute[stream][]", "glass"), ("attribute[stream][]", "paper"))).JsonAsync(HttpStatusCode.Created);
        using var operators = new StringContent("""{"title":"Interne","device":"L2"}""", Encoding.UTF8, "application/json");
        await (await _server.Http.PostAsync("/api/v1/work-orders", operators)).JsonAsync(HttpStatusCode.Created);
        await ActAsync("29155-2", """{"action":"cancel","note":"double"}""");

        Assert.Equal("29155-2 29155-1", await ListAsync(""));
        Assert.Equal("29155-1", await ListAsync("?status=open"));
        Assert.Equal("29155-2", await ListAsync("?status=closed"));
        Assert.Equal("29155-2 29155-1", await ListAsync("?status=open,closed"));
        Assert.Equal("29155-2", await ListAsync("?service_code=binFull"));
        Assert.Equal("29155-1", await ListAsync("?service_request_id=29155-1,29155-3,29155-9"));
        Assert.Equal("", await ListAsync("?start_date=2020-01-01T00:00:00Z"));
        Assert.Equal("", await ListAsync("?end_date=2020-01-01T00:00:00-08:00"));
        await (await _stranger.GetAsync($"{Base}/requests/29155-3.json")).Content.ReadAsStringAsync();
        Assert.Equal("service_request_id was not found.", await ErrorAsync(await _stranger.GetAsync($"{Base}/requests/29155-3.json"), HttpStatusCode.NotFound));
        foreach (var query in new[] { "?status=done", "?start_date=yesterday", "?start_date=2020-01-01T00:00:00Z&end_date=2021-01-01T00:00:00Z" })
        {
            await ErrorAsync(await _stranger.GetAsync($"{Base}/requests.json{query}"), HttpStatusCode.BadRequest);
        }

        var answers = (await (await _server.Http.GetAsync("/api/v1/work-orders/29155-2")).JsonAsync()).GetProperty("report").GetProperty("answers");
        Assert.Equal("""{"stream":"glass,paper"}""", answers.GetRawText());
    }

    [Fact]
    public async Task A_token_is_the_id_itself()
    {
        await (await ReportAsync("json", LampOut)).JsonAsync(HttpStatusCode.Created);
        Assert.Equal("""[{"service_request_id":"29155-1","token":"29155-1"}]""", (await JsonAsync($"{Base}/tokens/29155-1.json")).GetRawText());
        Assert.Equal(
            "<service_requests><request><service_request_id>29155-1</service_request_id><token>29155-1</token></request></service_requests>",
            (await XmlAsync($"{Base}/tokens/29155-1.xml")).ToString(SaveOptions.DisableFormatting));
        await ErrorAsync(await _stranger.GetAsync($"{Base}/tokens/29155-2.json"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Discovery_says_where_it_is_and_in_which_forms()
    {
        var discovery = await JsonAsync($"{Base}/discovery.json");
        Assert.Equal(["changeset", "contact", "key_service", "endpoints"], discovery.EnumerateObject().Select(member => member.Name));
        var endpoint = discovery.GetProperty("endpoints")[0];
        Assert.Equal(($"{_server.Address}{Base}", "http://wiki.open311.org/GeoReport_v2"), (Text(endpoint, "url"), Text(endpoint, "specification")));
        var xml = await XmlAsync($"{Base}/discovery.xml");
        Assert.Equal(["text/xml", "application/json"], xml.Element("endpoints")!.Element("endpoint")!.Element("formats")!.Elements("format").Select(format => format.Value));
        Assert.Equal("contact@finistere.example", xml.Element("contact")!.Value);
    }

    [Fact]
    public async Task A_bad_report_is_an_error_of_the_specification_in_both_forms()
    {
        (string Field, string Value, HttpStatusCode Status)[] cases =
        [
            ("api_key", "wrong", HttpStatusCode.Forbidden),
            ("api_key", "", HttpStatusCode.Forbidden),
            ("jurisdiction_id", "elsewhere.example", HttpStatusCode.NotFound),
            ("service_code", "", HttpStatusCode.BadRequest),
            ("service_code", "001", HttpStatusCode.NotFound),
            ("lat", "", HttpStatusCode.BadRequest),
            ("lat", "91", HttpStatusCode.BadRequest),
            ("attribute[extent]", "", HttpStatusCode.BadRequest),
            ("attribute[extent]", "none", HttpStatusCode.BadRequest),
            ("media_url", "javascript:alert(1)", HttpStatusCode.BadRequest),
        ];
        foreach (var (field, value, status) in cases)
        {
            var fields = LampOut.Append(("api_key", Key)).Where(item => item.Item1 != field).Append((field, value)).Where(item => item.Item2.Length > 0).ToArray();
            Assert.NotEmpty(await ErrorAsync(await PostAsync("json", fields), status));
            var answer = await PostAsync("xml", fields);
            Assert.Equal((status, "text/xml"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            var error = XElement.Parse(await answer.Content.ReadAsStringAsync()).Elements("error").Single();
            Assert.Equal(((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture), error.Element("code")!.Value);
            Assert.NotEmpty(error.Element("description")!.Value);
        }
    }

    [Fact]
    public async Task Too_many_reports_from_one_address_are_refused_in_the_form_of_the_specification()
    {
        var answers = new List<HttpResponseMessage>();
        for (var report = 0; report < 32; report++)
        {
            answers.Add(await PostAsync("json", ("api_key", "guess")));
        }

        Assert.Equal(30, answers.Count(answer => answer.StatusCode == HttpStatusCode.Forbidden));
        await ErrorAsync(answers[^1], HttpStatusCode.TooManyRequests);
        await JsonAsync($"{Base}/services.json");
    }

    [Fact]
    public async Task Without_a_key_the_whole_face_is_closed()
    {
        await using var closed = await GridServer.StartAsync();
        foreach (var path in new[] { "/services.json", "/requests.json", "/discovery.json", "/services/lampOut.json", "/requests/29155-1.json", "/tokens/1.json" })
        {
            await ErrorAsync(await closed.Http.GetAsync(Base + path), HttpStatusCode.NotFound);
        }

        using var form = new FormUrlEncodedContent([new("api_key", ""), new("service_code", "lampOut")]);
        await ErrorAsync(await closed.Http.PostAsync($"{Base}/requests.json", form), HttpStatusCode.NotFound);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<string> ErrorAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var errors = await answer.JsonAsync(status);
        Assert.Equal(["code", "description"], errors[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal((int)status, errors[0].GetProperty("code").GetInt32());
        return Text(errors[0], "description")!;
    }

    private async Task<JsonElement> JsonAsync(string path)
    {
        var answer = await _stranger.GetAsync(path);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return await answer.JsonAsync();
    }

    private async Task<XElement> XmlAsync(string path)
    {
        var answer = await _stranger.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, "text/xml", "utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentType?.CharSet));
        return XElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> ListAsync(string query) => string.Join(' ', (await JsonAsync($"{Base}/requests.json{query}")).EnumerateArray().Select(request => Text(request, "service_request_id")));

    private Task<HttpResponseMessage> ReportAsync(string format, params (string Name, string Value)[] fields) => PostAsync(format, [.. fields, ("api_key", Key)]);

    private async Task<HttpResponseMessage> PostAsync(string format, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));
        return await _stranger.PostAsync($"{Base}/requests.{format}", form);
    }

    private async Task PutAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        Assert.True((await _server.Http.PutAsync(path, content)).IsSuccessStatusCode);
    }

    private async Task ActAsync(string id, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        Assert.True((await _server.Http.PatchAsync($"/api/v1/work-orders/{id}", content)).IsSuccessStatusCode);
    }
}
