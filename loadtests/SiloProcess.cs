using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Grid.LoadTests;

/// <summary>The program itself, as a process of its own on loopback, with a data directory that is deleted at the end.</summary>
public sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly string _data;

    private SiloProcess(Process process, string data, Uri address)
    {
        (_process, _data, Address) = (process, data, address);
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>From the start of the process to "ready".</summary>
    public TimeSpan ReadyAfter { get; private set; }

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

    public static async Task<SiloProcess> StartAsync(int devices, double? rate, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("grid-load-").FullName;
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[
            Path.Combine(AppContext.BaseDirectory, "Grid.Silo.dll"),
            "--urls", address.ToString(),
            $"--Grid:Data={data}",
            "--Grid:Auth:Mode=Open",
            string.Create(CultureInfo.InvariantCulture, $"--Grid:Demo:Devices={devices}"),
            string.Create(CultureInfo.InvariantCulture, $"--Grid:Demo:Rate={rate}")])
        {
            start.ArgumentList.Add(argument);
        }

        var watch = Stopwatch.StartNew();
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started.");
        process.OutputDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var silo = new SiloProcess(process, data, address);
        try
        {
            await silo.WaitUntilReadyAsync(watch, cancellationToken);
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
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
        Directory.Delete(_data, recursive: true);
    }

    private async Task WaitUntilReadyAsync(Stopwatch watch, CancellationToken cancellationToken)
    {
        while (watch.Elapsed < StartLimit)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The program ended with exit code {_process.ExitCode}.");
            }

            try
            {
                using var answer = await Http.GetAsync("/health/ready", cancellationToken);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    ReadyAfter = watch.Elapsed;
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet: the next look tells.
            }

            await Task.Delay(50, cancellationToken);
        }

        throw new TimeoutException($"The program was not ready after {StartLimit}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
