using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Grid.Client;
using Grid.Client.Authentication;
using Grid.Client.Health;
using Grid.Connectors.Http;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Storage.Keys;
using Grid.Tests.Gateway.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grid.Tests.Gateway;

/// <summary>The gateway on a real server with a city in memory behind it.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _data;

    private GatewayHost(WebApplication app, string data, FakeTable table, FakeRegistry registry)
    {
        _app = app;
        _data = data;
        Table = table;
        Registry = registry;
    }

    public FakeTable Table { get; }

    public FakeRegistry Registry { get; }

    public FakeGrid Grid { get; private init; } = null!;

    public FakeBodies Bodies { get; private init; } = null!;

    public FakeAudit Audit { get; private init; } = null!;

    public FakeIntake Intake { get; private init; } = null!;

    public FakeReadiness Readiness { get; private init; } = null!;

    public FakeHistory History { get; private init; } = null!;

    public FakeSubjects Subjects { get; private init; } = null!;

    public LogLines Log { get; private init; } = null!;

    public IServiceProvider Services => _app.Services;

    public string Address => _app.Urls.First();

    /// <summary>A client that has signed in.</summary>
    public HttpClient Http { get; private set; } = null!;

    public string Token { get; private set; } = "";

    public static async Task<GatewayHost> StartAsync(
        AuthenticationMode mode = AuthenticationMode.Local, IReadOnlyDictionary<string, string?>? settings = null, Action<WebApplication>? map = null, string url = "http://127.0.0.1:0")
    {
        var data = Directory.CreateTempSubdirectory("grid-gateway-").FullName;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.Sources.Clear();
        Microsoft.Extensions.Configuration.MemoryConfigurationBuilderExtensions.AddInMemoryCollection(builder.Configuration, settings ?? new Dictionary<string, string?>());
        var log = new LogLines();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        var table = new FakeTable();
        var subjects = new FakeSubjects();
        var history = new FakeHistory(subjects);
        var registry = new FakeRegistry(table, history);
        var host = new
        {
            Grid = new FakeGrid(),
            Bodies = new FakeBodies(),
            Audit = new FakeAudit(),
            Intake = new FakeIntake(registry),
            Readiness = new FakeReadiness(),
        };
        builder.Services.AddGridGateway(data, mode);
        builder.Services.AddHttpReadings();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ITerritoryTable>(table);
        builder.Services.AddSingleton<IDeviceRegistry>(registry);
        builder.Services.AddSingleton<IRegistrar>(registry);
        builder.Services.AddSingleton<IDeviceDirectory>(registry);
        builder.Services.AddSingleton<ISubscribers, FakeSubscribers>();
        builder.Services.AddSingleton<ISubscriberKeys>(SubscriberKeys.InMemory(new MachineRandom(), TimeProvider.System));
        builder.Services.AddSingleton<IBodyRegistry>(host.Bodies);
        builder.Services.AddSingleton<IAuditLog>(host.Audit);
        builder.Services.AddSingleton<IBackups, FakeBackups>();
        builder.Services.AddSingleton<INotificationOutbox, NoNotifications>();
        builder.Services.AddSingleton<IHistory>(history);
        builder.Services.AddSingleton<IHistorySubjects>(subjects);
        builder.Services.AddSingleton(new HistoryPolicy
        {
            Default = new(400, 1_827, 7_305),
            Personal = new(62, 400, 1_127),
            Rules = [new(DeviceKind.Bin, "29019", new(30, 60, 90))],
        });
        builder.Services.AddSingleton<IIntake>(host.Intake);
        builder.Services.AddSingleton<IReadiness>(host.Readiness);
        builder.Services.AddSingleton<IGridRuntime, FakeRuntime>();
        builder.Services.AddSingleton<IGridGrains>(host.Grid);
        var app = builder.Build();
        app.Urls.Add(url);
        app.MapGridGateway();
        app.MapHttpReadings();
        map?.Invoke(app);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            Directory.Delete(data, recursive: true);
            throw;
        }

        var started = new GatewayHost(app, data, table, registry)
        {
            Grid = host.Grid,
            Bodies = host.Bodies,
            Audit = host.Audit,
            Intake = host.Intake,
            Readiness = host.Readiness,
            History = history,
            Subjects = subjects,
            Log = log,
        };
        started.Http = started.Client();
        if (mode == AuthenticationMode.Local)
        {
            started.Token = (await File.ReadAllTextAsync(Path.Combine(data, AdministratorToken.FileName))).Trim();
            started.Http.DefaultRequestHeaders.Authorization = new("Bearer", started.Token);
        }

        return started;
    }

    /// <summary>A client that has not signed in.</summary>
    public HttpClient Client() => new() { BaseAddress = new(Address) };

    public Task<HttpResponseMessage> PutAsync(string path, string json) => Http.PutAsync(path, Json(json));

    public Task<HttpResponseMessage> PostAsync(string path, string json, string mediaType = "application/json") => Http.PostAsync(path, Json(json, mediaType));

    /// <summary>Registers a device by the front door.</summary>
    public async Task<DeviceDescriptor> RegisterAsync(string id, DeviceKind kind = DeviceKind.Streetlight, string commune = "29232", double lon = -4.1, double lat = 48)
    {
        var word = JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
        var body = string.Create(
            CultureInfo.InvariantCulture, $$$"""{"kind":"{{{word}}}","commune":"{{{commune}}}","position":{"lon":{{{lon}}},"lat":{{{lat}}} } }""");
        var answer = await PutAsync($"/api/v1/devices/{id}", body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return Registry.Descriptor(id)!;
    }

    /// <summary>A device moves one of its metrics.</summary>
    public Task ReportAsync(DeviceDescriptor device, string metric, double value) => Grid.SectorOf(Registry.SectorOf(device)).ReportAsync(device, metric, value);

    public async Task StopAsync() => await _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static StringContent Json(string json, string mediaType = "application/json") => new(json, Encoding.UTF8, new MediaTypeHeaderValue(mediaType));
}

internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The reasons for a field of a problem.</summary>
    public static async Task<string> ErrorAsync(this HttpResponseMessage answer, HttpStatusCode status, string field)
    {
        var problem = await answer.ProblemAsync(status);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out var reasons), problem.ToString());
        return reasons[0].GetString()!;
    }

    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode status)
    {
        var problem = await answer.JsonAsync(status);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        return problem;
    }
}

/// <summary>What was logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

    public string All => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

    public void Dispose()
    {
        // Nothing is held.
    }
}
