using System.Diagnostics.Metrics;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Grid.Connectors.Simulator;

/// <summary>
/// Drives the registered devices whose connector is the simulator, the way a network server would: it submits what is due and what devices say after a command,
/// through the same door as everyone. What an overloaded grid refuses is dropped and counted: the next report says it again.
/// </summary>
public sealed partial class SimulatorService : BackgroundService
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Simulator";

    private const int BatchSize = 1_000;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookForDevicesEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly IIntake _intake;
    private readonly IDeviceRegistry _registry;
    private readonly IDeviceDirectory _directory;
    private readonly ITerritoryTable _table;
    private readonly SimulatorDownlinkSender _sender;
    private readonly SimulatorOptions _options;
    private readonly Func<CancellationToken, Task> _whenReady;
    private readonly TimeProvider _clock;
    private readonly ILogger<SimulatorService> _logger;
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _readings;
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private SimulatedFleet _fleet = SimulatedFleet.Empty;
    private FleetSchedule _schedule = new(0, 0, 0);
    private int _registered;
    private DateTimeOffset _lookedAt;

    /// <param name="intake">Where readings go.</param>
    /// <param name="registry">Which devices there are.</param>
    /// <param name="directory">How many there are now.</param>
    /// <param name="table">The country's communes.</param>
    /// <param name="sender">Where commands come from.</param>
    /// <param name="options">Settings; checked by who reads them.</param>
    /// <param name="whenReady">Completes when the grid takes readings.</param>
    /// <param name="clock">Time.</param>
    /// <param name="logger">Log.</param>
    public SimulatorService(
        IIntake intake,
        IDeviceRegistry registry,
        IDeviceDirectory directory,
        ITerritoryTable table,
        SimulatorDownlinkSender sender,
        SimulatorOptions options,
        Func<CancellationToken, Task> whenReady,
        TimeProvider clock,
        ILogger<SimulatorService> logger)
    {
        (_intake, _registry, _directory, _table, _sender) = (intake, registry, directory, table, sender);
        (_options, _whenReady, _clock, _logger) = (options, whenReady, clock, logger);
        _readings = _meter.CreateCounter<long>("grid.simulator.readings", "{reading}", "Simulated readings by what became of them");
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _whenReady(stoppingToken);
        using var timer = new PeriodicTimer(Tick, _clock);
        var done = _clock.GetUtcNow();
        var isLoaded = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (!isLoaded || HasMoreDevices())
                {
                    await LoadAsync(stoppingToken);
                    isLoaded = true;
                }

                var now = _clock.GetUtcNow();
                await ObeyAsync(now, stoppingToken);
                var due = _schedule.Due(done, now);
                done = now;
                Count(due.Skipped, "skipped");
                for (var first = 0; first < due.Count; first += BatchSize)
                {
                    await SubmitAsync(Read(due, first, Math.Min(BatchSize, due.Count - first)), stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(_logger, exception);
                await Task.Delay(PauseAfterFailure, _clock, stoppingToken);
            }
        }
    }

    // New devices are looked for when there are more than before, or a command named one; gone ones show themselves by rejections.
    private bool HasMoreDevices()
    {
        if (_clock.GetUtcNow() - _lookedAt < LookForDevicesEvery) return _sender.TakeMissesDevices() && _clock.GetUtcNow() - _lookedAt > PauseAfterFailure;
        return _directory.Count != _registered;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        _lookedAt = _clock.GetUtcNow();
        _registered = _directory.Count;
        var devices = new List<DeviceDescriptor>();
        await foreach (var record in _registry.ReadAllAsync(cancellationToken))
        {
            if (record.Descriptor.Connector?.Type == SimulatorDownlinkSender.ConnectorType) devices.Add(record.Descriptor);
        }

        _fleet = SimulatedFleet.Build(devices, _table, _options.Seed, _fleet);
        _schedule = new FleetSchedule(_fleet.Reporting, _options.RatePerSecond, _options.Seed);
        _gone.Clear();
        _sender.Serve(_fleet);
        LogLoaded(_logger, _fleet.Count, _fleet.Reporting);
    }

    private async ValueTask ObeyAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var answers = new List<IncomingReading>();
        while (answers.Count < BatchSize && _sender.Waiting.TryRead(out var downlink))
        {
            _fleet.Obey(downlink.Device, downlink.Name, downlink.Arguments, now, downlink.Version);
            if (_fleet.Read(downlink.Device, now, answers.Count) is { } reading) answers.Add(reading);
        }

        if (answers.Count > 0) await SubmitAsync(answers, cancellationToken);
    }

    private List<IncomingReading> Read(DueReadings due, int first, int count)
    {
        var batch = new List<IncomingReading>(count);
        for (var index = first; index < first + count; index++)
        {
            var (device, at) = due[index];
            if (_gone.Count > 0 && _gone.Contains(_fleet.IdOf(device))) continue;
            batch.Add(_fleet.Read(device, at, batch.Count));
        }

        return batch;
    }

    private async ValueTask SubmitAsync(List<IncomingReading> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var result = await _intake.SubmitAsync(batch, IntakeClass.Simulator, cancellationToken);
        if (result.RetryAfter is { } pause)
        {
            Count(batch.Count, "shed");
            await Task.Delay(pause, _clock, cancellationToken);
            return;
        }

        Count(result.Accepted, "accepted");
        Count(result.Rejected.Length, "rejected");
        foreach (var rejection in result.Rejected)
        {
            if (rejection.Field == "device") _gone.Add(batch[rejection.Index].Device);
            else LogRejected(_logger, rejection.Device, rejection.Field, rejection.Reason);
        }
    }

    private void Count(long readings, string outcome)
    {
        if (readings > 0) _readings.Add(readings, new KeyValuePair<string, object?>("outcome", outcome));
    }

    [LoggerMessage(EventId = 2200, Level = LogLevel.Information, Message = "The simulator drives {Devices} devices, of which {Reporting} report")]
    private static partial void LogLoaded(ILogger logger, int devices, int reporting);

    [LoggerMessage(EventId = 2201, Level = LogLevel.Error, Message = "A tick of the simulator failed; it goes on")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Warning, Message = "A simulated reading of {Device} was rejected: {Field} {Reason}")]
    private static partial void LogRejected(ILogger logger, string? device, string field, string reason);
}
