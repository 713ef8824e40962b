using Grid.Contracts.Storage;
using Grid.Simulation;
using Grid.Simulation.Machine;
using Grid.Simulation.Stores;
using Grid.Storage;
using Grid.Storage.ReadingLog;
using Grid.Tests.Storage;
using Grid.Tests.Storage.ReadingLog;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace Grid.Tests.Simulation.Stores;

/// <summary>A store of a process that nothing goes wrong in: what it keeps outlives it.</summary>
internal sealed class QuietProcess : IAsyncDisposable
{
    private readonly World _world = new(SmallWorld.Of(1) with { Clients = 0 });

    private readonly ProcessClock _clock;

    public QuietProcess()
    {
        _clock = new ProcessClock(_world.Clock);
        Operations = new Operations(_world, _clock, _ => throw new InvalidOperationException("Nothing dies here."));
    }

    public Operations Operations { get; }

    public ILogFiles FilesOn(SimulatedDisk disk) => new SimulatedLogFiles(_world, disk, Operations, _clock);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The simulated registry does what every device registry does.</summary>
public sealed class SimulatedDeviceRegistryTests : DeviceRegistryConformance
{
    private readonly RegistryRecords _records = new();

    protected override Task<(IDeviceRegistry Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var process = new QuietProcess();
        return Task.FromResult<(IDeviceRegistry, IAsyncDisposable)>((new SimulatedRegistry(_records, process.Operations), process));
    }
}

/// <summary>The simulated registry does what every registry of bodies does.</summary>
public sealed class SimulatedBodyRegistryTests : BodyRegistryConformance
{
    private readonly RegistryRecords _records = new();

    protected override Task<(IBodyRegistry Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var process = new QuietProcess();
        return Task.FromResult<(IBodyRegistry, IAsyncDisposable)>((new SimulatedRegistry(_records, process.Operations), process));
    }
}

/// <summary>The simulated outbox of notifications does what every one does.</summary>
public sealed class SimulatedNotificationOutboxTests : NotificationOutboxConformance
{
    private readonly NotificationRecords _records = new();

    protected override Task<(INotificationOutbox Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var process = new QuietProcess();
        return Task.FromResult<(INotificationOutbox, IAsyncDisposable)>((new SimulatedNotificationOutbox(_records, process.Operations), process));
    }
}

/// <summary>The reading log's own code does over the simulated disk what every reading log does.</summary>
public sealed class SimulatedDiskReadingLogTests : ReadingLogConformance
{
    private readonly SimulatedDisk _disk = new(losesPower: true);

    protected override async Task<(IReadingLog Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        // A segment of the least size: a checkpoint lets some of them go.
        var options = new ReadingLogOptions { SegmentBytes = 64 << 10, MaximumRetainedBytes = 1 << 30 };
        var log = new SegmentedReadingLog(options, TimeProvider.System, new StorageMetrics(), NullLogger<SegmentedReadingLog>.Instance);
        await log.OpenAsync(new QuietProcess().FilesOn(_disk));
        return (log, log);
    }
}

/// <summary>The simulated grain storage does what every grain storage does.</summary>
public sealed class SimulatedGrainStorageTests : GrainStorageConformance
{
    private readonly GrainRecords _records = new();

    protected override Task<(IGrainStorage Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var process = new QuietProcess();
        return Task.FromResult<(IGrainStorage, IAsyncDisposable)>((new SimulatedGrainStorage(_records, process.Operations, copiesStates: false), process));
    }
}
