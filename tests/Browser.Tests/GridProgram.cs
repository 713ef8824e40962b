using System.Net;
using Grid.Silo;
using Microsoft.AspNetCore.Builder;

namespace Grid.Tests.Browser;

/// <summary>The real program in this process, on a loopback port of its own, with a small demo in a directory of its own.</summary>
public sealed class GridProgram : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(2);

    private readonly WebApplication _app;
    private readonly string _data;

    private GridProgram(WebApplication app, string data)
    {
        _app = app;
        _data = data;
    }

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<GridProgram> StartAsync(params string[] settings)
    {
        var data = Directory.CreateTempSubdirectory("grid-browser-").FullName;
        var app = GridHost.Build(["--urls", "http://127.0.0.1:0", $"--Grid:Data={data}", "--Grid:Demo:Devices=3000", .. settings]);
        var program = new GridProgram(app, data);
        try
        {
            await app.StartAsync();
            await program.WaitUntilReadyAsync();
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>The administrator token that it made at its first start.</summary>
    public string ReadToken() => File.ReadAllText(Path.Combine(_data, "admin-token")).Trim();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient();
        using var deadline = new CancellationTokenSource(ReadyWithin);
        while ((await http.GetAsync($"{Address}/health/ready", deadline.Token)).StatusCode != HttpStatusCode.OK)
        {
            await Task.Delay(50, deadline.Token);
        }
    }
}
