using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Grid.Grains.Intake;

/// <summary>
/// Compares keys of devices, ordinally, as strings or as the UTF-8 that a connector reads: a reading's device is found without making a string.
/// Keys are ASCII of at most <see cref="MaximumLength"/> characters; any other text is equal to none of them.
/// </summary>
internal sealed class DeviceKeyComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    /// <summary>Characters in a key.</summary>
    public const int MaximumLength = 64;

    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    public bool Equals(string? left, string? right) => string.Equals(left, right, StringComparison.Ordinal);

    public bool Equals(ReadOnlySpan<byte> alternate, string other) => Ascii.Equals(alternate, other);

    public int GetHashCode(string key)
    {
        Span<byte> utf8 = stackalloc byte[MaximumLength];
        return key.Length <= MaximumLength && Ascii.FromUtf16(key, utf8, out var count) == OperationStatus.Done ? GetHashCode(utf8[..count]) : 0;
    }

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = (ulong)alternate.Length * Multiplier;
        while (alternate.Length >= sizeof(ulong))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(alternate));
            alternate = alternate[sizeof(ulong)..];
        }

        var rest = 0UL;
        foreach (var value in alternate)
        {
            rest = (rest << 8) | value;
        }

        hash = Mix(hash, rest);
        return (int)(hash >> 32);
    }

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.ASCII.GetString(alternate);

    private static ulong Mix(ulong hash, ulong word) => BitOperations.RotateLeft(hash ^ word, 29) * Multiplier;
}
