using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Grid.Tests.Operations;

/// <summary>The program as a process of its own, to be stopped, paused or traced.</summary>
internal sealed class GridProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();

    private GridProcess(Process process, string data, string address)
    {
        _process = process;
        Data = data;
        Http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(30) };
        process.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Data { get; }

    public HttpClient Http { get; }

    public int Id => _process.Id;

    /// <summary>What it has printed.</summary>
    public string Said => string.Join('\n', _said);

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="under">What runs it, before <c>dotnet</c>; empty for itself.</param>
    public static Task<GridProcess> StartAsync(string data, params string[] under) => StartAsync(data, under, []);

    /// <summary>Starts it with more settings and waits until it is ready.</summary>
    public static Task<GridProcess> StartWithAsync(string data, params string[] settings) => StartAsync(data, [], settings);

    private static async Task<GridProcess> StartAsync(string data, string[] under, string[] settings)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        string[] command = [.. under, "dotnet", GridCommand.Program, "--urls", address, $"--Grid:Data={data}", "--Grid:Demo:Enabled=false", .. settings];
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var grid = new GridProcess(process, data, address);
        using var limit = new CancellationTokenSource(Patience);
        while (!await grid.IsReadyAsync(limit.Token))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The program ended with {process.ExitCode}: {grid.Said}");
            }

            await Task.Delay(50, limit.Token);
        }

        grid.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(data, "admin-token"))).Trim());
        return grid;
    }

    /// <summary>The id of the program itself, which may run below a tracer.</summary>
    public int ProcessOfGrid() => int.Parse(File.ReadAllText(Path.Combine(Data, "holder")), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Sends a signal by name.</summary>
    public async Task SignalAsync(string signal, int? process = null)
    {
        using var kill = Process.Start("kill", ["-s", signal, (process ?? Id).ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task EndedAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync("/health/ready", cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
