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

    /// <summary>Too many rules to look at all.</summary>
    public static readonly BilingualText NotAllCompared = new(
        "Trop de règles publiées agissent sur ce que d’autres regardent : elles n’ont pas toutes été comparées, et il peut y avoir d’autres boucles.",
        "Too many published rules act on what others look at: not all were compared, and there may be other loops.");

    /// <summary>A rule moves what it looks at itself.</summary>
    public static BilingualText FeedsItself(string name, string by, string seen) => new(
        $"La règle « {name} » s’alimente elle-même : par '{by}' elle agit sur {seen}, qu’elle regarde. Une commande qui en découle est coupée.",
        $"Rule “{name}” feeds itself: by '{by}' it moves {seen}, at which it looks. A command that follows from it is cut.");

    /// <summary>A rule moves what another looks at.</summary>
    public static BilingualText Link(string from, string by, string seen, string to) => new(
        $"« {from} » agit par '{by}' sur {seen}, que regarde « {to} »", $"“{from}” by '{by}' moves {seen}, at which “{to}” looks");

    /// <summary>The links of a loop.</summary>
    public static BilingualText Loop(BilingualText links) => new(
        $"Boucle de règles : {links.Fr}. Une commande qui fait le tour est coupée.", $"Loop of rules: {links.En}. A command that goes round is cut.");
}
