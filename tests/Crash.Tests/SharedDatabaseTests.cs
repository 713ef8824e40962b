using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.LoadTests;
using Grid.Tests.Database;
using Xunit;

namespace Grid.Tests.Crash;

/// <summary>Two processes on one database: the keys of persons are with one of them, and the other says so.</summary>
public sealed class SharedDatabaseTests
{
    [Fact]
    public async Task The_process_that_has_no_keys_refuses_a_persons_device_and_says_where_it_belongs_and_takes_any_other()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        await using var server = await PostgresServer.StartAsync(syncs: false);
        await DatabaseSettingTests.MigrateAsync(server);
        using var firstData = new DataFolder();
        using var secondData = new DataFolder();
        await using var first = await StartAsync(firstData, server);
        await using var second = await StartAsync(secondData, server);

        // The first makes the keys, whatever becomes of the device: the second has taken the log over.
        using var ignored = await PutMeterAsync(first, "meter-1", "subscriber-1");
        using var refused = await PutMeterAsync(second, "meter-2", "subscriber-2");
        using var taken = await PutMeterAsync(second, "meter-3", null);

        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Conflict, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.Contains("Another process of this grid has the keys of persons", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secondData.Path, problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        using var found = await second.Http.GetAsync("/api/v1/devices/meter-2", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, found.StatusCode);
    }

    private static async Task<SiloProcess> StartAsync(DataFolder data, PostgresServer server)
    {
        var program = SiloProcess.Launch(
            data.Path, isQuiet: true, "--Grid:Demo:Enabled=false", "--Grid:Storage:Engine=Postgres", $"--Grid:Storage:Connection={server.Connection()}");
        await program.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        return program;
    }

    private static Task<HttpResponseMessage> PutMeterAsync(SiloProcess program, string id, string? subscriber) => program.Http.PutAsJsonAsync(
        $"/api/v1/devices/{id}",
        new
        {
            kind = "meter",
            commune = "29019",
            attributes = subscriber is null
                ? (object)new { fluid = "water" }
                : new { fluid = "water", dwelling = true, legalBasis = "publicTask", granularity = "daily", subscriber },
        },
        TestContext.Current.CancellationToken);
}
