using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;

namespace Grid.Grains.Rules.Language;

/// <summary>Reads the text form of a rule.</summary>
internal static class RuleText
{
    /// <summary>The rule, checked; or its faults.</summary>
    public static RuleReading Read(string text)
    {
        try
        {
            var rule = Parse(new TokenReader(Lexer.Cut(text)));
            return RuleChecker.Check(rule) is { IsEmpty: false } faults ? new RuleReading(null, faults) : new RuleReading(rule, []);
        }
        catch (RuleFaultException exception)
        {
            return new RuleReading(null, [exception.Fault]);
        }
    }

    private static Rule Parse(TokenReader reader)
    {
        var target = reader.IsWord("each") ? Target(reader) : RuleTarget.Any;
        if (!reader.IsWord("when"))
        {
            reader.Refuse(target == RuleTarget.Any ? new("'each' ou 'when'", "'each' or 'when'") : Phrases.Same("'when'"));
        }

        reader.Take();
        var when = ConditionParser.Parse(reader);
        var lasting = reader.TakeWordIf("for") ? reader.TakeDuration() : 0;
        var within = reader.TakeWordIf("within") ? ConditionParser.Parse(reader) : null;
        if (!reader.IsWord("then"))
        {
            reader.Refuse(within is not null ? new("'and', 'or' ou 'then'", "'and', 'or' or 'then'")
                : lasting > 0 ? new("'within' ou 'then'", "'within' or 'then'")
                : new("une comparaison, 'and', 'or', 'for', 'within' ou 'then'", "a comparison, 'and', 'or', 'for', 'within' or 'then'"));
        }

        reader.Take();
        var actions = new List<ActionTerm> { Action(reader) };
        while (reader.TakeWordIf("and"))
        {
            actions.Add(Action(reader));
        }

        if (reader.Next.Kind != TokenKind.End)
        {
            reader.Refuse(new("'and' avec une autre action, ou la fin", "'and' with another action, or the end"));
        }

        return new Rule(target, when, lasting, within, [.. actions]);
    }

    private static RuleTarget Target(TokenReader reader)
    {
        reader.TakeWord("each");
        if (reader.TakeWordIf("commune"))
        {
            return new RuleTarget(null, true, []);
        }

        var kind = reader.TakeOneOf(Vocabulary.Kinds, Phrases.AKindOrCommune);
        var filters = new List<AttributeFilter>();
        if (reader.TakeWordIf("where"))
        {
            do
            {
                filters.Add(Filter(reader));
            }
            while (reader.TakeWordIf("and"));
        }

        return new RuleTarget(kind, false, [.. filters]);
    }

    private static AttributeFilter Filter(TokenReader reader)
    {
        var name = reader.Next.Kind is TokenKind.Name or TokenKind.Quoted ? reader.Take() : reader.Refuse<Token>(new("le nom d’un attribut", "the name of an attribute"));
        var comparison = Operators.Comparisons.FirstOrDefault(pair => reader.IsSign(pair.Sign));
        if (comparison.Sign is null)
        {
            reader.Refuse(Phrases.AComparison);
        }

        reader.Take();
        var isNegative = reader.TakeSignIf("-");
        var value = reader.Next;
        var attribute = value switch
        {
            { Kind: TokenKind.Number } => AttributeValue.Of(isNegative ? -value.Number : value.Number),
            { Kind: TokenKind.Quoted } when !isNegative => AttributeValue.Of(value.Text),
            { Kind: TokenKind.Name, Text: "true" or "false" } when !isNegative => AttributeValue.Of(value.Text == "true"),
            _ => reader.Refuse<AttributeValue>(
                isNegative ? Phrases.ANumber : new("un nombre, un texte entre guillemets, true ou false", "a number, a text in quotes, true or false")),
        };
        reader.Take();
        return new AttributeFilter(name.Text, comparison.Operator, attribute) { At = name.At };
    }

    private static ActionTerm Action(TokenReader reader)
    {
        var expected = new BilingualText(
            "une action : raise alarm, clear alarm, command, open work order, notify ou set flag", "an action: raise alarm, clear alarm, command, open work order, notify or set flag");
        var word = reader.TakeKind(TokenKind.Name, expected);
        ActionTerm action = word.Text switch
        {
            "raise" => Raise(reader),
            "clear" => Clear(reader),
            "command" => Command(reader),
            "open" => Open(reader),
            "notify" => Notify(reader),
            "set" => Flag(reader),
            _ => throw new RuleFaultException(new RuleFault(word.At, word.Shown, expected)),
        };
        return action with { At = word.At };
    }

