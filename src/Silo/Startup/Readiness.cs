using Grid.Client.Health;
using Grid.Silo.Hosting;

namespace Grid.Silo.Startup;

/// <summary>Says what the program waits for until it is ready.</summary>
internal sealed class Readiness : IReadiness, IGridRuntime
{
    private volatile string? _waitsFor = "the start";

    /// <inheritdoc/>
    public string? WaitsFor => _waitsFor;

    /// <inheritdoc/>
    public string Name => GrainHosting.RuntimeName;

    /// <summary>Null: ready.</summary>
    public void Set(string? waitsFor) => _waitsFor = waitsFor;
}
