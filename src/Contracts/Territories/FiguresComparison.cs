namespace Grid.Contracts.Territories;

/// <summary>Equality of figures by value: records compare their arrays by reference.</summary>
public static class FiguresComparison
{
    /// <summary>True when every figure is the same.</summary>
    public static bool AreEqual(TerritoryFigures left, TerritoryFigures right) =>
        ReferenceEquals(left, right) || AreEqual(left.Kinds.AsSpan(), right.Kinds.AsSpan());

    private static bool AreEqual(ReadOnlySpan<KindFigures> left, ReadOnlySpan<KindFigures> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var index = 0; index < left.Length; index++)
        {
            if (!AreEqual(left[index], right[index]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreEqual(KindFigures left, KindFigures right) =>
        left with { ByStatus = right.ByStatus, ByLocalLevel = right.ByLocalLevel, Days = right.Days, SavedDays = right.SavedDays, AlarmStarts = right.AlarmStarts } == right
        && left.ByStatus.AsSpan().SequenceEqual(right.ByStatus.AsSpan())
        && left.ByLocalLevel.AsSpan().SequenceEqual(right.ByLocalLevel.AsSpan())
        && left.Days.AsSpan().SequenceEqual(right.Days.AsSpan())
        && left.SavedDays.AsSpan().SequenceEqual(right.SavedDays.AsSpan())
        && left.AlarmStarts.AsSpan().SequenceEqual(right.AlarmStarts.AsSpan());
}
