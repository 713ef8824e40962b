using System.Globalization;
using System.Text;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Grains.Rules.Language;

/// <summary>Writes the text form of a rule: one text for each rule, which reads back as the same rule.</summary>
internal static class RulePrinter
{
    // By increasing strength, as ConditionParser reads them.
    private const int Or = 1;
    private const int And = 2;
    private const int Not = 3;
    private const int Comparison = 4;
    private const int Sum = 5;
    private const int Product = 6;
    private const int Sign = 7;
    private const int Primary = 8;

    /// <summary>The text of a rule.</summary>
    public static string Print(Rule rule)
    {
        var text = new StringBuilder();
        if (rule.Target.IsCommune)
        {
            text.Append("each commune ");
        }
        else if (rule.Target.Kind is { } kind)
        {
            text.Append("each ").Append(Vocabulary.Word(kind)).Append(' ');
            for (var place = 0; place < rule.Target.Where.Count; place++)
            {
                var filter = rule.Target.Where.Items[place];
                text.Append(place == 0 ? "where " : "and ").Append(NameOrQuoted(filter.Name)).Append(' ').Append(Operators.SignOf(filter.Operator)).Append(' ').Append(Print(filter.Value)).Append(' ');
            }
        }

        text.Append("when ").Append(Print(rule.When));
        if (rule.ForMilliseconds > 0)
        {
            text.Append(" for ").Append(PrintDuration(rule.ForMilliseconds));
        }

        if (rule.Within is { } within)
        {
            text.Append(" within ").Append(Print(within));
        }

        return text.Append(" then ").AppendJoin(" and ", rule.Then.Select(Print)).ToString();
    }

    /// <summary>The text of a condition or of a part of one.</summary>
    public static string Print(Expression expression)
    {
        var text = new StringBuilder();
        Write(text, expression, Or);
        return text.ToString();
    }

    /// <summary>A number without an exponent. Reads back as the same number when it has at most <see cref="RuleLimits.Decimals"/> decimals.</summary>
    public static string Print(double value)
    {
        // All its digits: a format of its own would keep fifteen.
        var text = value.ToString("F6", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.');
        return text == "-0" ? "0" : text;
    }

    /// <summary>A duration in the longest unit of which it is a whole number, else in the shortest.</summary>
    public static string PrintDuration(long milliseconds)
    {
        var (word, unit) = Vocabulary.Units.LastOrDefault(item => milliseconds != 0 && milliseconds % item.Milliseconds == 0, Vocabulary.Units[0]);
        return $"{((decimal)milliseconds / unit).ToString("0.###", CultureInfo.InvariantCulture)} {word}";
    }

    /// <summary>A time of the day.</summary>
    public static string Print(TimePoint point)
    {
        var clock = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(point.Minutes) / 60:00}:{Math.Abs(point.Minutes) % 60:00}");
        return point.Anchor == TimeAnchor.Clock ? clock
            : point.Minutes == 0 ? Vocabulary.Word(point.Anchor)
            : $"{Vocabulary.Word(point.Anchor)}{(point.Minutes < 0 ? '-' : '+')}{clock}";
    }

    private static void Write(StringBuilder text, Expression expression, int least)
    {
        var strength = StrengthOf(expression);
        if (strength < least)
        {
            text.Append('(');
            Write(text, expression, Or);
            text.Append(')');
            return;
        }

        switch (expression)
        {
            case LogicTerm logic:
                Write(text, logic.Left, strength);
                text.Append(logic.IsAnd ? " and " : " or ");
                Write(text, logic.Right, strength + 1);
                break;
            case NotTerm not:
                text.Append("not ");
                Write(text, not.Operand, Not);
                break;
            case ComparisonTerm comparison:
                Write(text, comparison.Left, Sum);
                text.Append(' ').Append(Operators.SignOf(comparison.Operator)).Append(' ');
                Write(text, comparison.Right, Sum);
                if (comparison.Deadband > 0)
                {
                    text.Append(" deadband ").Append(Print(comparison.Deadband));
                }

                break;
            case ArithmeticTerm arithmetic:
                Write(text, arithmetic.Left, strength);
                text.Append(' ').Append(Operators.SignOf(arithmetic.Operator)).Append(' ');
                Write(text, arithmetic.Right, strength + 1);
                break;
            case NegationTerm negation:
                text.Append('-');
                Write(text, negation.Operand, Sign);
                break;
            default:
                text.Append(PrintTerm(expression));
                break;
        }
    }

