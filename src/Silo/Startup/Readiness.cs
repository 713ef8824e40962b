using Grid.Client.Health;
using Grid.Silo.Hosting;

namespace Grid.Silo.Startup;

/// <summary>Says what the program waits for until it is ready, and how far it has caught up.</summary>
internal sealed class Readiness : IReadiness, IGridRuntime
{
    private volatile string? _waitsFor = "the start";
    private volatile RecoveryProgress _recovery = new(false, 0, 0);

    /// <inheritdoc/>
    public string? WaitsFor => _waitsFor;

    /// <inheritdoc/>
    public RecoveryProgress Recovery => _recovery;

    /// <inheritdoc/>
    public string Name => GrainHosting.RuntimeName;

    /// <summary>Null: ready.</summary>
    public void Set(string? waitsFor) => _waitsFor = waitsFor;

    /// <summary>How far the figures are.</summary>
    public void SetRecovery(RecoveryProgress recovery) => _recovery = recovery;
}
