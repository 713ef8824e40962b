using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Tests.Host;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>Rules of operators by their REST face, over the real grains and storage.</summary>
public sealed class RulesTests : IDisposable
{
    private const string Rule = "/api/v1/rules/bin-full";
    private const string Text = "when fillPercent > 60 % deadband 5 then raise alarm \\\"Plein\\\" priority high";

    private readonly string _data = Directory.CreateTempSubdirectory("grid-rules-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_rule_is_a_draft_until_it_is_published_and_outlives_a_restart()
    {
        await using (var server = await GridServer.StartInAsync(_data))
        {
            var made = await (await PutAsync(server, Rule, $$"""{"name":"Bac","scope":"commune:29155","text":"{{Text}}"}""")).JsonAsync(HttpStatusCode.Created);
            Assert.Equal("when fillPercent > 60 % deadband 5 then raise alarm \"Plein\" priority high", made.GetProperty("text").GetString());
            Assert.Equal("""["bin"]""", made.GetProperty("kinds").GetRawText());
            Assert.Equal((1, JsonValueKind.Null), (made.GetProperty("version").GetInt32(), made.GetProperty("published").ValueKind));

            // Its JSON form says the same: no new version.
            var same = await (await PutAsync(server, Rule, $$"""{"name":"Bac","scope":"commune:29155","rule":{{made.GetProperty("rule").GetRawText()}}}""")).JsonAsync();
            Assert.Equal(made.GetRawText(), same.GetRawText());
            Assert.Equal(1, (await (await PostAsync(server, $"{Rule}/publish")).JsonAsync()).GetProperty("published").GetInt32());

            var next = await (await PutAsync(server, Rule, """{"name":"Bac","scope":"all","text":"when fillPercent > 70 then open work order"}""")).JsonAsync();
            Assert.Equal((2, 1), (next.GetProperty("version").GetInt32(), next.GetProperty("published").GetInt32()));
            var published = await (await PostAsync(server, $"{Rule}/publish")).JsonAsync();
            Assert.Equal((2, 1), (published.GetProperty("published").GetInt32(), published.GetProperty("former").GetInt32()));
        }

        await using var again = await GridServer.StartInAsync(_data);
        var back = await (await PostAsync(again, $"{Rule}/rollback")).JsonAsync();
        Assert.Equal((2, 1, 2), (back.GetProperty("version").GetInt32(), back.GetProperty("published").GetInt32(), back.GetProperty("former").GetInt32()));
        Assert.Equal(2, back.GetProperty("versions").GetArrayLength());
        Assert.Equal(
            """{"items":[{"id":"bin-full","name":"Bac","scope":"all","version":2,"published":1}],"nextCursor":null}""",
            (await (await again.Http.GetAsync("/api/v1/rules")).JsonAsync()).GetRawText());
        Assert.Equal(HttpStatusCode.NoContent, (await again.Http.DeleteAsync(Rule)).StatusCode);
        await (await again.Http.GetAsync(Rule)).ProblemAsync(HttpStatusCode.NotFound);
        await (await again.Http.DeleteAsync(Rule)).ProblemAsync(HttpStatusCode.NotFound);
        await (await PostAsync(again, $"{Rule}/publish")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_rollback_by_name_goes_to_the_version_that_was_published_before_and_to_no_other()
    {
        await using var server = await GridServer.StartInAsync(_data);
        Task<HttpResponseMessage> RollBackAsync(string to) => PostAsync(server, $"{Rule}/rollback?to={to}");
        async Task<(int Version, int Published, int Former)> ShownAsync(HttpResponseMessage answer)
        {
            var shown = await answer.JsonAsync();
            return (shown.GetProperty("version").GetInt32(), shown.GetProperty("published").GetInt32(), shown.GetProperty("former").GetInt32());
        }

        await (await RollBackAsync("1")).ProblemAsync(HttpStatusCode.NotFound);
        foreach (var limit in new[] { 60, 70, 80 })
        {
            Assert.True((await PutAsync(server, Rule, $$"""{"name":"Bac","scope":"all","text":"when fillPercent > {{limit}} then open work order"}""")).IsSuccessStatusCode);
            if (limit == 60)
            {
                await (await PostAsync(server, $"{Rule}/publish")).JsonAsync();
                Assert.Equal("has no version that was published before", await (await RollBackAsync("2")).ErrorAsync(HttpStatusCode.BadRequest, "id"));
            }
            else if (limit == 70)
            {
                await (await PostAsync(server, $"{Rule}/publish")).JsonAsync();
            }
        }

        // Version 3 is a draft, 9 is none, and none of them was published before.
        foreach (var to in new[] { "3", "9", "0" })
        {
            Assert.Equal("must be 1, the version that was published before", await (await RollBackAsync(to)).ErrorAsync(HttpStatusCode.BadRequest, "to"));
        }

        foreach (var to in new[] { "first", "-1", "1.5", "99999999999999999999" })
        {
            Assert.Equal("must be the number of a version", await (await RollBackAsync(to)).ErrorAsync(HttpStatusCode.BadRequest, "to"));
        }

        // The current one is published already, and stays so: also when the answer to a rollback was lost and it is asked for again.
        Assert.Equal((3, 2, 1), await ShownAsync(await RollBackAsync("2")));
        Assert.Equal((3, 1, 2), await ShownAsync(await RollBackAsync("1")));
        Assert.Equal((3, 1, 2), await ShownAsync(await RollBackAsync("1")));
        Assert.Equal((3, 2, 1), await ShownAsync(await RollBackAsync("2")));
    }

    [Theory]
    [InlineData("""{"name":"A","scope":"all","text":"when fillPercent > then open work order"}""", "text", "line 1, column 20: found 'then', expected a condition, such as fillPercent > 80, overflow or night")]
    [InlineData("""{"name":"A","scope":"all","rule":{"when":{"condition":"flood"},"then":[{"openWorkOrder":{}}]}}""", "rule.when.condition", "found 'flood', expected a condition")]
    [InlineData("""{"name":"A","scope":"commune:99999","text":"when overflow then open work order"}""", "scope", "names no known commune")]
    [InlineData("""{"name":"","scope":"all","text":"when overflow then open work order"}""", "name", "must have 1 to 200 characters")]
    [InlineData("""{"name":"A","scope":"all"}""", "text", "must be given, or the JSON form as rule, and not both")]
    [InlineData("""{"name":"A","scope":"all","text":"each commune when count(of kind bin: fillPercent > 80) > 3 then open work order"}""", "text", "asks for figures or groups of the commune, and so knows of devices their conditions, their status and since(heard), but not fillPercent")]
    [InlineData("""{"name":"A","scope":"device:B1","text":"each commune when lighting.on > 3 then open work order"}""", "scope", "must be a territory: the rule is for each commune")]
    public async Task What_is_wrong_is_told_with_its_place(string body, string field, string reason)
    {
        await using var server = await GridServer.StartInAsync(_data);
        Assert.Equal(reason, await (await PutAsync(server, Rule, body)).ErrorAsync(HttpStatusCode.BadRequest, field));
        await (await server.Http.GetAsync(Rule)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Who_asks_in_French_reads_in_French_what_is_wrong()
    {
        await using var server = await GridServer.StartInAsync(_data);
        var wrong = await SendInFrenchAsync(server, HttpMethod.Put, Rule, """{"name":"","scope":"commune:99999","text":"when fillPercent > then open work order"}""");
        var errors = (await wrong.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors");
        Assert.Equal(["fr"], wrong.Content.Headers.ContentLanguage);
        Assert.Equal("doit avoir 1 à 200 caractères", errors.GetProperty("name")[0].GetString());
        Assert.Equal("ne nomme aucune commune connue", errors.GetProperty("scope")[0].GetString());
        Assert.Equal("ligne 1, colonne 20 : trouvé 'then', attendu une condition, comme fillPercent > 80, overflow ou night", errors.GetProperty("text")[0].GetString());

        const string Json = """{"name":"A","scope":"all","rule":{"when":{"condition":"flood"},"then":[{"openWorkOrder":{}}]}}""";
        var json = await SendInFrenchAsync(server, HttpMethod.Put, Rule, Json);
        Assert.Equal("trouvé 'flood', attendu une condition", await json.ErrorAsync(HttpStatusCode.BadRequest, "rule.when.condition"));
        var trial = await SendInFrenchAsync(server, HttpMethod.Post, "/api/v1/rules/test", """{"rule":{"scope":"all","text":"when lamp then open work order"},"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""");
        Assert.StartsWith("ligne 1, colonne 6 : trouvé 'lamp', attendu une mesure", await trial.ErrorAsync(HttpStatusCode.BadRequest, "text"), StringComparison.Ordinal);
        var back = await SendInFrenchAsync(server, HttpMethod.Post, $"{Rule}/rollback?to=last", "");
        Assert.Equal("doit être le numéro d’une version", await back.ErrorAsync(HttpStatusCode.BadRequest, "to"));
        var none = await (await SendInFrenchAsync(server, HttpMethod.Post, $"{Rule}/publish", "")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("Cette règle n’existe pas.", none.GetProperty("detail").GetString());

        // English for everyone else, and said to be.
        var english = await PutAsync(server, Rule, Json);
        Assert.Equal("found 'flood', expected a condition", await english.ErrorAsync(HttpStatusCode.BadRequest, "rule.when.condition"));
        Assert.Equal(["en"], english.Content.Headers.ContentLanguage);
    }

    [Theory]
    [InlineData("""{"name":"A","scope":""", "body", "n’est pas du JSON bien formé", "is malformed JSON")]
    [InlineData("null", "body", "est null", "is null")]
    [InlineData("""{"name":["A"]}""", "name", "est d’un autre type qu’attendu", "has another type than expected")]
    [InlineData("""{"rule":{},"from":"yesterday"}""", "from", "n’est pas un instant RFC 3339, comme 2026-11-22T10:00:00.000Z", "is no RFC 3339 instant, such as 2026-11-22T10:00:00.000Z")]
    public async Task A_body_at_fault_is_told_in_the_language_that_is_asked_for(string body, string field, string french, string english)
    {
        await using var server = await GridServer.StartInAsync(_data);
        var path = body.Contains("from", StringComparison.Ordinal) ? "/api/v1/rules/test" : Rule;
        var method = path == Rule ? HttpMethod.Put : HttpMethod.Post;
        Assert.Equal(french, await (await SendInFrenchAsync(server, method, path, body)).ErrorAsync(HttpStatusCode.BadRequest, field));
        Assert.Equal(english, await (await server.Http.SendAsync(new HttpRequestMessage(method, path) { Content = Json(body) })).ErrorAsync(HttpStatusCode.BadRequest, field));
    }

    [Theory]
    [InlineData("l-passive", """{"name":"setDimming","args":{"percent":30}}""", "device", "un point lumineux passif suit son armoire et ne se gradue pas", "a passive light point follows its cabinet and cannot be dimmed")]
    [InlineData("l-passive", """{"name":"followPlan","args":{}}""", "device", "un point lumineux passif suit son armoire, dont il a le plan", "a passive light point follows its cabinet, whose plan it has")]
    [InlineData("l-safe", """{"name":"setDimming","args":{"percent":10}}""", "device", "ce point lumineux ne se gradue pas sous son minimum de sécurité de 20 %", "this light point may not be dimmed below its safety minimum of 20 %")]
    [InlineData("l-safe", """{"name":"loadProgram","args":{}}""", "device", "cet équipement n’est sous aucun plan d’éclairage", "this device is under no lighting plan")]
    public async Task A_command_that_is_refused_is_told_in_the_language_that_is_asked_for(string device, string body, string field, string french, string english)
    {
        await using var server = await GridServer.StartInAsync(_data);
        await (await PutAsync(server, "/api/v1/devices/l-passive", """{"kind":"streetlight","commune":"29155","attributes":{"passive":true,"cabinet":"c1","segment":1,"ratedWatts":70}}""")).JsonAsync(HttpStatusCode.Created);
        await (await PutAsync(server, "/api/v1/devices/l-safe", """{"kind":"streetlight","commune":"29155","attributes":{"safetyMinimumPercent":20}}""")).JsonAsync(HttpStatusCode.Created);
        var path = $"/api/v1/devices/{device}/commands";
        Assert.Equal(french, await (await SendInFrenchAsync(server, HttpMethod.Post, path, body)).ErrorAsync(HttpStatusCode.BadRequest, field));
        Assert.Equal(english, await (await server.Http.PostAsync(path, Json(body))).ErrorAsync(HttpStatusCode.BadRequest, field));
    }

    [Theory]
    [InlineData("""{"selector":{"commune":"29155"},"name":"setDimming","args":{"percent":30}}""", "selector", "n’a aucun équipement qui comprend setDimming", "has no device that understands setDimming")]
    [InlineData("""{"selector":{"ids":["nobody"]},"name":"setDimming","args":{"percent":30}}""", "selector.ids", "a un équipement inconnu, nobody", "has an unknown device, nobody")]
    [InlineData("""{"selector":{"commune":"99999"},"name":"setDimming","args":{"percent":30}}""", "selector.commune", "n’est aucune commune connue", "is no commune that is known")]
    [InlineData("""{"selector":{"department":"999"},"name":"setDimming","args":{"percent":30}}""", "selector.department", "n’est aucun département connu", "is no department that is known")]
    [InlineData("""{"selector":{"syndicate":"1"},"name":"setDimming","args":{"percent":30}}""", "selector.syndicate", "n’est aucune collectivité connue", "is no body that is known")]
    [InlineData("""{"selector":{},"name":"setDimming","args":{"percent":30}}""", "selector", "ne choisit rien : donnez commune, syndicate, department, ids ou bbox", "selects nothing: give one of commune, syndicate, department, ids, bbox")]
    [InlineData("""{"selector":{"commune":"29155","kind":"bin"},"name":"setDimming","args":{"percent":30}}""", "selector.kind", "bin ne comprend pas setDimming", "bin does not understand setDimming")]
    public async Task A_command_to_many_that_is_refused_is_told_in_the_language_that_is_asked_for(string body, string field, string french, string english)
    {
        await using var server = await GridServer.StartInAsync(_data);
        Assert.Equal(french, await (await SendInFrenchAsync(server, HttpMethod.Post, "/api/v1/group-commands", body)).ErrorAsync(HttpStatusCode.BadRequest, field));
        Assert.Equal(english, await (await server.Http.PostAsync("/api/v1/group-commands", Json(body))).ErrorAsync(HttpStatusCode.BadRequest, field));
    }

    [Fact]
    public async Task A_trial_tells_what_a_rule_would_have_done_and_changes_nothing()
    {
        await using var server = await GridServer.StartInAsync(_data);
        await (await PutAsync(server, "/api/v1/devices/B1", """{"kind":"bin","commune":"29155"}""")).JsonAsync(HttpStatusCode.Created);
        var noon = DateTimeOffset.UtcNow.AddHours(-3);
        foreach (var (minutes, fill) in new[] { (0, 50), (10, 61), (20, 58), (30, 40) })
        {
            await (await server.Http.PostAsync("/api/v1/readings", Json($$$"""[{"device":"B1","time":"{{{noon.AddMinutes(minutes):yyyy-MM-ddTHH:mm:ss.fffZ}}}","metrics":{"fillPercent":{{{fill}}}}}]"""))).JsonAsync();
        }

        // They came just now: what a rule does with them it does now, for the times at which they were observed.
        var trial = default(JsonElement);
        var body = $$"""{"rule":{"scope":"commune:29155","text":"{{Text}}"},"from":"{{noon.AddHours(-1):O}}","to":"{{DateTimeOffset.UtcNow.AddMinutes(1):O}}"}""";
        await Eventually.HoldsAsync("history has the readings", async () =>
        {
            trial = await (await PostAsync(server, "/api/v1/rules/test", body)).JsonAsync();
            return trial.GetProperty("readings").GetInt32() == 4;
        });

        Assert.Equal(["raise", "clear"], trial.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("what").GetString()));
        Assert.Equal((1, JsonValueKind.Null), (trial.GetProperty("devices").GetInt32(), trial.GetProperty("cut").ValueKind));
        Assert.Equal((true, true, 0), (trial.GetProperty("done").GetBoolean(), trial.GetProperty("exact").GetBoolean(), trial.GetProperty("inexact").GetArrayLength()));
        Assert.Equal((1, 1), (trial.GetProperty("counts").GetProperty("raise").GetInt32(), trial.GetProperty("communes").GetInt32()));

        // It has ended by itself; ended again it is nothing, and may be asked for again.
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(server, "/api/v1/rules/test", body.Replace("\"from\"", "\"stop\":true,\"from\"", StringComparison.Ordinal))).StatusCode);
        Assert.True((await (await PostAsync(server, "/api/v1/rules/test", body)).JsonAsync()).GetProperty("done").GetBoolean());

        // A device that is removed is not tried, and that is said.
        Assert.Equal(HttpStatusCode.NoContent, (await server.Http.DeleteAsync("/api/v1/devices/B1")).StatusCode);
        await Eventually.HoldsAsync("the trial knows of it", async () =>
        {
            var answer = await (await SendInFrenchAsync(server, HttpMethod.Post, "/api/v1/rules/test", body)).JsonAsync();
            return !answer.GetProperty("exact").GetBoolean() && answer.GetProperty("inexact")[0].GetString()!.StartsWith("1 appareils ont quitté", StringComparison.Ordinal);
        });
        Assert.Empty((await (await server.Http.GetAsync("/api/v1/rules")).JsonAsync()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task What_a_rule_decided_and_was_not_done_is_told_with_the_reason()
    {
        await using var server = await GridServer.StartInAsync(_data);
        await (await PutAsync(server, "/api/v1/devices/L1", """{"kind":"streetlight","commune":"29155"}""")).JsonAsync(HttpStatusCode.Created);
        await (await server.Http.GetAsync("/api/v1/rules/dim/refused")).ProblemAsync(HttpStatusCode.NotFound);
        await (await PutAsync(server, "/api/v1/rules/dim", """{"name":"Dim","scope":"commune:29155","text":"each streetlight when supplyVolts > 240 then command setDimming(percent: 50) on group cabinet"}""")).JsonAsync(HttpStatusCode.Created);
        await (await PostAsync(server, "/api/v1/rules/dim/publish")).JsonAsync();
        await Eventually.HoldsAsync("the sector follows the rule", async () =>
            (await (await server.Http.GetAsync("/api/v1/rules/dim/rollout")).JsonAsync()).GetProperty("isComplete").GetBoolean());
        Assert.Equal("""{"rule":"dim","items":[],"elsewhere":0}""", (await (await server.Http.GetAsync("/api/v1/rules/dim/refused")).JsonAsync()).GetRawText());

        await (await PostAsync(server, "/api/v1/readings", $$$"""[{"device":"L1","time":"{{{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ}}}","metrics":{"supplyVolts":245}}]""")).JsonAsync();
        JsonElement[] refused = [];
        await Eventually.HoldsAsync("the command is refused", async () =>
            (refused = [.. (await (await server.Http.GetAsync("/api/v1/rules/dim/refused")).JsonAsync()).GetProperty("items").EnumerateArray()]).Length > 0);
        Assert.Equal(("L1", "command", "it has no cabinet"), (Said("device"), Said("what"), Said("reason")));
        refused = [.. (await (await SendInFrenchAsync(server, HttpMethod.Get, "/api/v1/rules/dim/refused", "")).JsonAsync()).GetProperty("items").EnumerateArray()];
        Assert.Equal("il n’a pas d’armoire", Said("reason"));

        string? Said(string name) => Assert.Single(refused).GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("""{"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""", "rule", "must be given: {name, scope, text}")]
    [InlineData("""{"rule":{"scope":"all","text":"when overflow then open work order"},"to":"2026-01-02T00:00:00Z"}""", "from", "must be an instant")]
    [InlineData("""{"rule":{"scope":"all","text":"when overflow then open work order"},"from":"2026-01-01T00:00:00Z","to":"2026-03-02T00:00:00Z"}""", "to", "must be after from, by at most 31 days")]
    [InlineData("""{"id":"a b","rule":{"scope":"all","text":"when overflow then open work order"},"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""", "id", "is no id of a rule")]
    public async Task A_trial_that_cannot_be_is_refused(string body, string field, string reason)
    {
        await using var server = await GridServer.StartInAsync(_data);
        Assert.Equal(reason, await (await PostAsync(server, "/api/v1/rules/test", body)).ErrorAsync(HttpStatusCode.BadRequest, field));
    }

    [Fact]
    public async Task A_loop_of_rules_is_told_before_and_after_publishing_and_hinders_nothing()
    {
        const string Down = """{"name":"Baisser","scope":"commune:29155","text":"each streetlight when dimmingPercent > 50 for 1 d then command setDimming(percent: 40) on this device"}""";
        const string Up = """{"name":"Monter","scope":"department:29","text":"each streetlight when dimmingPercent < 50 then command setDimming(percent: 60) on this device"}""";
        const string Elsewhere = """{"name":"Ailleurs","scope":"commune:29019","text":"each streetlight when dimmingPercent < 50 then command setDimming(percent: 60) on this device"}""";
        await using var server = await GridServer.StartInAsync(_data);
        Assert.Empty(WarningsOf(await (await PutAsync(server, "/api/v1/rules/down", Down)).JsonAsync(HttpStatusCode.Created)));
        Assert.Empty(WarningsOf(await (await PostAsync(server, "/api/v1/rules/down/publish")).JsonAsync()));
        Assert.Empty(WarningsOf(await (await PutAsync(server, "/api/v1/rules/elsewhere", Elsewhere)).JsonAsync(HttpStatusCode.Created)));
        Assert.Empty(WarningsOf(await (await PostAsync(server, "/api/v1/rules/elsewhere/publish")).JsonAsync()));

        // Of what is tried, of a draft, of what is published, and of the rule on the other side.
        var trial = await (await PostAsync(server, "/api/v1/rules/test", $$"""{"rule":{{Up}},"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""")).JsonAsync();
        Assert.Equal(["down"], RulesOf(Assert.Single(WarningsOf(trial))));
        var draft = Assert.Single(WarningsOf(await (await PutAsync(server, "/api/v1/rules/up", Up)).JsonAsync(HttpStatusCode.Created)));
        Assert.Equal(["up", "down"], RulesOf(draft));
        Assert.Equal(
            "Loop of rules: “Monter (up)” by 'command setDimming' moves dimmingPercent, at which “Baisser (down)” looks; “Baisser (down)” by 'command setDimming' moves dimmingPercent, at which “Monter (up)” looks. "
            + "A command that goes round is cut.",
            draft.GetProperty("message").GetString());
        Assert.Empty(WarningsOf(await (await server.Http.GetAsync("/api/v1/rules/down")).JsonAsync()));
        var answer = await SendInFrenchAsync(server, HttpMethod.Post, "/api/v1/rules/up/publish", "");
        Assert.Equal(["fr"], answer.Content.Headers.ContentLanguage);
        var published = await answer.JsonAsync();
        Assert.Equal(1, published.GetProperty("published").GetInt32());
        Assert.StartsWith("Boucle de règles : « Monter (up) » agit par 'command setDimming' sur dimmingPercent", Assert.Single(WarningsOf(published)).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(["down", "up"], RulesOf(Assert.Single(WarningsOf(await (await server.Http.GetAsync("/api/v1/rules/down")).JsonAsync()))));

        // The next version of one of them is looked at in its place.
        var mended = Up.Replace("percent: 60", "percent: 50", StringComparison.Ordinal);
        Assert.Empty(WarningsOf(await (await PostAsync(server, "/api/v1/rules/test", $$"""{"id":"up","rule":{{mended}},"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""")).JsonAsync()));
        Assert.Empty(WarningsOf(await (await PutAsync(server, "/api/v1/rules/up", mended)).JsonAsync()));
        Assert.Empty(WarningsOf(await (await PostAsync(server, "/api/v1/rules/up/publish")).JsonAsync()));
        Assert.Single(WarningsOf(await (await PostAsync(server, "/api/v1/rules/up/rollback")).JsonAsync()));

        static JsonElement[] WarningsOf(JsonElement rule) => [.. rule.GetProperty("warnings").EnumerateArray()];
        static IEnumerable<string?> RulesOf(JsonElement warning) => warning.GetProperty("rules").EnumerateArray().Select(rule => rule.GetString());
    }

    [Fact]
    public async Task The_rules_that_ship_are_listed_in_two_languages_and_can_be_put_as_they_are()
    {
        await using var server = await GridServer.StartInAsync(_data);
        var starters = (await (await server.Http.GetAsync("/api/v1/rules/starter")).JsonAsync()).EnumerateArray().ToArray();
        Assert.True(starters.Length > 10);
        foreach (var starter in starters)
        {
            var body = JsonSerializer.Serialize(new { name = starter.GetProperty("name").GetProperty("fr").GetString(), scope = "department:29", text = starter.GetProperty("text").GetProperty("fr").GetString() });
            await (await PutAsync(server, $"/api/v1/rules/{starter.GetProperty("id").GetString()}", body)).JsonAsync(HttpStatusCode.Created);
        }
    }

    private static Task<HttpResponseMessage> PutAsync(GridServer server, string path, string body) => server.Http.PutAsync(path, Json(body));

    private static Task<HttpResponseMessage> PostAsync(GridServer server, string path, string body = "") => server.Http.PostAsync(path, Json(body));

    private static async Task<HttpResponseMessage> SendInFrenchAsync(GridServer server, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = Json(body) };
        request.Headers.Add("Accept-Language", "fr-FR,fr;q=0.9,en;q=0.8");
        return await server.Http.SendAsync(request);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
