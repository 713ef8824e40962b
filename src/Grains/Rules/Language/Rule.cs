using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Grains.Rules.Language;

/// <summary>A rule: <c>each TARGET when CONDITION for DURATION within SCHEDULE then ACTIONS</c>.</summary>
/// <param name="Target">For which it is judged.</param>
/// <param name="When">What must hold.</param>
/// <param name="ForMilliseconds">For how long without interruption before it counts; 0 for at once.</param>
/// <param name="Within">When it counts; null for always. Of sun and calendar only.</param>
/// <param name="Then">What follows, in order; at least one.</param>
internal sealed record Rule(RuleTarget Target, Expression When, long ForMilliseconds, Expression? Within, Sequence<ActionTerm> Then);

/// <summary>For which a rule is judged: devices, each by itself, or communes.</summary>
/// <param name="Kind">Devices of that kind; null for those that know all that the condition names.</param>
/// <param name="IsCommune">Communes, and no device.</param>
/// <param name="Where">What attributes a device must have; empty for any.</param>
internal sealed record RuleTarget(DeviceKind? Kind, bool IsCommune, Sequence<AttributeFilter> Where)
{
    /// <summary>Nothing was said.</summary>
    public static RuleTarget Any { get; } = new(null, false, []);
}

/// <summary>An attribute that a device must have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Operator">How it compares; a text or a flag is equal or not.</param>
/// <param name="Value">With what.</param>
internal sealed record AttributeFilter(string Name, ComparisonOperator Operator, AttributeValue Value)
{
    public Origin At { get; init; }
}

/// <summary>Items in order, equal when each is.</summary>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(Sequence), nameof(Sequence.Of))]
internal readonly struct Sequence<T>(ImmutableArray<T> items) : IEquatable<Sequence<T>>, IEnumerable<T>
{
    public ImmutableArray<T> Items { get; } = items;

    public int Count => Items.IsDefault ? 0 : Items.Length;

    public bool Equals(Sequence<T> other) => this.SequenceEqual(other);

    public override bool Equals(object? obj) => obj is Sequence<T> other && Equals(other);

    public override int GetHashCode()
    {
        var hash = Count;
        foreach (var item in this)
        {
            hash = (hash * 31) + EqualityComparer<T>.Default.GetHashCode(item!);
        }

        return hash;
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)(Items.IsDefault ? [] : Items)).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Makes sequences.</summary>
internal static class Sequence
{
    public static Sequence<T> Of<T>(ReadOnlySpan<T> items) => new([.. items]);
}