    private static RaiseAlarm Raise(TokenReader reader)
    {
        reader.TakeWord("alarm");
        var message = reader.TakeKind(TokenKind.Quoted, new("le texte de l’alarme entre guillemets", "the text of the alarm in quotes")).Text;
        var priority = reader.TakeWordIf("priority") ? reader.TakeOneOf(Vocabulary.Priorities, Phrases.APriority) : Contracts.Alarms.AlarmPriority.Medium;
        var @class = reader.TakeWordIf("class") ? reader.TakeOneOf(Vocabulary.Classes, Phrases.AClass) : Contracts.Alarms.AlarmClass.Service;
        return new RaiseAlarm(message, priority, @class);
    }

    private static ClearAlarm Clear(TokenReader reader)
    {
        reader.TakeWord("alarm");
        var id = new BilingualText("l’identifiant de la règle dont c’est l’alarme, entre guillemets", "the id of the rule whose alarm it is, in quotes");
        return new ClearAlarm(reader.TakeKind(TokenKind.Quoted, id).Text);
    }

    private static SendCommand Command(TokenReader reader)
    {
        var known = Phrases.OneOf(CommandCatalog.All.Select(command => command.Name).Distinct(StringComparer.Ordinal));
        var name = reader.TakeKind(TokenKind.Name, new($"une commande : {known.Fr}", $"a command: {known.En}"));
        var arguments = new List<CommandArgument>();
        if (reader.TakeSignIf("(") && !reader.TakeSignIf(")"))
        {
            do
            {
                arguments.Add(Argument(reader));
            }
            while (reader.TakeSignIf(","));
            if (!reader.TakeSignIf(")"))
            {
                reader.Refuse(new("',' ou ')'", "',' or ')'"));
            }
        }

        reader.TakeWord("on");
        return new SendCommand(name.Text, [.. arguments.OrderBy(argument => argument.Name, StringComparer.Ordinal)], To(reader));
    }

    private static CommandArgument Argument(TokenReader reader)
    {
        var name = reader.TakeKind(TokenKind.Name, new("le nom d’un argument", "the name of an argument")).Text;
        reader.TakeSign(":");
        return new CommandArgument(name, reader.TakeWordIf("true") ? 1
            : reader.TakeWordIf("false") ? 0
            : reader.TakeKind(TokenKind.Number, new("un nombre, true ou false", "a number, true or false")).Number);
    }

    private static CommandTarget To(TokenReader reader)
    {
        if (reader.TakeWordIf("this"))
        {
            reader.TakeWord("device");
            return CommandTarget.ThisDevice;
        }

        if (!reader.IsWord("group"))
        {
            reader.Refuse(new("'this device', 'group cabinet' ou 'group commune'", "'this device', 'group cabinet' or 'group commune'"));
        }

        reader.Take();
        return reader.TakeWordIf("cabinet") ? CommandTarget.GroupCabinet
            : reader.TakeWordIf("commune") ? CommandTarget.GroupCommune
            : reader.Refuse<CommandTarget>(new("'cabinet' ou 'commune'", "'cabinet' or 'commune'"));
    }

    private static OpenWorkOrder Open(TokenReader reader)
    {
        reader.TakeWord("work");
        reader.TakeWord("order");
        return new OpenWorkOrder(reader.Next.Kind == TokenKind.Quoted ? reader.Take().Text : null);
    }

    private static Notify Notify(TokenReader reader)
    {
        var endpoint = reader.Next.Kind is TokenKind.Name or TokenKind.Quoted ? reader.Take() : reader.Refuse<Token>(new("le nom d’un destinataire", "the name of an endpoint"));
        return new Notify(endpoint.Text, reader.TakeKind(TokenKind.Quoted, new("le texte du message entre guillemets", "the text of the message in quotes")).Text);
    }

    private static SetFlag Flag(TokenReader reader)
    {
        reader.TakeWord("flag");
        return new SetFlag(reader.TakeKind(TokenKind.Quoted, new("le nom du drapeau entre guillemets", "the name of the flag in quotes")).Text);
    }
}
