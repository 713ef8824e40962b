using System.Security.Cryptography;
using Grid.Contracts.Storage;

namespace Grid.Storage.Keys;

/// <summary>The machine's cryptographic source.</summary>
public sealed class MachineRandom : ISecretRandom
{
    /// <inheritdoc />
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
