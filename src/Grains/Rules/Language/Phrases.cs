using Grid.Contracts.Notifications;

namespace Grid.Grains.Rules.Language;

/// <summary>
/// Phrases of faults that more than one place says, in both languages. Words of the rule language have one form and stand as they are, in ' ' where they stand as words: so
/// French writes its own apostrophes as ’ here.
/// </summary>
internal static class Phrases
{
    public static readonly BilingualText AnAlarmAspect = new("ce qu’est l’alarme", "what the alarm is");
    public static readonly BilingualText AComparison = new("l’un de > >= < <= = !=", "one of > >= < <= = !=");
    public static readonly BilingualText ACondition = new("une condition", "a condition");
    public static readonly BilingualText AClass = new("une classe", "a class");
    public static readonly BilingualText AGroup = new("un groupe", "a group");
    public static readonly BilingualText AKind = new("un genre d’équipement", "a kind of device");
    public static readonly BilingualText AKindOrCommune = new("commune ou un genre d’équipement", "commune or a kind of device");
    public static readonly BilingualText ANumber = new("un nombre", "a number");
    public static readonly BilingualText APriority = new("une priorité", "a priority");
    public static readonly BilingualText ATimeOfDay = new(
        "une heure du jour comme 22:30, sunset ou civilDawn-00:30", "a time of the day such as 22:30, sunset or civilDawn-00:30");

    /// <summary>A number that has too many decimals should have fewer.</summary>
    public static readonly BilingualText FewDecimals = new(
        $"un nombre d’au plus {RuleLimits.Decimals} décimales", $"a number with at most {RuleLimits.Decimals} decimals");

    /// <summary>What both languages write the same: words of the rule language, signs and numbers.</summary>
    public static BilingualText Same(string text) => new(text, text);

    /// <summary>A bound.</summary>
    public static BilingualText AtMost(int most) => new($"au plus {most}", $"at most {most}");

    public static BilingualText OneOf(IEnumerable<string> words)
    {
        var list = string.Join(", ", words);
        return new BilingualText($"l’un de {list}", $"one of {list}");
    }

    /// <summary>Something, and the words that it can be.</summary>
    public static BilingualText OneOf(BilingualText what, IEnumerable<string> words)
    {
        var one = OneOf(words.Order(StringComparer.Ordinal));
        return new BilingualText($"{what.Fr} : {one.Fr}", $"{what.En}: {one.En}");
    }

    /// <summary>The words with 'or' between them.</summary>
    public static BilingualText Either(IReadOnlyCollection<string> words) => new(string.Join(" ou ", words), string.Join(" or ", words));
}
