using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

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
            reader.Refuse(target == RuleTarget.Any ? "'each' or 'when'" : "'when'");
        }

        reader.Take();
        var when = ConditionParser.Parse(reader);
        var lasting = reader.TakeWordIf("for") ? reader.TakeDuration() : 0;
        var within = reader.TakeWordIf("within") ? ConditionParser.Parse(reader) : null;
        if (!reader.IsWord("then"))
        {
            reader.Refuse(within is not null ? "'and', 'or' or 'then'" : lasting > 0 ? "'within' or 'then'" : "a comparison, 'and', 'or', 'for', 'within' or 'then'");
        }

        reader.Take();
        var actions = new List<ActionTerm> { Action(reader) };
        while (reader.TakeWordIf("and"))
        {
            actions.Add(Action(reader));
        }

        if (reader.Next.Kind != TokenKind.End)
        {
            reader.Refuse("'and' with another action, or the end");
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

        var kind = reader.TakeOneOf(Vocabulary.Kinds, "commune or a kind of device");
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
        var name = reader.Next.Kind is TokenKind.Name or TokenKind.Quoted ? reader.Take() : reader.Refuse<Token>("the name of an attribute");
        var comparison = Operators.Comparisons.FirstOrDefault(pair => reader.IsSign(pair.Sign));
        if (comparison.Sign is null)
        {
            reader.Refuse("one of > >= < <= = !=");
        }

        reader.Take();
        var isNegative = reader.TakeSignIf("-");
        var value = reader.Next;
        var attribute = value switch
        {
            { Kind: TokenKind.Number } => AttributeValue.Of(isNegative ? -value.Number : value.Number),
            { Kind: TokenKind.Quoted } when !isNegative => AttributeValue.Of(value.Text),
            { Kind: TokenKind.Name, Text: "true" or "false" } when !isNegative => AttributeValue.Of(value.Text == "true"),
            _ => reader.Refuse<AttributeValue>(isNegative ? "a number" : "a number, a text in quotes, true or false"),
        };
        reader.Take();
        return new AttributeFilter(name.Text, comparison.Operator, attribute) { At = name.At };
    }

    private static ActionTerm Action(TokenReader reader)
    {
        const string Expected = "an action: raise alarm, clear alarm, command, open work order, notify or set flag";
        var word = reader.TakeKind(TokenKind.Name, Expected);
        ActionTerm action = word.Text switch
        {
            "raise" => Raise(reader),
            "clear" => Clear(reader),
            "command" => Command(reader),
            "open" => Open(reader),
            "notify" => Notify(reader),
            "set" => Flag(reader),
            _ => throw new RuleFaultException(new RuleFault(word.At, word.Shown, Expected)),
        };
        return action with { At = word.At };
    }

    private static RaiseAlarm Raise(TokenReader reader)
    {
        reader.TakeWord("alarm");
        var message = reader.TakeKind(TokenKind.Quoted, "the text of the alarm in quotes").Text;
        var priority = reader.TakeWordIf("priority") ? reader.TakeOneOf(Vocabulary.Priorities, "a priority") : Contracts.Alarms.AlarmPriority.Medium;
        var @class = reader.TakeWordIf("class") ? reader.TakeOneOf(Vocabulary.Classes, "a class") : Contracts.Alarms.AlarmClass.Service;
        return new RaiseAlarm(message, priority, @class);
    }

    private static ClearAlarm Clear(TokenReader reader)
    {
        reader.TakeWord("alarm");
        return new ClearAlarm(reader.TakeKind(TokenKind.Quoted, "the id of the rule whose alarm it is, in quotes").Text);
    }

    private static SendCommand Command(TokenReader reader)
    {
        var name = reader.TakeKind(TokenKind.Name, $"a command: one of {string.Join(", ", CommandCatalog.All.Select(command => command.Name).Distinct(StringComparer.Ordinal))}");
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
                reader.Refuse("',' or ')'");
            }
        }

        reader.TakeWord("on");
        return new SendCommand(name.Text, [.. arguments.OrderBy(argument => argument.Name, StringComparer.Ordinal)], To(reader));
    }

    private static CommandArgument Argument(TokenReader reader)
    {
        var name = reader.TakeKind(TokenKind.Name, "the name of an argument").Text;
        reader.TakeSign(":");
        return new CommandArgument(name, reader.TakeWordIf("true") ? 1 : reader.TakeWordIf("false") ? 0 : reader.TakeKind(TokenKind.Number, "a number, true or false").Number);
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
            reader.Refuse("'this device', 'group cabinet' or 'group commune'");
        }

        reader.Take();
        return reader.TakeWordIf("cabinet") ? CommandTarget.GroupCabinet
            : reader.TakeWordIf("commune") ? CommandTarget.GroupCommune
            : reader.Refuse<CommandTarget>("'cabinet' or 'commune'");
    }

    private static OpenWorkOrder Open(TokenReader reader)
    {
        reader.TakeWord("work");
        reader.TakeWord("order");
        return new OpenWorkOrder(reader.Next.Kind == TokenKind.Quoted ? reader.Take().Text : null);
    }

    private static Notify Notify(TokenReader reader)
    {
        var endpoint = reader.Next.Kind is TokenKind.Name or TokenKind.Quoted ? reader.Take() : reader.Refuse<Token>("the name of an endpoint");
        return new Notify(endpoint.Text, reader.TakeKind(TokenKind.Quoted, "the text of the message in quotes").Text);
    }

    private static SetFlag Flag(TokenReader reader)
    {
        reader.TakeWord("flag");
        return new SetFlag(reader.TakeKind(TokenKind.Quoted, "the name of the flag in quotes").Text);
    }
}
