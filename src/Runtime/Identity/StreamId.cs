using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>Who a stream is: its namespace and its key. Written <c>namespace/key</c>, or <c>null/key</c> without a namespace.</summary>
public readonly struct StreamId : IEquatable<StreamId>, IComparable<StreamId>
{
    private readonly string? _namespace;
    private readonly IdSpan _key;

    private StreamId(string? ns, string key)
    {
        _namespace = string.IsNullOrEmpty(ns) ? null : ns;
        _key = IdSpan.Create(key);
    }

    internal IdSpan KeySpan => _key;

    public static StreamId Create(string? ns, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new StreamId(ns, key);
    }

    public string GetKeyAsString() => _key.ToString();

    public string? GetNamespace() => _namespace;

    public bool Equals(StreamId other) =>
        _key.Equals(other._key) && string.Equals(_namespace, other._namespace, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is StreamId other && Equals(other);

    public override int GetHashCode() => GrainId.Combine(_namespace is null ? 0 : StableTextHash.Of(_namespace), _key.GetHashCode());

    public int CompareTo(StreamId other)
    {
        var byNamespace = string.CompareOrdinal(_namespace, other._namespace);
        return byNamespace != 0 ? byNamespace : _key.CompareTo(other._key);
    }

    public static bool operator ==(StreamId s1, StreamId s2) => s1.Equals(s2);

    public static bool operator !=(StreamId s1, StreamId s2) => !s1.Equals(s2);

    public override string ToString() => $"{_namespace ?? "null"}/{_key}";
}
