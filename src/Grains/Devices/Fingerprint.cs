using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;

namespace Grid.Grains.Devices;

/// <summary>Hashes that are the same in every process. Two different readings share one with a chance of 1 in 2^63.</summary>
internal static class Fingerprint
{
    private const ulong Offset = 14695981039346656037UL;
    private const ulong Prime = 1099511628211UL;

    /// <summary>Of a session's name; 0 for none and never 0 for one.</summary>
    public static long Of(string? session) => session is null ? 0 : (long)(Mix(Add(Offset, session)) | 1);

    /// <summary>
    /// Of a reading: its values, with its frame counter when it has one and its observed time otherwise (a network that sends a frame again
    /// may stamp it again). Never 0.
    /// </summary>
    public static long Of(ReadingEntry entry, long sequence, long session)
    {
        var hash = sequence >= 0
            ? Add(Add(Offset, (ulong)session), (ulong)sequence)
            : Add(Add(Offset, ulong.MaxValue), (ulong)entry.ObservedAt.ToMilliseconds());
        foreach (var metric in entry.Metrics)
        {
            hash = Add(Add(hash, metric.Name), (ulong)BitConverter.DoubleToInt64Bits(metric.Value));
        }

        return (long)(Mix(hash) | 1);
    }

    /// <summary>Of a version of a rule. Never 0.</summary>
    public static long OfRule(string id, long version) => (long)(Mix(Add(Add(Offset, id), (ulong)version)) | 1);

    /// <summary>Of an action of a rule on a device, by an entry of the log of its sector.</summary>
    public static string OfAction(long rule, string place, long offset, int number) =>
        Mix(Add(Add(Add(Add(Offset, (ulong)rule), place), (ulong)offset), (ulong)number)).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Of a set of rules. Never 0.</summary>
    public static long OfRules(IEnumerable<PublishedRule> rules)
    {
        var hash = Offset;
        foreach (var rule in rules)
        {
            hash = Add(Add(Add(Add(Add(Add(hash, rule.Id), (ulong)rule.Version), rule.Name), rule.Scope), (ulong)rule.Kinds), rule.Json);
        }

        return (long)(Mix(hash) | 1);
    }

    private static ulong Add(ulong hash, ulong value) => Mix((hash ^ value) * Prime);

    /// <summary>Four characters at a time.</summary>
    private static ulong Add(ulong hash, string text)
    {
        var words = MemoryMarshal.Cast<char, ulong>(text);
        foreach (var word in words)
        {
            hash = Add(hash, word);
        }

        foreach (var character in text.AsSpan(words.Length * 4))
        {
            hash = (hash ^ character) * Prime;
        }

        return Add(hash, (ulong)text.Length);
    }

    private static ulong Mix(ulong hash)
    {
        hash ^= hash >> 32;
        hash *= 0xd6e8feb86659fd93UL;
        return hash ^ (hash >> 32);
    }
}
