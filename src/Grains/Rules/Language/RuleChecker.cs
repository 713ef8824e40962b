using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

namespace Grid.Grains.Rules.Language;

/// <summary>What must be known to judge a rule: where it is evaluated follows from that.</summary>
internal enum RuleNeeds
{
    /// <summary>The device alone: on its turn.</summary>
    Device,

    /// <summary>Its neighbours, or its alarms: on its sector's turn.</summary>
    Sector,

    /// <summary>Figures or groups of its commune: on the commune's turn.</summary>
    Commune,
}

/// <summary>What follows from a rule that is right.</summary>
/// <param name="Kinds">The kinds of device for which it is judged; none for a rule of communes.</param>
/// <param name="Needs">What must be known to judge it.</param>
internal readonly record struct RuleFacts(DeviceKinds Kinds, RuleNeeds Needs);

/// <summary>Checks a rule whatever form it was read from. Pure.</summary>
internal static class RuleChecker
{
    /// <summary>What is wrong, in the order of the text; empty for a rule that is right.</summary>
    public static ImmutableArray<RuleFault> Check(Rule rule) => Check(rule, out _);

    /// <summary>What follows from a rule that is right.</summary>
    public static RuleFacts FactsOf(Rule rule)
    {
        Check(rule, out var facts);
        return facts;
    }

    private static ImmutableArray<RuleFault> Check(Rule rule, out RuleFacts facts)
    {
        var faults = ImmutableArray.CreateBuilder<RuleFault>();
        facts = default;
        try
        {
            var checker = new TypeChecker(faults);
            CheckFilters(rule.Target, checker);
            checker.CheckCondition(rule.When);
            if (rule.Within is { } schedule)
            {
                checker.CheckSchedule(schedule);
            }

            var kinds = CheckTarget(rule, checker);
            CheckActions(rule, kinds, checker);
            facts = new RuleFacts(kinds, checker.Needs);
        }
        catch (RuleFaultException exception)
        {
            faults.Add(exception.Fault);
        }

        return faults.ToImmutable();
    }

