using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grid.Tests.Gateway.Notifications;

/// <summary>Whoever receives webhooks, and verifies them as the specification says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    public const string Secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    /// <summary>Where it listens, such as <c>http://127.0.0.1:40001/hook</c>.</summary>
    public string Address => $"{_app.Urls.First()}/hook";

    public ConcurrentQueue<(JsonElement Body, string Text, IReadOnlyDictionary<string, string> Headers)> Requests { get; } = new();

    /// <summary>How it answers the n-th request, counted from 1.</summary>
    public required Func<HttpContext, int, Task> Answer { get; init; }

    public static Task<Receiver> StartAsync(int status) => StartAsync((http, _) =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    public static async Task<Receiver> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new Receiver(app) { Answer = answer };
        app.MapPost("/hook", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Worked out apart from the code under test.</summary>
    public static bool IsSigned(string body, IReadOnlyDictionary<string, string> headers)
    {
        var signed = HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}"));
        return headers["webhook-signature"] == $"v1,{Convert.ToBase64String(signed)}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync();
        Requests.Enqueue((JsonDocument.Parse(text).RootElement, text, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        await Answer(http, Requests.Count);
    }
}
