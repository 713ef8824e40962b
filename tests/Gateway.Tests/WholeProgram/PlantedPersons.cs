using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Grid.Tests.Host;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>Persons' meters with values that stand nowhere else, and how to look for them in everything that Grid shows, writes and stores.</summary>
internal static class PlantedPersons
{
    public const string Subscriber = "subscriber-Zq7781";
    public const string Commune = "29232";
    public const string Daily = "water-1";
    public const string SubDaily = "water-2";
    public const string Public = "hall-1";

    private const double Index = 987_654.321;
    private const double Flow = 7_123.457;

    private static readonly string[] Texts = ["Zébulon", "Plantée", "+33 6 98 76 54 32", Subscriber, "987654.321", "987653.123", "7123.457", "-4.123457", "48.004321", "topic-of-zebulon"];

    /// <summary>In what is shown. Also as JSON escapes some characters.</summary>
    private static readonly string[] Shown = [.. Texts, "Z\\u00E9bulon", "Plant\\u00E9e", "\\u002B33 6 98 76 54 32"];

    public static async Task PlantAsync(GridServer server)
    {
        await PutAsync(server, Public, """{"kind":"meter","commune":"29232","name":"Town hall","position":{"lon":-4.1,"lat":48},"attributes":{"fluid":"water"}}""");
        await PutAsync(server, Daily, Meter("daily", ""));
        await PutAsync(server, SubDaily, Meter("subDaily", ""","consentedAt":"2026-01-01" """));
        var now = DateTime.UtcNow;

        // The town hall's own figures keep the commune's sums from being those of the dwellings.
        await PostAsync(server, Public, now.AddMinutes(-2), """{"indexLitres":1000,"flowLitresPerHour":111.5}""");
        await PostAsync(server, Daily, now.AddMinutes(-90), """{"indexLitres":987653.123}""");
        await PostAsync(server, Daily, now.AddMinutes(-1), $$"""{"indexLitres":{{Index.ToString(CultureInfo.InvariantCulture)}} }""");
        await PostAsync(server, SubDaily, now.AddMinutes(-1), $$"""{"indexLitres":987653.123,"flowLitresPerHour":{{Flow.ToString(CultureInfo.InvariantCulture)}} }""");
    }

    /// <summary>The planted values that stand in a text.</summary>
    public static string[] In(string text) => [.. Shown.Where(planted => text.Contains(planted, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The planted values that stand in a file below a directory, in any form in which they may stand there.</summary>
    public static string[] InFilesOf(string directory)
    {
        var forms = Texts.Select(text => (Name: text, Bytes: Encoding.UTF8.GetBytes(text)))
            .Concat(Texts.Select(text => (Name: text, Bytes: Encoding.UTF8.GetBytes(text.ToLowerInvariant()))))
            .Concat(Texts.Select(text => (Name: text, Bytes: Encoding.Unicode.GetBytes(text))))
            .Concat(new[] { Index, Flow, 987_653.123, -4.123457, 48.004321 }.Select(value => (Name: $"{value} as a number", Bytes: BitConverter.GetBytes(value))))
            .Concat(new[] { 987_654_321L, 7_123_457, 987_653_123 }.Select(value => (Name: $"{value} as an integer", Bytes: Varint((ulong)value << 1))))
            .Concat(new[] { 987_654_321L, 7_123_457, 987_653_123 }.Select(value => (Name: $"{value} as text", Bytes: Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)))))
            .ToArray();
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            found.AddRange(forms.Where(form => bytes.AsSpan().IndexOf(form.Bytes) >= 0).Select(form => $"{form.Name} in {Path.GetRelativePath(directory, file)}"));
        }

        return [.. found.Distinct()];
    }

