namespace Grid.Tests.Contracts;

/// <summary>What was removed (-) and added (+) between two texts, line by line, each under the head (a line without indent) it stands below.</summary>
internal static class LineDifference
{
    public static IEnumerable<string> Between(string[] then, string[] now)
    {
        var before = Blocks(then);
        var after = Blocks(now);
        foreach (var head in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var old = before.GetValueOrDefault(head, []);
            var young = after.GetValueOrDefault(head, []);
            if (old.SequenceEqual(young, StringComparer.Ordinal) && before.ContainsKey(head) == after.ContainsKey(head))
                continue;

            yield return before.ContainsKey(head) ? after.ContainsKey(head) ? $"  {head}" : $"- {head}" : $"+ {head}";
            foreach (var line in old.Except(young, StringComparer.Ordinal))
                yield return $"- {line}";
            foreach (var line in young.Except(old, StringComparer.Ordinal))
                yield return $"+ {line}";
        }
    }

    private static Dictionary<string, List<string>> Blocks(string[] lines)
    {
        var blocks = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var current = new List<string>();
        foreach (var line in lines.Where(l => l.Length > 0))
        {
            if (line.StartsWith(' '))
                current.Add(line);
            else
                blocks[line] = current = [];
        }

        return blocks;
    }
}
