namespace Grid.Connectors.Simulator.Demo;

/// <summary>Shares out a whole number by weights: largest remainder (Hamilton), in exact integers.</summary>
internal static class Apportionment
{
    /// <summary>
    /// Shares that add up to <paramref name="total"/>, each its exact quota rounded down or up. Equal remainders go to the larger weight, then to the lower index.
    /// </summary>
    /// <param name="total">What to share out, at least 0.</param>
    /// <param name="weights">At least 0, not all 0 unless the total is 0.</param>
    public static int[] Share(int total, ReadOnlySpan<long> weights)
    {
        Int128 sum = 0;
        foreach (var weight in weights) sum += weight;
        var shares = new int[weights.Length];
        if (total == 0) return shares;
        if (sum == 0) throw new ArgumentException("nothing has a weight", nameof(weights));

        var remainders = new (Int128 Remainder, long Weight, int Index)[weights.Length];
        var given = 0;
        for (var index = 0; index < weights.Length; index++)
        {
            var (quota, remainder) = Int128.DivRem((Int128)total * weights[index], sum);
            shares[index] = (int)quota;
            given += shares[index];
            remainders[index] = (remainder, weights[index], index);
        }

        Array.Sort(remainders, static (a, b) =>
        {
            var order = b.Remainder.CompareTo(a.Remainder);
            if (order == 0) order = b.Weight.CompareTo(a.Weight);
            return order == 0 ? a.Index.CompareTo(b.Index) : order;
        });
        for (var next = 0; given < total; next++, given++) shares[remainders[next].Index]++;
        return shares;
    }
}
