using System.Collections.Immutable;
using Grid.Contracts.Alarms;

namespace Grid.Grains.Alarms;

/// <summary>Whether what a cause brings about in several sectors is one alarm, and whose. Pure.</summary>
public static class CauseRules
{
    /// <summary>
    /// What speaks for the loss of a network server: the devices behind gateways that are out say nothing of it, and are taken out. Only when nothing is left, and more than one gateway is out, it is what these have in
    /// common: then all count.
    /// </summary>
    /// <param name="all">Of the network as a whole.</param>
    /// <param name="gateways">Of those of its gateways that are out.</param>
    public static CauseShare OfNetwork(CauseShare all, IReadOnlyCollection<CauseShare> gateways)
    {
        var left = new CauseShare(all.Active - gateways.Sum(gateway => gateway.Active), all.Behind - gateways.Sum(gateway => gateway.Behind));
        return left.Behind <= 0 && gateways.Count > 1 ? all : left;
    }

    /// <summary>
    /// As long as it holds anywhere, the one alarm stays where it is, and sectors in which it begins to hold come under it. It begins when one sector has made an alarm of it and another has any behind it, in the
    /// one that has its alarm longest; it ends when none has any.
    /// </summary>
    /// <param name="home">The sector with the one alarm; null for none.</param>
    /// <param name="sectors">Those that are told so.</param>
    /// <param name="glances">What each has that is known to have or to have had some.</param>
    public static (string? Home, ImmutableArray<string> Sectors) Next(string? home, ImmutableArray<string> sectors, IReadOnlyDictionary<string, AlarmCauseGlance> glances)
    {
        ImmutableArray<string> active = [.. glances.Where(pair => pair.Value.Active > 0).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        if (home is not null)
        {
            return active.IsEmpty ? (null, []) : (home, [.. sectors.Union(active, StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        }

        var first = glances.Where(pair => pair.Value.IsStorm).OrderBy(pair => pair.Value.Since).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key).FirstOrDefault();
        return first is null || active.Length < 2 ? (null, []) : (first, [.. active.Append(first).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}

/// <summary>How many devices behind a cause are silent, or otherwise without what they hang on.</summary>
/// <param name="Active">Of how many that holds.</param>
/// <param name="Behind">Devices that hang on it.</param>
public readonly record struct CauseShare(int Active, int Behind);
