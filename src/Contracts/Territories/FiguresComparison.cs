namespace Grid.Contracts.Territories;

/// <summary>Equality of figures by value: records compare their arrays by reference.</summary>
public static class FiguresComparison
{
    /// <summary>True when every figure is the same.</summary>
    public static bool AreEqual(TerritoryFigures left, TerritoryFigures right) =>
        ReferenceEquals(left, right)
        || (left.Kinds.Length == right.Kinds.Length && left.Kinds.Zip(right.Kinds).All(pair => AreEqual(pair.First, pair.Second)));

    private static bool AreEqual(KindFigures left, KindFigures right) =>
        left with { ByStatus = right.ByStatus, ByLocalLevel = right.ByLocalLevel, Days = right.Days } == right
        && left.ByStatus.SequenceEqual(right.ByStatus)
        && left.ByLocalLevel.SequenceEqual(right.ByLocalLevel)
        && left.Days.SequenceEqual(right.Days);
}
