using System.Net;
using System.Net.Http.Headers;
using Grid.Client.Authentication;
using Grid.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grid.Tests.Host;

/// <summary>The whole program in this process, on a loopback port and in a data directory of its own, without a demo unless asked for.</summary>
public sealed class GridServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(2);

    private readonly WebApplication _app;
    private readonly string _data;
    private readonly bool _ownsData;

    private GridServer(WebApplication app, string data, bool ownsData, KeptLog log)
    {
        Log = log;
        _app = app;
        _data = data;
        _ownsData = ownsData;
        Address = app.Urls.First();
        Token = File.Exists(TokenPath) ? File.ReadAllText(TokenPath).Trim() : "";
        Http = new() { BaseAddress = new(Address) };
        if (Token.Length > 0)
        {
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }
    }

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Address { get; }

    /// <summary>The administrator token, empty when callers are not asked.</summary>
    public string Token { get; }

    /// <summary>A client that has signed in.</summary>
    public HttpClient Http { get; }

    /// <summary>What it logs.</summary>
    public KeptLog Log { get; }

    /// <summary>What the program is composed of.</summary>
    public IServiceProvider Services => _app.Services;

    private string TokenPath => Path.Combine(_data, "admin-token");

    /// <summary>Starts it in a new directory, which goes with it, and waits until it is ready.</summary>
    /// <param name="settings">As on the command line: <c>--Grid:Demo:Enabled=true</c>. Later ones win.</param>
    public static Task<GridServer> StartAsync(params string[] settings) =>
        StartAsync(Directory.CreateTempSubdirectory("grid-test-").FullName, ownsData: true, settings);

    /// <summary>Starts it in a directory that stays, and waits until it is ready.</summary>
    public static Task<GridServer> StartInAsync(string data, params string[] settings) => StartAsync(data, ownsData: false, settings);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsData)
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    /// <summary>A client that has signed in as one who may do everything but what concerns persons.</summary>
    public HttpClient ReaderHttp()
    {
        var client = new HttpClient { BaseAddress = new(Address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ReaderAuthenticator.ReaderToken);
        return client;
    }

    private static void Add(IServiceCollection services, KeptLog log)
    {
        services.AddSingleton<ILoggerProvider>(log);
        if (services.Any(service => service.ServiceType == typeof(AdministratorToken)))
        {
            services.AddSingleton<Authenticator>(provider => new ReaderAuthenticator(provider.GetRequiredService<AdministratorToken>(), provider.GetRequiredService<AccessTokens>()));
        }
    }

    private static async Task<GridServer> StartAsync(string data, bool ownsData, string[] settings)
    {
        var log = new KeptLog();
        var app = GridHost.Build(["--urls", "http://127.0.0.1:0", $"--Grid:Data={data}", "--Grid:Demo:Enabled=false", .. settings], services => Add(services, log));
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var server = new GridServer(app, data, ownsData, log);
        using var deadline = new CancellationTokenSource(ReadyWithin);
        while ((await server.Http.GetAsync("/health/ready", deadline.Token)).StatusCode != HttpStatusCode.OK)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), deadline.Token);
        }

        return server;
    }
}
