using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grid.Tests.Gateway.Commands;

/// <summary>A device that somebody wrote by hand: it takes commands over HTTP and does what its test tells it to.</summary>
internal sealed class HttpDevice : IAsyncDisposable
{
    public const string Secret = "whsec_c2l4dGVlbi1ieXRlcy1vZi1rZXk=";

    private readonly WebApplication _app;

    private HttpDevice(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Address => _app.Urls.First();

    /// <summary>What it was sent, oldest first.</summary>
    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>How it answers the n-th request, counted from 1.</summary>
    public required Func<HttpContext, int, Task> Answer { get; init; }

    public static async Task<HttpDevice> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var device = new HttpDevice(app) { Answer = answer };
        app.MapPost("/desired", device.TakeAsync);
        await app.StartAsync();
        return device;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        Requests.Enqueue(new Received(await reader.ReadToEndAsync(), http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        await Answer(http, Requests.Count);
    }

    /// <summary>A request as it arrived.</summary>
    internal sealed record Received(string Body, IReadOnlyDictionary<string, string> Headers)
    {
        public JsonElement Json => JsonDocument.Parse(Body).RootElement;

        /// <summary>Worked out as the specification of Standard Webhooks says, apart from the code under test.</summary>
        public string ExpectedSignature =>
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(
                Convert.FromBase64String(Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{Headers["webhook-id"]}.{Headers["webhook-timestamp"]}.{Body}")));
    }
}
