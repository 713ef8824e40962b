using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace Grid.Tests.Operations;

/// <summary>
/// The program as a process of its own, to be stopped, paused or traced. The system gives it its port and it says which: one that was looked for
/// before may be another program's by the time it listens.
/// </summary>
internal sealed class GridProcess : IAsyncDisposable
{
    private const string ReadyLine = "Grid is ready with ";
    private const string BeforeAddress = " at ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GridProcess(Process process, string data)
    {
        _process = process;
        Data = data;
        Http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        process.OutputDataReceived += (_, line) => Note(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => Note(line.Data ?? "");
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
        string[] command = [.. under, "dotnet", GridCommand.Program, "--urls", "http://127.0.0.1:0", $"--Grid:Data={data}", "--Grid:Demo:Enabled=false", .. settings];
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var grid = new GridProcess(process, data);
        using var limit = new CancellationTokenSource(Patience);
        var ended = process.WaitForExitAsync(limit.Token);
        if (await Task.WhenAny(grid._address.Task, ended) == ended)
        {
            await ended;
            throw new InvalidOperationException($"The program ended with {process.ExitCode}: {grid.Said}");
        }

        grid.Http.BaseAddress = await grid._address.Task;
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

    private void Note(string line)
    {
        _said.Enqueue(line);
        if (line.StartsWith(ReadyLine, StringComparison.Ordinal))
        {
            _address.TrySetResult(new Uri(line[(line.LastIndexOf(BeforeAddress, StringComparison.Ordinal) + BeforeAddress.Length)..]));
        }
    }
}
