using Grid.Contracts.Storage;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Machine;

/// <summary>Keys and nonces of a world: as random as the world is, and the same for the same seed.</summary>
internal sealed class ChanceRandom(Chance chance) : ISecretRandom
{
    public void Fill(Span<byte> bytes)
    {
        foreach (ref var value in bytes)
        {
            value = (byte)chance.Below(256);
        }
    }
}
