using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Orleans.Runtime;

/// <summary>The text of an identifier, with a hash that is the same in every process.</summary>
public readonly struct IdSpan : IEquatable<IdSpan>, IComparable<IdSpan>
{
    private readonly string? _value;
    private readonly int _hash;

    private IdSpan(string value)
    {
        _value = value;
        _hash = StableTextHash.Of(value);
    }

    internal IdSpan(string value, int hash)
    {
        _value = value;
        _hash = hash;
    }

    public bool IsDefault => string.IsNullOrEmpty(_value);

    internal string Text => _value ?? "";

    internal int Hash => _hash;

    public static IdSpan Create(string id) => new(id ?? throw new ArgumentNullException(nameof(id)));

    public bool Equals(IdSpan obj) => _hash == obj._hash && string.Equals(_value, obj._value, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IdSpan other && Equals(other);

    public override int GetHashCode() => _hash;

    public int CompareTo(IdSpan other) => string.CompareOrdinal(_value, other._value);

    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);

    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);

    public override string ToString() => _value ?? "";
}

/// <summary>A hash of text that does not differ per process: partitions and deterministic runs depend on it.</summary>
internal static class StableTextHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15UL;

    public static int Of(string text)
    {
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        var hash = (ulong)text.Length * Multiplier;
        while (bytes.Length >= 8)
        {
            hash = (ulong.RotateLeft(hash, 29) ^ MemoryMarshal.Read<ulong>(bytes)) * Multiplier;
            bytes = bytes[8..];
        }

        while (bytes.Length >= 2)
        {
            hash = (ulong.RotateLeft(hash, 11) ^ MemoryMarshal.Read<ushort>(bytes)) * Multiplier;
            bytes = bytes[2..];
        }

        hash ^= hash >> 32;
        hash *= Multiplier;
        return (int)(hash >> 32);
    }
}
