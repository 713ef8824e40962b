using System.Diagnostics;
using Grid.Connectors.Http;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Grains.Intake;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Grid.LoadTests.Ingest;

/// <summary>
/// The control: the same server, the same door and parser, the same directory with the same devices and the same checks of each reading, and then
/// nothing: what is good is dropped. A process of its own, as the program is.
/// </summary>
internal sealed class HttpControl : IAsyncDisposable
{
    /// <summary>The word on the command line that makes this program the control.</summary>
    public const string Command = "http-control";

    private readonly Process _process;

    private HttpControl(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <param name="folder">Where the devices are written for the other process.</param>
    /// <param name="devices">The devices that it knows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<HttpControl> StartAsync(string folder, ReportingDevice[] devices, CancellationToken cancellationToken)
    {
        var known = Path.Combine(folder, "control-devices.txt");
        await File.WriteAllLinesAsync(known, devices.Select(device => device.Kind + " " + device.Id), cancellationToken);
        var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Grid.LoadTests.dll"), Command, known])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_gcServer"] = "1" }, // as the program is run
        })!;
        try
        {
            // Says where, once it listens.
            var address = await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The HTTP control did not start.");
            return new HttpControl(process, new Uri(address));
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>What the process of the control does.</summary>
    /// <param name="known">The file with the devices.</param>
    public static async Task ServeAsync(string known)
    {
        var directory = new DeviceDirectory();
        foreach (var line in await File.ReadAllLinesAsync(known))
        {
            var separator = line.IndexOf(' ', StringComparison.Ordinal);
            directory.Set(new DirectoryEntry(
                line[(separator + 1)..], Enum.Parse<DeviceKind>(line[..separator], ignoreCase: true), "29019", Connector: null, IndexMaximum: null, Personal: null));
        }

        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpReadings();
        builder.Services.AddSingleton<IDeviceDirectory>(directory);
        builder.Services.AddSingleton<IIntake>(new DroppingIntake(directory));
        var app = builder.Build();
        app.MapHttpReadings();
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
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

    private sealed class DroppingIntake(DeviceDirectory directory) : IIntake
    {
        public ValueTask<IntakeResult> SubmitAsync(IReadOnlyList<IncomingReading> readings, IntakeClass sender, CancellationToken cancellationToken)
        {
            var now = DateTimeOffset.UtcNow;
            var rejected = new List<Rejection>();
            foreach (var reading in readings)
            {
                if ((directory.Find(reading.Device) is null ? new Rejection(reading.Index, reading.Device, "device", "is not registered") : ReadingRules.Check(reading, now)) is { } fault)
                {
                    rejected.Add(fault);
                }
            }

            return ValueTask.FromResult(new IntakeResult { Accepted = readings.Count - rejected.Count, Rejected = [.. rejected] });
        }
    }
}
