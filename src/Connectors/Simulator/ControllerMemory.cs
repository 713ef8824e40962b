using System.Collections.Immutable;
using Grid.Contracts.Lighting;

namespace Grid.Connectors.Simulator;

/// <summary>What a controller in the field keeps while Grid is down: its program, and for each of its lights what it was told.</summary>
public sealed record ControllerMemory
{
    /// <summary>Version of the program that it runs; 0 before the first.</summary>
    public long ProgramVersion { get; init; }

    /// <summary>The program, shared by all controllers that run it; null before the first.</summary>
    public ControllerProgram? Program { get; init; }

    /// <summary>A lamp's light, or those of a cabinet's segments.</summary>
    public required ImmutableArray<LightMemory> Lights { get; init; }
}

/// <summary>What is kept of one light. Seconds count from the simulator's origin.</summary>
/// <param name="Version">Version of the desired state that it obeys.</param>
/// <param name="From">When it was told something last: its counters are those of that moment.</param>
/// <param name="Until">Until when it is at <paramref name="Level"/>; infinite for ever, and <paramref name="From"/> when it is not.</param>
/// <param name="Level">Level until then, 0 to 1.</param>
/// <param name="Held">Level that it holds otherwise, 0 to 1; null when it follows its program.</param>
/// <param name="BurningSeconds">Its burning time at <paramref name="From"/>.</param>
/// <param name="WattSeconds">Its energy at <paramref name="From"/>; 0 for a segment, whose lamps are metered by the cabinet.</param>
public readonly record struct LightMemory(long Version, double From, double Until, double Level, double? Held, double BurningSeconds, double WattSeconds);