    private static void CheckFilters(RuleTarget target, TypeChecker checker)
    {
        for (var place = 0; place < target.Where.Count; place++)
        {
            var filter = target.Where.Items[place];
            if (place >= RuleLimits.Filters)
            {
                checker.Refuse(filter.At, "another attribute", $"at most {RuleLimits.Filters}");
                return;
            }

            if (filter.Value.Number is null && filter.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
            {
                checker.Refuse(filter.At, $"{filter.Name} {Operators.SignOf(filter.Operator)} a text or flag", "= or != for a text or a flag");
            }
        }
    }

    private static DeviceKinds CheckTarget(Rule rule, TypeChecker checker)
    {
        if (rule.Target.IsCommune)
        {
            if (checker.IsAboutDevice)
            {
                checker.Refuse(rule.When.At, "something of one device in a rule for each commune", "figures, counts and shares of the commune, sun and calendar");
            }

            return DeviceKinds.None;
        }

        if (rule.Target.Kind is { } kind)
        {
            if ((checker.Kinds & Vocabulary.SetOf(kind)) == 0)
            {
                checker.Refuse(rule.When.At, $"a condition that no {Vocabulary.Word(kind)} knows", $"what a {Vocabulary.Word(kind)} reports or can be found in");
            }

            return Vocabulary.SetOf(kind);
        }

        if (!checker.IsAboutDevice)
        {
            checker.Refuse(rule.When.At, "nothing of a device", "'each commune' or 'each' with a kind of device before 'when', or something that devices know");
        }

        return checker.Kinds;
    }

    private static void CheckActions(Rule rule, DeviceKinds kinds, TypeChecker checker)
    {
        var hasAlarm = false;
        for (var place = 0; place < rule.Then.Count; place++)
        {
            var action = rule.Then.Items[place];
            if (place >= RuleLimits.Actions)
            {
                checker.Refuse(action.At, "another action", $"at most {RuleLimits.Actions}");
                return;
            }

            if (action is RaiseAlarm)
            {
                if (hasAlarm)
                {
                    checker.Refuse(action.At, "another alarm", "one alarm: it is the rule's own");
                }

                hasAlarm = true;
            }
            else if (action is ClearAlarm && rule.Target.IsCommune)
            {
                checker.Refuse(action.At, "'clear alarm' in a rule for each commune", "an action that needs no device");
            }
            else if (action is SendCommand command)
            {
                CheckCommand(command, rule.Target.IsCommune, kinds, checker);
            }
        }
    }

    private static void CheckCommand(SendCommand command, bool isCommune, DeviceKinds kinds, TypeChecker checker)
    {
        var definitions = CommandCatalog.All.Where(known => known.Name == command.Name).ToArray();
        if (definitions.Length == 0)
        {
            var names = CommandCatalog.All.Select(known => known.Name).Distinct(StringComparer.Ordinal);
            checker.Refuse(command.At, $"the unknown command '{command.Name}'", $"one of {string.Join(", ", names)}");
            return;
        }

        CheckReceivers(command, isCommune, kinds, definitions, checker);
        var arguments = definitions[0].Arguments;
        for (var place = 0; place < command.Arguments.Count; place++)
        {
            var (name, value) = command.Arguments.Items[place];
            if (place > 0 && command.Arguments.Items[place - 1].Name == name)
            {
                checker.Refuse(command.At, $"the argument '{name}' twice", "each argument once");
            }
            else if (arguments.FirstOrDefault(argument => argument.Name == name) is not { } known)
            {
                checker.Refuse(command.At, $"the unknown argument '{name}'", arguments.IsEmpty ? "no argument" : $"one of {string.Join(", ", arguments.Select(argument => argument.Name))}");
            }
            else if (!known.Allows(value))
            {
                checker.Refuse(command.At, $"{name}: {RulePrinter.Print(value)}", $"{name} as a {known.Rule}");
            }
        }

        foreach (var missing in arguments.Where(argument => argument.IsRequired && !command.Arguments.Any(given => given.Name == argument.Name)))
        {
            checker.Refuse(command.At, $"'{command.Name}' without {missing.Name}", $"{missing.Name} as a {missing.Rule}");
        }
    }

    private static void CheckReceivers(SendCommand command, bool isCommune, DeviceKinds kinds, CommandDefinition[] definitions, TypeChecker checker)
    {
        var understood = definitions.Aggregate(DeviceKinds.None, (all, one) => all | Vocabulary.SetOf(one.Kind));
        var words = string.Join(" or ", definitions.Select(one => Vocabulary.Word(one.Kind)));
        switch (command.Target)
        {
            case CommandTarget.ThisDevice when isCommune:
                checker.Refuse(command.At, "'this device' in a rule for each commune", "'group commune'");
                break;
            case CommandTarget.ThisDevice when (kinds & ~understood) != 0:
                checker.Refuse(command.At, $"the command {command.Name} to a device that does not know it", $"'each {words}' before 'when'");
                break;
            case CommandTarget.GroupCabinet when isCommune || (kinds & ~(DeviceKinds.Cabinet | DeviceKinds.Streetlight)) != 0:
                checker.Refuse(command.At, "'group cabinet' in a rule for others than cabinets and streetlights", "'each cabinet' or 'each streetlight' before 'when'");
                break;
            case CommandTarget.GroupCabinet or CommandTarget.GroupCommune when !GroupCatalog.ByName.ContainsKey(command.Name):
                checker.Refuse(command.At, $"the command {command.Name} to a group", $"one of {string.Join(", ", GroupCatalog.ByName.Keys.Where(name => name != GroupCatalog.AllOn).Order(StringComparer.Ordinal))}");
                break;
        }
    }
}
