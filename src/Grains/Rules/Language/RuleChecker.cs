using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;

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
                checker.Refuse(filter.At, new("un attribut de plus", "another attribute"), Phrases.AtMost(RuleLimits.Filters));
                return;
            }

            if (filter.Value.Number is null && filter.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
            {
                var compared = $"{filter.Name} {Operators.SignOf(filter.Operator)}";
                checker.Refuse(
                    filter.At, new($"{compared} un texte ou true ou false", $"{compared} a text or flag"), new("= ou != pour un texte, true ou false", "= or != for a text or a flag"));
            }
        }
    }

    private static DeviceKinds CheckTarget(Rule rule, TypeChecker checker)
    {
        if (rule.Target.IsCommune)
        {
            if (checker.IsAboutDevice)
            {
                checker.Refuse(
                    rule.When.At,
                    new("ce que dit un seul équipement dans une règle pour chaque commune", "something of one device in a rule for each commune"),
                    new("chiffres, count et share de la commune, soleil et calendrier", "figures, counts and shares of the commune, sun and calendar"));
            }

            return DeviceKinds.None;
        }

        if (rule.Target.Kind is { } kind)
        {
            if ((checker.Kinds & Vocabulary.SetOf(kind)) == 0)
            {
                var word = Vocabulary.Word(kind);
                checker.Refuse(
                    rule.When.At,
                    new($"une condition qu’aucun {word} ne connaît", $"a condition that no {word} knows"),
                    new($"ce qu’un {word} communique ou ce qui peut y être constaté", $"what a {word} reports or can be found in"));
            }

            return Vocabulary.SetOf(kind);
        }

        if (!checker.IsAboutDevice)
        {
            checker.Refuse(
                rule.When.At,
                new("rien qui vienne d’un équipement", "nothing of a device"),
                new(
                    "'each commune' ou 'each' avec un genre d’équipement avant 'when', ou quelque chose que les équipements connaissent",
                    "'each commune' or 'each' with a kind of device before 'when', or something that devices know"));
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
                checker.Refuse(action.At, new("une action de plus", "another action"), Phrases.AtMost(RuleLimits.Actions));
                return;
            }

            if (action is RaiseAlarm)
            {
                if (hasAlarm)
                {
                    checker.Refuse(action.At, new("une alarme de plus", "another alarm"), new("une seule alarme : celle de la règle", "one alarm: it is the rule's own"));
                }

                hasAlarm = true;
            }
            else if (action is ClearAlarm && rule.Target.IsCommune)
            {
                checker.Refuse(
                    action.At,
                    new("'clear alarm' dans une règle pour chaque commune", "'clear alarm' in a rule for each commune"),
                    new("une action sans équipement", "an action that needs no device"));
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
            checker.Refuse(command.At, new($"la commande inconnue '{command.Name}'", $"the unknown command '{command.Name}'"), Phrases.OneOf(names));
            return;
        }

        CheckReceivers(command, isCommune, kinds, definitions, checker);
        var arguments = definitions[0].Arguments;
        for (var place = 0; place < command.Arguments.Count; place++)
        {
            var (name, value) = command.Arguments.Items[place];
            if (place > 0 && command.Arguments.Items[place - 1].Name == name)
            {
                checker.Refuse(command.At, new($"l’argument '{name}' deux fois", $"the argument '{name}' twice"), new("chaque argument une fois", "each argument once"));
            }
            else if (arguments.FirstOrDefault(argument => argument.Name == name) is not { } known)
            {
                checker.Refuse(
                    command.At,
                    new($"l’argument inconnu '{name}'", $"the unknown argument '{name}'"),
                    arguments.IsEmpty ? new("aucun argument", "no argument") : Phrases.OneOf(arguments.Select(argument => argument.Name)));
            }
            else if (!known.Allows(value))
            {
                checker.Refuse(command.At, Phrases.Same($"{name}: {RulePrinter.Print(value)}"), Allowed(known));
            }
        }

        foreach (var missing in arguments.Where(argument => argument.IsRequired && !command.Arguments.Any(given => given.Name == argument.Name)))
        {
            checker.Refuse(command.At, new($"'{command.Name}' sans {missing.Name}", $"'{command.Name}' without {missing.Name}"), Allowed(missing));
        }
    }

    private static BilingualText Allowed(ArgumentDefinition argument) => new(
        string.Create(CultureInfo.InvariantCulture, $"{argument.Name} en nombre {(argument.IsWhole ? "entier " : "")}de {argument.Minimum} à {argument.Maximum}"),
        $"{argument.Name} as a {argument.Rule}");

    private static void CheckReceivers(SendCommand command, bool isCommune, DeviceKinds kinds, CommandDefinition[] definitions, TypeChecker checker)
    {
        var understood = definitions.Aggregate(DeviceKinds.None, (all, one) => all | Vocabulary.SetOf(one.Kind));
        var words = definitions.Select(one => Vocabulary.Word(one.Kind)).ToArray();
        switch (command.Target)
        {
            case CommandTarget.ThisDevice when isCommune:
                checker.Refuse(
                    command.At, new("'this device' dans une règle pour chaque commune", "'this device' in a rule for each commune"), Phrases.Same("'group commune'"));
                break;
            case CommandTarget.ThisDevice when (kinds & ~understood) != 0:
                checker.Refuse(
                    command.At,
                    new($"la commande {command.Name} à un équipement qui ne la connaît pas", $"the command {command.Name} to a device that does not know it"),
                    new($"{string.Join(" ou ", words.Select(word => $"'each {word}'"))} avant 'when'", $"'each {string.Join(" or ", words)}' before 'when'"));
                break;
            case CommandTarget.GroupCabinet when isCommune || (kinds & ~(DeviceKinds.Cabinet | DeviceKinds.Streetlight)) != 0:
                checker.Refuse(
                    command.At,
                    new("'group cabinet' dans une règle pour d’autres que les armoires et les points lumineux", "'group cabinet' in a rule for others than cabinets and streetlights"),
                    new("'each cabinet' ou 'each streetlight' avant 'when'", "'each cabinet' or 'each streetlight' before 'when'"));
                break;
            case CommandTarget.GroupCabinet or CommandTarget.GroupCommune when !GroupCatalog.ByName.ContainsKey(command.Name):
                checker.Refuse(
                    command.At,
                    new($"la commande {command.Name} à un groupe", $"the command {command.Name} to a group"),
                    Phrases.OneOf(GroupCatalog.ByName.Keys.Where(name => name != GroupCatalog.AllOn).Order(StringComparer.Ordinal)));
                break;
        }
    }
}
