using System.Net;
using System.Text.Json;
using Grid.Tests.Host;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>The lighting plan that a demo begins with.</summary>
public sealed class DemoPlanTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("grid-demo-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_demo_has_a_plan_that_its_syndicates_cabinets_are_under_until_somebody_removes_it_for_good()
    {
        string[] settings = ["--Grid:Demo:Enabled=true", "--Grid:Demo:Devices=2000"];
        await using (var server = await GridServer.StartInAsync(_data, settings))
        {
            var plan = Assert.Single(await PlansAsync(server));
            Assert.Equal(("demo-midnight-dimming", 1), (plan.GetProperty("id").GetString(), plan.GetProperty("version").GetInt32()));
            var view = await (await server.Http.GetAsync("/api/v1/lighting-plans/demo-midnight-dimming")).JsonAsync();
            Assert.StartsWith("Délibération", view.GetProperty("decision").GetProperty("reference").GetString(), StringComparison.Ordinal);
            var syndicate = Assert.Single(view.GetProperty("assignments").EnumerateArray()).GetProperty("syndicate").GetString();
            var cabinets = await (await server.Http.GetAsync($"/api/v1/devices?kind=cabinet&syndicate={syndicate}&limit=1")).JsonAsync();
            var cabinet = Assert.Single(cabinets.GetProperty("items").EnumerateArray()).GetProperty("id").GetString();
            var night = await (await server.Http.GetAsync($"/api/v1/devices/{cabinet}/night?date=2026-11-26")).JsonAsync();
            Assert.Equal("demo-midnight-dimming", night.GetProperty("plan").GetString());
            Assert.Equal(HttpStatusCode.NoContent, (await server.Http.DeleteAsync("/api/v1/lighting-plans/demo-midnight-dimming")).StatusCode);
        }

        await using var again = await GridServer.StartInAsync(_data, settings);
        Assert.Empty(await PlansAsync(again));
    }

    [Fact]
    public async Task A_silent_demo_has_none()
    {
        await using var server = await GridServer.StartInAsync(_data, "--Grid:Demo:Enabled=true", "--Grid:Demo:Devices=500", "--Grid:Demo:Rate=0");

        Assert.Empty(await PlansAsync(server));
    }

    private static async Task<IReadOnlyList<JsonElement>> PlansAsync(GridServer server) =>
        [.. (await (await server.Http.GetAsync("/api/v1/lighting-plans")).JsonAsync()).GetProperty("items").EnumerateArray()];
}