    private static int StrengthOf(Expression expression) => expression switch
    {
        LogicTerm logic => logic.IsAnd ? And : Or,
        NotTerm => Not,
        ComparisonTerm => Comparison,
        ArithmeticTerm { Operator: ArithmeticOperator.Add or ArithmeticOperator.Subtract } => Sum,
        ArithmeticTerm => Product,
        NegationTerm => Sign,
        _ => Primary,
    };

    private static string PrintTerm(Expression expression) => expression switch
    {
        NumberLiteral number => Print(number.Value),
        PercentLiteral percent => $"{Print(percent.Value)} %",
        DurationLiteral duration => PrintDuration(duration.Milliseconds),
        StatusLiteral status => Vocabulary.Word(status.Status),
        StatusTerm => "status",
        MetricTerm metric => Reported(metric.Name),
        PreviousTerm previous => $"previous({MetricName(previous.Metric)})",
        RateTerm rate => $"rate({MetricName(rate.Metric)})",
        SinceTerm { What: SinceWhat.Heard } => "since(heard)",
        SinceTerm { What: SinceWhat.Condition } since => $"since({since.Name})",
        SinceTerm since => $"since({Reported(since.Name)})",
        ConditionTerm condition => condition.Name,
        FigureTerm figure => figure.Name,
        AlarmTerm alarm => $"alarm {(Vocabulary.Conditions.ContainsKey(alarm.Condition) ? alarm.Condition : Quote(alarm.Condition))} is {Vocabulary.Word(alarm.Aspect)}",
        SunTerm sun => sun.IsNight ? "night" : "day",
        DayTerm day => Vocabulary.Word(day.Day),
        WindowTerm window => $"from {Print(window.From)} to {Print(window.To)}",
        GroupTerm group => $"{(group.IsShare ? "share" : "count")}(of kind {Vocabulary.Word(group.Kind)}{(group.By == GroupBy.Commune ? "" : $" where same {Vocabulary.Word(group.By)}")}: {Print(group.Holds)})",
        _ => throw new InvalidOperationException($"Conditions have no part {expression.GetType().Name}."),
    };

    private static string Print(ActionTerm action) => action switch
    {
        RaiseAlarm raise => $"raise alarm {Quote(raise.Message)}{(raise.Priority == AlarmPriority.Medium ? "" : $" priority {Vocabulary.Word(raise.Priority)}")}{(raise.Class == AlarmClass.Service ? "" : $" class {Vocabulary.Word(raise.Class)}")}",
        ClearAlarm clear => $"clear alarm {Quote(clear.Rule)}",
        SendCommand command => $"command {command.Name}({string.Join(", ", command.Arguments.Select(argument => $"{argument.Name}: {Print(argument.Value)}"))}) on {Print(command.Target)}",
        OpenWorkOrder order => order.Note is { } note ? $"open work order {Quote(note)}" : "open work order",
        Notify notify => $"notify {NameOrQuoted(notify.Endpoint)} {Quote(notify.Message)}",
        SetFlag flag => $"set flag {Quote(flag.Name)}",
        _ => throw new InvalidOperationException($"Rules have no action {action.GetType().Name}."),
    };

    private static string Print(CommandTarget target) => target switch
    {
        CommandTarget.ThisDevice => "this device",
        CommandTarget.GroupCabinet => "group cabinet",
        CommandTarget.GroupCommune => "group commune",
        _ => throw new InvalidOperationException($"Commands have no target {target}."),
    };

    private static string Print(AttributeValue value) => value.Text is { } text ? Quote(text) : value.Flag is { } flag ? (flag ? "true" : "false") : Print(value.Number!.Value);

    /// <summary>Where a bare name is the condition of that name, the reported value says that it is reported.</summary>
    private static string Reported(string name) =>
        !MetricCatalog.ByName.ContainsKey(name) ? Quote(name) : Vocabulary.Conditions.ContainsKey(name) ? $"reported({name})" : name;

    private static string MetricName(string name) => MetricCatalog.ByName.ContainsKey(name) ? name : Quote(name);

    private static string NameOrQuoted(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.') ? name : Quote(name);

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
