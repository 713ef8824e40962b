using System.Diagnostics.Metrics;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.Extensions.Logging;

namespace Grid.Connectors.Simulator;

/// <summary>
/// One tick after another of the simulated devices: those that are registered, what is due, what was commanded. For one thread; knows no clock, so that a test or a
/// simulation may drive it.
/// </summary>
public sealed partial class SimulatorDriver : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Simulator";

    /// <summary>Readings in one submission, at most.</summary>
    public const int BatchSize = 1_000;

    private static readonly TimeSpan LookForDevicesEvery = TimeSpan.FromMinutes(1);
    private const int TicksToIntroduce = 200;
    private static readonly TimeSpan LookForSwitchedEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookForAStrangerAfter = TimeSpan.FromSeconds(1);

    private readonly IIntake _intake;
    private readonly IDeviceRegistry _registry;
    private readonly IDeviceDirectory _directory;
    private readonly ITerritoryTable _table;
    private readonly SimulatorDownlinkSender _sender;
    private readonly SimulatorOptions _options;
    private readonly ILogger<SimulatorDriver> _logger;
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _readings;
    private readonly List<(int Device, DateTimeOffset At)> _due = [];
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);

    // Devices that are to say where they stand, each once: at most as many as there are.
    private readonly Queue<string> _answers = new();
    private readonly HashSet<string> _toAnswer = new(StringComparer.Ordinal);
    private FieldMemory? _memory;
    private SimulatedFleet _fleet = SimulatedFleet.Empty;
    private ReportingPlan _plan = new(SimulatedFleet.Empty, 0, 0);
    private int _registered;
    private DateTimeOffset? _lookedAt;
    private DateTimeOffset? _doneUntil;
    private DateTimeOffset? _switchedAt;
    private int _introduced;

    /// <param name="intake">Where readings go.</param>
    /// <param name="registry">Which devices there are.</param>
    /// <param name="directory">How many there are now.</param>
    /// <param name="table">The country's communes.</param>
    /// <param name="sender">Where commands come from.</param>
    /// <param name="options">Settings; checked by who reads them.</param>
    /// <param name="logger">Log.</param>
    public SimulatorDriver(
        IIntake intake,
        IDeviceRegistry registry,
        IDeviceDirectory directory,
        ITerritoryTable table,
        SimulatorDownlinkSender sender,
        SimulatorOptions options,
        ILogger<SimulatorDriver> logger)
    {
        (_intake, _registry, _directory, _table, _sender, _options, _logger) = (intake, registry, directory, table, sender, options, logger);
        _memory = options.MemoryPath is { } path ? new FieldMemory(path) : null;
        _readings = _meter.CreateCounter<long>("grid.simulator.readings", "{reading}", "Simulated readings by what became of them");
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    /// <summary>
    /// Does what is to be done at an instant: obeys commands and reports for them, then submits what became due since the tick before. Answers how long the grid asked to
    /// be left alone, null when it took everything.
    /// </summary>
    public async Task<TimeSpan?> TickAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (IsToLoad(now)) await LoadAsync(now, cancellationToken);
        var pause = await ObeyAsync(now, cancellationToken);
        _due.Clear();
        Count(_plan.Due(_doneUntil ?? now, now, _due), "skipped");
        _doneUntil = now;
        pause = await SubmitAllAsync(_due, pause, cancellationToken);

        // A rate that was set is kept to the reading. Without one, each device says once where it stands soon after the start, and lights report when they switch.
        if (_options.RatePerSecond is not null) return pause;
        pause = await IntroduceAsync(now, pause, cancellationToken);
        if (now - _switchedAt < LookForSwitchedEvery) return pause;
        _switchedAt = now;
        return await SubmitAllAsync(_fleet.TakeSwitched(now).ConvertAll(device => (device, now)), pause, cancellationToken);
    }

    /// <summary>Puts another controller in the place of a device's, which says so in the next tick: see <see cref="SimulatedFleet.SwapController"/>.</summary>
    public async Task<bool> SwapControllerAsync(string device, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (!_fleet.SwapController(device, at)) return false;
        await KeepAsync([device], cancellationToken);
        return true;
    }

    /// <summary>What a light point has truly taken: see <see cref="SimulatedFleet.TruthOf"/>.</summary>
    public LampTruth? TruthOf(DeviceDescriptor lamp, DateTimeOffset at) => _fleet.TruthOf(lamp, at);

    // In an even stride over the list, so that every commune shows something at once.
    private async ValueTask<TimeSpan?> IntroduceAsync(DateTimeOffset now, TimeSpan? pause, CancellationToken cancellationToken)
    {
        if (_introduced >= TicksToIntroduce || pause is not null) return pause;
        var devices = new List<(int, DateTimeOffset)>();
        for (var device = _introduced++; device < _fleet.Reporting; device += TicksToIntroduce) devices.Add((device, now));
        return await SubmitAllAsync(devices, pause, cancellationToken);
    }

    /// <summary>Submits what devices say at their instants, in batches that hold <see cref="BatchSize"/> readings at most, those in frames counted.</summary>
    private async ValueTask<TimeSpan?> SubmitAllAsync(List<(int Device, DateTimeOffset At)> due, TimeSpan? pause, CancellationToken cancellationToken)
    {
        var batch = new List<IncomingReading>(Math.Min(due.Count, BatchSize));
        var readings = 0;
        foreach (var (device, at) in due)
        {
            if (_gone.Count > 0 && _gone.Contains(_fleet.IdOf(device))) continue;
            if (_fleet.Report(device, at, batch.Count) is not { } report) continue;
            if (readings + ReadingsIn(report) > BatchSize)
            {
                pause = await SubmitOrShedAsync(batch, pause, cancellationToken);
                (batch, readings, report) = ([], 0, report with { Index = 0 });
            }

            batch.Add(report);
            readings += ReadingsIn(report);
        }

        return await SubmitOrShedAsync(batch, pause, cancellationToken);
    }

    private async ValueTask<TimeSpan?> SubmitOrShedAsync(List<IncomingReading> batch, TimeSpan? pause, CancellationToken cancellationToken)
    {
        if (pause is null) return await SubmitAsync(batch, cancellationToken);
        Count(batch.Sum(ReadingsIn), "shed");
        return pause;
    }

    private static int ReadingsIn(IncomingReading reading) => reading is IncomingFrame frame ? frame.Count : 1;

    // New devices are looked for when their number has changed, or when a command named a stranger; gone ones show themselves by rejections.
    private bool IsToLoad(DateTimeOffset now)
    {
        if (_lookedAt is not { } lookedAt) return true;
        if (now - lookedAt >= LookForAStrangerAfter && _sender.TakeMissesDevices()) return true;
        return now - lookedAt >= LookForDevicesEvery && _directory.Count != _registered;
    }

    private async Task LoadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var registered = _directory.Count;
        var devices = new List<DeviceDescriptor>();
        await foreach (var record in _registry.ReadAllAsync(cancellationToken))
        {
            if (record.Descriptor.Connector?.Type == SimulatorDownlinkSender.ConnectorType) devices.Add(record.Descriptor);
        }

        var isFirst = _lookedAt is null;
        _fleet = SimulatedFleet.Build(devices, _table, _options.Seed, _fleet);
        if (isFirst && _memory is not null) await RecallAsync(_memory, cancellationToken);
        _plan = new ReportingPlan(_fleet, _options.RatePerSecond, _options.Seed);
        _gone.Clear();
        _sender.Serve(_fleet);
        (_registered, _lookedAt) = (registered, now);
        LogLoaded(_logger, _fleet.Count, _fleet.Reporting);
    }

    private async Task RecallAsync(FieldMemory memory, CancellationToken cancellationToken)
    {
        try
        {
            await memory.LoadAsync(cancellationToken);
        }
        catch (FormatException exception)
        {
            // Not ours to overwrite: the controllers run the programs that they were made with, and keep nothing in this run.
            LogMemoryRefused(_logger, exception.Message);
            _memory = null;
            return;
        }

        foreach (var (device, kept) in memory.Controllers) _fleet.Recall(device, kept);
    }

    private async ValueTask<TimeSpan?> ObeyAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var told = default(HashSet<string>);
        for (var obeyed = 0; obeyed < BatchSize && _sender.Waiting.TryRead(out var message);)
        {
            // Whoever hears the same message obeys at the same instant, however many they are.
            var downlink = message.Downlink;
            foreach (var (device, version) in message.Members)
            {
                _fleet.Obey(device, downlink.Name, downlink.Arguments, now, version, downlink.Program);
                (told ??= new HashSet<string>(StringComparer.Ordinal)).Add(device);
            }

            obeyed += message.Members.Length;
        }

        // Kept before it is reported: a controller does not forget what Grid has seen it do.
        if (told is not null) await KeepAsync(told, cancellationToken);
        return await AnswerAsync(now, cancellationToken);
    }

    private async ValueTask KeepAsync(IEnumerable<string> devices, CancellationToken cancellationToken)
    {
        var kept = new List<(string, ControllerMemory)>();
        foreach (var device in devices)
        {
            if (_toAnswer.Add(device)) _answers.Enqueue(device);
            if (_fleet.MemoryOf(device) is { } controller) kept.Add((device, controller));
        }

        if (kept.Count > 0 && _memory is not null) await _memory.KeepAsync(kept, cancellationToken);
    }

    /// <summary>Each that was told something says once where it stands, some in a tick.</summary>
    private async ValueTask<TimeSpan?> AnswerAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_answers.Count == 0) return null;
        var answers = new List<IncomingReading>();
        while (answers.Count < BatchSize && _answers.TryDequeue(out var device))
        {
            _toAnswer.Remove(device);
            if (_fleet.Read(device, now, answers.Count) is { } reading) answers.Add(reading);
        }

        return await SubmitAsync(answers, cancellationToken);
    }

    private async ValueTask<TimeSpan?> SubmitAsync(List<IncomingReading> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return null;
        var result = await _intake.SubmitAsync(batch, IntakeClass.Simulator, cancellationToken);
        if (result.RetryAfter is { } pause)
        {
            Count(batch.Sum(ReadingsIn), "shed");
            return pause;
        }

        Count(result.Accepted, "accepted");
        Count(result.Rejected.Length, "rejected");
        foreach (var rejection in result.Rejected)
        {
            if (rejection.Field == "device") _gone.Add(batch[rejection.Index].Device);
            else LogRejected(_logger, rejection.Device, rejection.Field, rejection.Reason);
        }

        return null;
    }

    private void Count(long readings, string outcome)
    {
        if (readings > 0) _readings.Add(readings, new KeyValuePair<string, object?>("outcome", outcome));
    }

    [LoggerMessage(EventId = 2200, Level = LogLevel.Information, Message = "The simulator drives {Devices} devices, of which {Reporting} report")]
    private static partial void LogLoaded(ILogger logger, int devices, int reporting);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Error, Message = "Simulated controllers forget what they were told: {Reason}")]
    private static partial void LogMemoryRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 2201, Level = LogLevel.Warning, Message = "A simulated reading of {Device} was rejected: {Field} {Reason}")]
    private static partial void LogRejected(ILogger logger, string? device, string field, string reason);
}
