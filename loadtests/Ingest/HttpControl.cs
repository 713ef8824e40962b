using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grid.Connectors.Http;
using Grid.Contracts.Intake;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Grid.LoadTests.Ingest;

/// <summary>
/// The control: the same server, the same door and the same parser, with nothing behind it; a process of its own, as the program is.
/// </summary>
internal sealed class HttpControl : IAsyncDisposable
{
    /// <summary>The word on the command line that makes this program the control.</summary>
    public const string Command = "http-control";

    private readonly Process _process;

    private HttpControl(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<HttpControl> StartAsync(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Grid.LoadTests.dll"), Command, address.ToString()]) { RedirectStandardOutput = true };
        var control = new HttpControl(Process.Start(start)!, address);
        try
        {
            // Says a line once it listens.
            _ = await control._process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The HTTP control did not start.");
            return control;
        }
        catch
        {
            await control.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the process of the control does.</summary>
    public static async Task ServeAsync(string address)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        builder.Services.AddHttpReadings();
        builder.Services.AddSingleton<IIntake, DroppingIntake>();
        var app = builder.Build();
        app.MapHttpReadings();
        await app.StartAsync();
        await Console.Out.WriteLineAsync("listening");
        await app.WaitForShutdownAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private sealed class DroppingIntake : IIntake
    {
        public ValueTask<IntakeResult> SubmitAsync(IReadOnlyList<IncomingReading> readings, IntakeClass sender, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new IntakeResult { Accepted = readings.Count, Rejected = [] });
    }
}
