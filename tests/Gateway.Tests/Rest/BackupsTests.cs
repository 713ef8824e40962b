using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Grid.Tests.Gateway.Rest;

public sealed class BackupsTests
{
    [Fact]
    public async Task A_backup_is_begun_once_found_by_its_location_and_written_in_the_audit()
    {
        await using var host = await GatewayHost.StartAsync();
        using var begun = await host.Http.PostAsJsonAsync("/api/v1/backups", new { to = "/backups/one" });
        using var second = await host.Http.PostAsJsonAsync("/api/v1/backups", new { to = "/backups/two" });

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Conflict), (begun.StatusCode, second.StatusCode));
        var status = await host.Http.GetFromJsonAsync<JsonElement>(begun.Headers.Location);
        Assert.Equal(("running", "/backups/one"), (status.GetProperty("state").GetString(), status.GetProperty("to").GetString()));
        using var unknown = await host.Http.GetAsync("/api/v1/backups/nothing");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("""{"to":"relative/path"}""")]
    [InlineData("""{"to":""}""")]
    [InlineData("{}")]
    public async Task A_path_that_is_not_full_is_refused_by_its_field(string body)
    {
        await using var host = await GatewayHost.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await host.Http.PostAsync("/api/v1/backups", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("\"to\"", await answer.Content.ReadAsStringAsync());
    }
}
