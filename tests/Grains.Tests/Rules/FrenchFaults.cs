using System.Text.RegularExpressions;
using Grid.Grains.Rules.Language;

namespace Grid.Tests.Grains.Rules;

/// <summary>Judges what a fault says in French beside what it says in English.</summary>
internal static partial class FrenchFaults
{
    /// <summary>Words of English that are neither French nor of the rule language.</summary>
    private static readonly string[] English =
        ["the", "an", "with", "without", "such", "as", "one", "another", "number", "which", "what", "nothing", "must", "at", "most", "that", "device", "devices", "quotes", "found", "expected", "than"];

    /// <summary>True for a text that has English words outside quotes.</summary>
    public static bool IsEnglish(string text) => WordsIn().Matches(Quoted().Replace(text, " ")).Any(word => English.Contains(word.Value, StringComparer.OrdinalIgnoreCase));

    /// <summary>What stands in quotes, in order: words of the rule language, or of who wrote.</summary>
    public static string[] QuotedIn(string text) => [.. Quoted().Matches(text).Select(match => match.Value)];

    /// <summary>Both languages say something, and the same only where it is no language: a quotation, or an argument with its value.</summary>
    public static void Judge(RuleFault fault, string from)
    {
        Assert.True(fault.Found.Fr.Length > 0 && fault.Expected.Fr.Length > 0, from);
        Assert.True(fault.Found.Fr != fault.Found.En || SameInBoth().IsMatch(fault.Found.En), from);
        Assert.True(fault.Expected.Fr != fault.Expected.En || SameInBoth().IsMatch(fault.Expected.En), from);
        Assert.False(IsEnglish(fault.Expected.Fr), fault.Expected.Fr);
    }

    [GeneratedRegex(@"(?<!\w)'[^']*'(?!\w)|""[^""]*""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex WordsIn();

    [GeneratedRegex(@"^'.*'$|^"".*""$|^\w+: -?[\d.]+$", RegexOptions.Singleline)]
    private static partial Regex SameInBoth();
}
