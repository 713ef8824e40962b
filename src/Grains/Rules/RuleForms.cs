using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules;

/// <summary>Reads what somebody wrote, in whichever form, and says what is wrong with it. Pure.</summary>
internal static class RuleForms
{
    private const int NameLength = 200;
    private const int SirenLength = 9;

    /// <summary>A device for a rule of communes.</summary>
    public static readonly BilingualText NoTerritory = new(
        "doit être un territoire : la règle vaut pour chaque commune", "must be a territory: the rule is for each commune");

    /// <summary>What a scope may be.</summary>
    public static readonly BilingualText ScopeForms = new(
        "doit être device:ID, commune:INSEE, syndicate:SIREN, department:CODE ou all", "must be device:ID, commune:INSEE, syndicate:SIREN, department:CODE or all");

    /// <summary>The rule; null with problems.</summary>
    public static Rule? Read(RuleDraft draft, ITerritoryTable table, out ImmutableArray<RuleProblem> problems)
    {
        var found = ImmutableArray.CreateBuilder<RuleProblem>();
        if (draft.Name.Length is 0 or > NameLength)
        {
            found.Add(RuleProblem.Of("name", new($"doit avoir 1 à {NameLength} caractères", $"must have 1 to {NameLength} characters")));
        }

        if (RefuseScope(draft.Scope, table) is { } reason)
        {
            found.Add(RuleProblem.Of("scope", reason));
        }

        var reading = (draft.Text, draft.Json) switch
        {
            ({ } text, null) => RuleText.Read(text),
            (null, { } json) => RuleJson.Read(json),
            _ => default,
        };
        if (reading.Faults.IsDefault)
        {
            found.Add(RuleProblem.Of("text", new(
                "doit être donné, ou la forme JSON comme rule, et pas les deux", "must be given, or the JSON form as rule, and not both")));
        }
        else
        {
            found.AddRange(reading.Faults.Select(ProblemOf));
        }

        if (reading.Rule is { Target.IsCommune: true } && RuleScopes.DeviceOf(draft.Scope) is not null)
        {
            found.Add(RuleProblem.Of("scope", NoTerritory));
        }

        if (reading.Rule is { } rule && WhyNot(rule) is { } why)
        {
            found.Add(RuleProblem.Of(draft.Text is null ? "rule" : "text", why));
        }

        problems = found.DrainToImmutable();
        return problems.IsEmpty ? reading.Rule : null;
    }

    /// <summary>Why a rule that is right cannot be evaluated; null when it can.</summary>
    private static BilingualText? WhyNot(Rule rule) => RuleChecker.FactsOf(rule).Needs switch
    {
        RuleNeeds.Commune when SectorTerms.Others(rule).FirstOrDefault() is { } other =>
            Unknown(other, new("des chiffres ou des groupes de la commune", "figures or groups of the commune")),
        RuleNeeds.Sector when SectorTerms.Others(rule).FirstOrDefault() is { } other => Unknown(other, new("des voisins ou des alarmes", "neighbours or alarms")),
        _ => null,
    };

    private static BilingualText Unknown(Expression other, BilingualText asked) => new(
        $"demande {asked.Fr}, et connaît donc des équipements leurs conditions, leur état et since(heard), mais pas {RulePrinter.Print(other)}",
        $"asks for {asked.En}, and so knows of devices their conditions, their status and since(heard), but not {RulePrinter.Print(other)}");

    private static RuleProblem ProblemOf(RuleFault fault) => fault.At.Path is { } path
        ? RuleProblem.Of(path == "$" ? "rule" : "rule" + path[1..], fault.Reason)
        : RuleProblem.Of("text", fault.Line) with { Line = fault.At.Line, Column = fault.At.Column };

    private static BilingualText? RefuseScope(string scope, ITerritoryTable table)
    {
        if (scope == TerritoryRules.All)
        {
            return null;
        }

        var at = scope.IndexOf(':', StringComparison.Ordinal);
        var (word, key) = at < 0 ? (scope, "") : (scope[..at], scope[(at + 1)..]);
        return word switch
        {
            "device" => DescriptorRules.IsKey(key) ? null : new BilingualText("doit nommer la clé d’un équipement", "must name the key of a device"),
            "commune" => table.FindCommune(key) is not null ? null : new BilingualText("ne nomme aucune commune connue", "names no known commune"),
            "syndicate" => key.Length == SirenLength && key.All(char.IsAsciiDigit)
                ? null
                : new BilingualText("doit nommer un code SIREN de 9 chiffres", "must name a SIREN code of 9 digits"),
            "department" => table.FindDepartment(key) is not null ? null : new BilingualText("ne nomme aucun département connu", "names no known department"),
            _ => ScopeForms,
        };
    }
}
