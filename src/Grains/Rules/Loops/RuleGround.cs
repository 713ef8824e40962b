using System.Collections.Frozen;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Loops;

/// <summary>Where a rule holds.</summary>
/// <param name="Scope">Its scope as it is written: rules of the same scope stand on the same ground.</param>
/// <param name="Device">The only device; null for more.</param>
/// <param name="Communes">INSEE codes; null for anywhere, also where nobody knows.</param>
internal sealed record RuleGround(string Scope, string? Device, FrozenSet<string>? Communes)
{
    /// <summary>Of a rule of which nobody has asked yet where it holds.</summary>
    public static RuleGround Nowhere { get; } = new("", null, FrozenSet<string>.Empty);

    /// <summary>Whether there is a commune in which both hold.</summary>
    public bool Meets(RuleGround other)
    {
        if (Scope == other.Scope || Communes is null || other.Communes is null)
        {
            return true;
        }

        var (few, many) = Communes.Count < other.Communes.Count ? (Communes, other.Communes) : (other.Communes, Communes);
        return few.Any(many.Contains);
    }

    /// <summary>Whether there can be a device that has all of these attributes: two that contradict each other, no device has.</summary>
    public static bool CanPassBoth(Sequence<AttributeFilter> one, Sequence<AttributeFilter> other) =>
        !one.Any(filter => other.Any(more => more.Name == filter.Name && (Contradicts(filter, more) || Contradicts(more, filter))));

    private static bool Contradicts(AttributeFilter filter, AttributeFilter more)
    {
        if (filter.Operator == ComparisonOperator.NotEqual || (filter.Operator == ComparisonOperator.Equal && more.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual))
        {
            return filter.Operator == ComparisonOperator.Equal && (filter.Value == more.Value) == (more.Operator == ComparisonOperator.NotEqual);
        }

        if (more.Operator == ComparisonOperator.NotEqual)
        {
            return false;
        }

        // What is greater or less than something is a number.
        if (filter.Value.Number is not { } one || more.Value.Number is not { } other)
        {
            return true;
        }

        var (isOpen, isOtherOpen) = (filter.Operator is ComparisonOperator.Greater or ComparisonOperator.Less, more.Operator is ComparisonOperator.Greater or ComparisonOperator.Less);
        return HasUpper(more.Operator) && HasLower(filter.Operator) && (one > other || (one == other && (isOpen || isOtherOpen)));
    }

    private static bool HasUpper(ComparisonOperator comparison) => comparison is ComparisonOperator.Less or ComparisonOperator.LessOrEqual or ComparisonOperator.Equal;

    private static bool HasLower(ComparisonOperator comparison) => comparison is ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual or ComparisonOperator.Equal;
}
