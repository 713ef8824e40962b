namespace Grid.Connectors.Simulator;

/// <summary>
/// Randomness without state: every draw is a function of (key, number), so any instant of any device can be asked for in any order,
/// in any process, and gives the same answer.
/// </summary>
internal static class Seeded
{
    /// <summary>A key for a name under a seed: FNV-1a over UTF-16 units, then mixed.</summary>
    public static ulong Key(ulong seed, ReadOnlySpan<char> name)
    {
        var hash = 14695981039346656037ul;
        foreach (var character in name) hash = (hash ^ character) * 1099511628211ul;
        return Mix(hash ^ Mix(seed));
    }

    /// <summary>A key derived from another one, for another purpose.</summary>
    public static ulong Key(ulong key, long number) => Mix(key + (0x9e3779b97f4a7c15ul * ((ulong)number + 1)));

    /// <summary>Uniform in [0, 1).</summary>
    public static double Unit(ulong key, long number) => (Key(key, number) >> 11) * (1.0 / (1ul << 53));

    /// <summary>Uniform in [from, to).</summary>
    public static double Between(ulong key, long number, double from, double to) => from + ((to - from) * Unit(key, number));

    /// <summary>Smooth noise in (-1, 1): one draw at each whole position, eased in between.</summary>
    public static double Smooth(ulong key, double position)
    {
        var whole = Math.Floor(position);
        var part = position - whole;
        var eased = part * part * (3 - (2 * part));
        var left = Unit(key, (long)whole);
        var right = Unit(key, (long)whole + 1);
        return (2 * (left + ((right - left) * eased))) - 1;
    }

    // The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ul;
        value = (value ^ (value >> 27)) * 0x94d049bb133111ebul;
        return value ^ (value >> 31);
    }
}
