using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Grid.LoadTests;

/// <summary>
/// The program itself, as a process of its own on loopback. The system gives it its port and it says which: a port that was looked for before may be
/// another program's by the time it listens, and that one would be asked instead.
/// </summary>
public sealed class SiloProcess : IAsyncDisposable
{
    private const string Terminate = "TERM";
    private const int LinesKept = 50;
    private const string AnyPort = "http://127.0.0.1:0";
    private const string ReadyLine = "Grid is ready with ";
    private const string BeforeAddress = " at ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Stopwatch _sinceLaunch = Stopwatch.StartNew();
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(Process process) => _process = process;

    /// <summary>Where it listens, once it is ready.</summary>
    public Uri Address => Http.BaseAddress ?? throw new InvalidOperationException("The program has not said yet where it listens.");

    public HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Since the process was started.</summary>
    public TimeSpan SinceLaunch => _sinceLaunch.Elapsed;

    /// <summary>From the start of the process to "ready".</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public long WorkingSetBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the program.</summary>
    /// <param name="data">Its data directory.</param>
    /// <param name="isQuiet">False to show what it prints.</param>
    /// <param name="settings">As on the command line.</param>
    public static SiloProcess Launch(string data, bool isQuiet, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[
            Path.Combine(AppContext.BaseDirectory, "Grid.Silo.dll"), "--urls", AnyPort, $"--Grid:Data={data}", "--Grid:Auth:Mode=Open", .. settings])
        {
            start.ArgumentList.Add(argument);
        }

        var silo = new SiloProcess(Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started."));
        silo._process.OutputDataReceived += (_, line) => silo.Note(line.Data, isQuiet);
        silo._process.ErrorDataReceived += (_, line) => silo.Note(line.Data, isQuiet);
        silo._process.BeginOutputReadLine();
        silo._process.BeginErrorReadLine();
        return silo;
    }

    /// <summary>Starts the program with a demo in it and waits until it is ready.</summary>
    public static async Task<SiloProcess> StartAsync(string data, int devices, double? rate, CancellationToken cancellationToken, params string[] settings)
    {
        var silo = Launch(
            data,
            isQuiet: false,
            [
                string.Create(CultureInfo.InvariantCulture, $"--Grid:Demo:Devices={devices}"),
                string.Create(CultureInfo.InvariantCulture, $"--Grid:Demo:Rate={rate}"),
                .. settings,
            ]);
        try
        {
            await silo.WaitUntilReadyAsync(cancellationToken);
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it says that it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    /// <exception cref="TimeoutException">It did not in 10 minutes.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            var ended = _process.WaitForExitAsync(limit.Token);
            if (await Task.WhenAny(_address.Task, ended) == ended)
            {
                await ended;
                throw new InvalidOperationException($"The program ended: {Ending()}");
            }

            Http.BaseAddress = await _address.Task;
            using var answer = await Http.GetAsync("/health/ready", limit.Token);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new InvalidOperationException($"The program says that it is ready, and answers {(int)answer.StatusCode}: {Ending()}");
            }

            ReadyAfter = SinceLaunch;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The program was not ready after {StartLimit}: {Ending()}");
        }
    }

    /// <summary>SIGKILL: nothing of the process runs any more when this completes.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>
    /// As a service manager does: it drains and stops; returns how long that took. Not SIGINT, which a program ignores that a shell started in the
    /// background, with everything that it starts.
    /// </summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0.</exception>
    /// <exception cref="TimeoutException">It had not ended after 2 minutes.</exception>
    public async Task<TimeSpan> StopAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-s", Terminate, _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(cancellationToken);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The program had not stopped after {StopLimit}: {Ending()}");
        }

        return ExitCode == 0 ? watch.Elapsed : throw new InvalidOperationException($"The program was to stop in order: {Ending()}");
    }

    /// <summary>How it ended, if it has, and what it printed last: for a report of what went wrong.</summary>
    public string Ending()
    {
        lock (_lines)
        {
            return $"{(_process.HasExited ? $"exit code {_process.ExitCode}" : "still running")}\n{string.Join('\n', _lines)}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Note(string? line, bool isQuiet)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept)
            {
                _lines.Dequeue();
            }
        }

        if (line.StartsWith(ReadyLine, StringComparison.Ordinal))
        {
            _address.TrySetResult(new Uri(line[(line.LastIndexOf(BeforeAddress, StringComparison.Ordinal) + BeforeAddress.Length)..]));
        }

        if (!isQuiet)
        {
            Console.Error.WriteLine(line);
        }
    }
}
