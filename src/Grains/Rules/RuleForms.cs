using System.Collections.Immutable;
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

    /// <summary>The rule; null with problems.</summary>
    public static Rule? Read(RuleDraft draft, ITerritoryTable table, out ImmutableArray<RuleProblem> problems)
    {
        var found = ImmutableArray.CreateBuilder<RuleProblem>();
        if (draft.Name.Length is 0 or > NameLength)
        {
            found.Add(new RuleProblem { Field = "name", Reason = $"must have 1 to {NameLength} characters" });
        }

        if (RefuseScope(draft.Scope, table) is { } reason)
        {
            found.Add(new RuleProblem { Field = "scope", Reason = reason });
        }

        var reading = (draft.Text, draft.Json) switch
        {
            ({ } text, null) => RuleText.Read(text),
            (null, { } json) => RuleJson.Read(json),
            _ => default,
        };
        if (reading.Faults.IsDefault)
        {
            found.Add(new RuleProblem { Field = "text", Reason = "must be given, or the JSON form as rule, and not both" });
        }
        else
        {
            found.AddRange(reading.Faults.Select(ProblemOf));
        }

        if (reading.Rule is { Target.IsCommune: true } && RuleScopes.DeviceOf(draft.Scope) is not null)
        {
            found.Add(new RuleProblem { Field = "scope", Reason = "must be a territory: the rule is for each commune" });
        }

        if (reading.Rule is { } rule && WhyNot(rule) is { } why)
        {
            found.Add(new RuleProblem { Field = draft.Text is null ? "rule" : "text", Reason = why });
        }

        problems = found.DrainToImmutable();
        return problems.IsEmpty ? reading.Rule : null;
    }

    /// <summary>Why a rule that is right cannot be evaluated; null when it can.</summary>
    private static string? WhyNot(Rule rule) => RuleChecker.FactsOf(rule).Needs switch
    {
        RuleNeeds.Commune when SectorTerms.Others(rule).FirstOrDefault() is { } other =>
            $"asks for figures or groups of the commune, and so knows of devices their conditions, their status and since(heard), but not {RulePrinter.Print(other)}",
        RuleNeeds.Sector when SectorTerms.Others(rule).FirstOrDefault() is { } other =>
            $"asks for neighbours or alarms, and so knows of devices their conditions, their status and since(heard), but not {RulePrinter.Print(other)}",
        _ => null,
    };

    private static RuleProblem ProblemOf(RuleFault fault) => fault.At.Path is { } path
        ? new RuleProblem { Field = path == "$" ? "rule" : "rule" + path[1..], Reason = $"found {fault.Found}, expected {fault.Expected}" }
        : new RuleProblem { Field = "text", Reason = fault.ToString(), Line = fault.At.Line, Column = fault.At.Column };

    private static string? RefuseScope(string scope, ITerritoryTable table)
    {
        const string Forms = "must be device:ID, commune:INSEE, syndicate:SIREN, department:CODE or all";
        if (scope == TerritoryRules.All)
        {
            return null;
        }

        var at = scope.IndexOf(':', StringComparison.Ordinal);
        var (word, key) = at < 0 ? (scope, "") : (scope[..at], scope[(at + 1)..]);
        return word switch
        {
            "device" => DescriptorRules.IsKey(key) ? null : "must name the key of a device",
            "commune" => table.FindCommune(key) is not null ? null : "names no known commune",
            "syndicate" => key.Length == SirenLength && key.All(char.IsAsciiDigit) ? null : "must name a SIREN code of 9 digits",
            "department" => table.FindDepartment(key) is not null ? null : "names no known department",
            _ => Forms,
        };
    }
}
