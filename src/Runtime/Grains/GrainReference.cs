using System.Diagnostics.CodeAnalysis;
using Grid.Runtime;
using Grid.Runtime.Catalog;
using Grid.Runtime.Execution;

namespace Orleans.Runtime;

/// <summary>A reference to a grain. Two are equal when they name the same grain.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private protected readonly GrainClass Class;
    private protected readonly string Key;
    private protected readonly int Hash;
    private protected readonly ushort PartitionIndex;

    /// <summary>
    /// Where the grain was last found. Written by the thread of its partition; others may read it and pass it on, but only that thread knows whether
    /// it is still true.
    /// </summary>
    internal Activation? Cached;

    private protected GrainReference(GrainClass grainClass, string key, int hash, int partition)
    {
        Class = grainClass;
        Key = key;
        Hash = hash;
        PartitionIndex = (ushort)partition;
    }

    public GrainId GrainId => Class.IdOf(Key);

    internal EmbeddedGrainRuntime Runtime => Class.Runtime;

    internal GrainClass GrainClass => Class;

    internal string KeyText => Key;

    internal int KeyHash => Hash;

    internal Partition Partition => Class.Runtime.Partitions[PartitionIndex];

    internal int PartitionNumber => PartitionIndex;

    public bool Equals(GrainReference? other) =>
        other is not null && Hash == other.Hash && ReferenceEquals(Class, other.Class) && string.Equals(Key, other.Key, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => Hash;

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1 is null ? reference2 is null : reference1.Equals(reference2);

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    public sealed override string ToString() => $"GrainReference:{GrainId}";
}
