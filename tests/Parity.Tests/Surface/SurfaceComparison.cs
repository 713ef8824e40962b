namespace Grid.Tests.Parity.Surface;

/// <summary>Finds what one surface offers and another lacks or signs differently. Offering less is fine: what is not there does not compile.</summary>
internal static class SurfaceComparison
{
    public static IEnumerable<string> Differences(PublicSurface ours, PublicSurface official, IEnumerable<string> types)
    {
        foreach (var type in types.Order(StringComparer.Ordinal))
        {
            if (!official.Has(type))
            {
                yield return $"{type}: there is no such type";
                continue;
            }

            foreach (var fact in ours[type].Where(f => !official[type].Contains(f)))
            {
                var alike = official[type].Where(f => Subject(f) == Subject(fact)).ToArray();
                yield return alike.Length == 0 ? $"{fact}: there is none" : $"{fact}: it is {string.Join(" | ", alike)}";
            }
        }
    }

    /// <summary>The member, or the type and the word that says which of its facts it is.</summary>
    private static string Subject(string fact) => fact.IndexOf("::", StringComparison.Ordinal) is > 0 and var member
        ? fact[..(member + 2 + fact.AsSpan(member + 2).IndexOfAny('(', ' ', '<'))]
        : string.Join(' ', fact.Split(' ').Take(3));
}
