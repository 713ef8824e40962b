using Grid.Contracts.Storage;
using Grid.Simulation;
using Grid.Simulation.Machine;
using Grid.Simulation.Stores;
using Grid.Tests.Storage;
using Orleans.Storage;

namespace Grid.Tests.Simulation.Stores;

/// <summary>A store of a process that nothing goes wrong in: what it keeps outlives it.</summary>
internal sealed class QuietProcess : IAsyncDisposable
{
    private readonly World _world = new(SmallWorld.Of(1) with { Clients = 0 });

    public QuietProcess() => Operations = new Operations(_world, new ProcessClock(_world.Clock), _ => throw new InvalidOperationException("Nothing dies here."));

    public Operations Operations { get; }

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