    /// <summary>Calls every route that is read, with every sensible value for its parameters and filters, and gives back each answer that shows something planted.</summary>
    public static async Task<(int Answers, List<string> Leaks)> WalkAsync(GridServer server, HttpClient http)
    {
        var leaks = new List<string>();
        var answers = 0;
        var today = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var tomorrow = DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var route in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var methods = route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods;
            var pattern = route.RoutePattern.RawText ?? "";
            if (methods?.Contains("GET") != true || pattern.Contains("hubs", StringComparison.Ordinal))
            {
                continue;
            }

            IEnumerable<string> paths = ["/" + pattern.TrimStart('/')];
            foreach (var parameter in route.RoutePattern.Parameters)
            {
                var values = parameter.Name switch
                {
                    "id" => new[] { Daily, SubDaily, Public, Subscriber },
                    "insee" => [Commune],
                    "code" => ["29"],
                    "documentName" => ["v1"],
                    "name" => ["index"],
                    _ => ["999000029"],
                };
                paths = paths.SelectMany(_ => values, (path, value) => path.Replace(Token(path, parameter.Name), value, StringComparison.Ordinal)).ToArray();
            }

            foreach (var path in paths)
            {
                foreach (var query in QueriesOf(path, today, tomorrow))
                {
                    using var answer = await http.GetAsync(path + query);
                    Assert.True((int)answer.StatusCode < 500 || path == "/health/ready", $"{path}{query}: {answer.StatusCode}");
                    var bytes = await answer.Content.ReadAsByteArrayAsync();
                    answers++;
                    leaks.AddRange(In(TextOf(bytes, answer.Content.Headers.ContentType) + answer.Headers).Select(planted => $"{planted} in {path}{query}"));
                }
            }
        }

        return (answers, leaks);
    }

    private static string[] QueriesOf(string path, string today, string tomorrow) => path switch
    {
        _ when path.EndsWith("/history", StringComparison.Ordinal) =>
        [
            .. from metric in new[] { "metric=indexLitres", "metric=flowLitresPerHour", "figure=water.flowLitresPerHour" }
               from step in new[] { "", "&step=PT15M&fn=last", "&step=P1D&fn=last", "&step=PT1H&fn=delta" }
               select $"?{metric}&from={today}T00:00:00Z&to={tomorrow}T00:00:00Z{step}",
        ],
        "/api/v1/devices/" or "/api/v1/devices" =>
        [
            "", "?kind=meter", "?q=Z%C3%A9bulon", "?q=water", "?bbox=-4.1235,48.0043,-4.1234,48.0044", "?bbox=-180,-90,180,90", $"?commune={Commune}&status=ok,unknown,warning,fault,silent",
        ],
        _ => [""],
    };

    private static string TextOf(byte[] bytes, MediaTypeHeaderValue? type)
    {
        if (type?.MediaType != "application/zip")
        {
            return Encoding.UTF8.GetString(bytes);
        }

        using var archive = new System.IO.Compression.ZipArchive(new MemoryStream(bytes));
        return string.Concat(archive.Entries.Select(entry => entry.FullName + new StreamReader(entry.Open()).ReadToEnd()));
    }

    private static string Token(string path, string parameter)
    {
        var start = path.IndexOf("{" + parameter, StringComparison.Ordinal);
        return start < 0 ? "{" + parameter + "}" : path[start..(path.IndexOf('}', start) + 1)];
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static string Meter(string granularity, string more) => $$"""
        {"kind":"meter","commune":"{{Commune}}","name":"Madame Zébulon","position":{"lon":-4.123457,"lat":48.004321},
         "attributes":{"fluid":"water","dwelling":true,"legalBasis":"contract","granularity":"{{granularity}}","subscriber":"{{Subscriber}}",
                       "address":"12 rue Plantée","personal.phone":"+33 6 98 76 54 32"{{more}} },
         "connector":{"type":"mqtt","topic":"topic-of-zebulon"} }
        """;

    private static async Task PutAsync(GridServer server, string id, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await server.Http.PutAsync($"/api/v1/devices/{id}", body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    public static async Task PostAsync(GridServer server, string device, DateTime time, string metrics)
    {
        var json = $$"""[{"device":"{{device}}","time":"{{time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}}","metrics":{{metrics}} }]""";
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        var answer = await (await server.Http.PostAsync("/api/v1/readings", body)).JsonAsync();
        Assert.True(answer.GetProperty("accepted").GetInt32() == 1, answer.ToString());
    }
}
