using System.Globalization;

namespace Grid.Simulation;

/// <summary>
/// Everything that happens in a world, in order, as a hash that two runs of the same seed share, and as lines for people when they are wanted.
/// </summary>
/// <param name="clock">The world's time.</param>
/// <param name="lines">Where lines go, null for nowhere.</param>
public sealed class Trace(TimeProvider clock, TextWriter? lines)
{
    private const ulong Prime = 0x100000001B3;

    private ulong _hash = 0xCBF29CE484222325;

    /// <summary>Events so far.</summary>
    public long Count { get; private set; }

    /// <summary>The hash of all events so far, 16 hexadecimal digits.</summary>
    public string Hash => _hash.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>True when lines are wanted: what is only for them is worth its cost.</summary>
    public bool HasLines => lines is not null;

    /// <summary>Something happened.</summary>
    /// <param name="what">One of a few fixed words.</param>
    /// <param name="who">To whom.</param>
    /// <param name="first">A number that tells it from others.</param>
    /// <param name="second">Another.</param>
    public void Add(string what, string? who = null, long first = 0, long second = 0)
    {
        Count++;
        var ticks = clock.GetUtcNow().UtcTicks;
        Mix((ulong)ticks);
        Mix(what);
        Mix(who ?? "");
        Mix((ulong)first);
        Mix((ulong)second);
        lines?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{new DateTime(ticks, DateTimeKind.Utc):dd HH:mm:ss.fff} {what,-18} {who} {(first == 0 && second == 0 ? "" : $"{first} {second}")}"));
    }

    /// <summary>Something for people only: it is in the lines, not in the hash.</summary>
    public void Say(string text) =>
        lines?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():dd HH:mm:ss.fff} # {text}"));

    /// <summary>A hash of bytes, for an event's number.</summary>
    public static long HashOf(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xCBF29CE484222325UL;
        while (bytes.Length >= 8)
        {
            hash = System.Numerics.BitOperations.RotateLeft((hash ^ BitConverter.ToUInt64(bytes)) * 0x9E3779B97F4A7C15, 29);
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            hash = (hash ^ value) * Prime;
        }

        return (long)hash;
    }

    private void Mix(ulong value) => _hash = System.Numerics.BitOperations.RotateLeft((_hash ^ value) * 0x9E3779B97F4A7C15, 31);

    private void Mix(string text)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var character in text)
        {
            hash = (hash ^ character) * Prime;
        }

        Mix(hash);
    }
}
