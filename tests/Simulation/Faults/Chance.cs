namespace Grid.Simulation.Faults;

/// <summary>Seeded chance. Each user has a stream of its own, so that what one draws changes nothing for another.</summary>
/// <param name="seed">The world's seed.</param>
/// <param name="name">The user.</param>
public sealed class Chance(long seed, string name)
{
    private ulong _state = Key(seed, name);

    /// <summary>From 0, below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True at a rate from 0 to 1; draws nothing for 0.</summary>
    public bool Happens(double rate) => rate > 0 && Unit() < rate;

    /// <summary>From 0, below a bound.</summary>
    public int Below(int bound) => (int)(Unit() * bound);

    /// <summary>From one value, below another.</summary>
    public double Between(double from, double to) => from + (Unit() * (to - from));

    /// <summary>A span between two.</summary>
    public TimeSpan Between(TimeSpan from, TimeSpan to) => from + TimeSpan.FromMilliseconds(Math.Round(Unit() * (to - from).TotalMilliseconds));

    /// <summary>Until the next of events that happen at a rate an hour, independently of each other; at most a year.</summary>
    public TimeSpan Until(double perHour) => TimeSpan.FromMilliseconds(Math.Round(Math.Min(-Math.Log(1 - Unit()) / perHour * 3_600_000, 365.0 * 86_400_000)));

    /// <summary>One of several.</summary>
    public T OneOf<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>An independent stream.</summary>
    public Chance Fork(string part) => new((long)Next(), part);

    // SplitMix64 (Steele, Lea and Flood, 2014).
    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static ulong Key(long seed, string name)
    {
        var key = (ulong)seed * 0x9E3779B97F4A7C15;
        foreach (var character in name)
        {
            key = (key ^ character) * 0x100000001B3;
        }

        return key;
    }
}
