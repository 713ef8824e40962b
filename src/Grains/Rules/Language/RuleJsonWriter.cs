using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Xml;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Grains.Rules.Language;

/// <summary>Writes the JSON form of a rule: what its text says, part by part. Chains of one operator are one array.</summary>
internal static class RuleJsonWriter
{
    /// <summary>The JSON of a rule.</summary>
    public static string Write(Rule rule)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = RuleJson.MaximumDepth, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(json, rule);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, Rule rule)
    {
        json.WriteStartObject();
        WriteTarget(json, rule.Target);
        json.WritePropertyName("when");
        Write(json, rule.When);
        if (rule.ForMilliseconds > 0)
        {
            json.WriteString("for", Duration(rule.ForMilliseconds));
        }

        if (rule.Within is { } within)
        {
            json.WritePropertyName("within");
            Write(json, within);
        }

        json.WriteStartArray("then");
        foreach (var action in rule.Then)
        {
            Write(json, action);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTarget(Utf8JsonWriter json, RuleTarget target)
    {
        if (target.IsCommune)
        {
            json.WriteString("each", "commune");
            return;
        }

        if (target.Kind is not { } kind)
        {
            return;
        }

        json.WriteString("each", Vocabulary.Word(kind));
        if (target.Where.Count == 0)
        {
            return;
        }

        json.WriteStartArray("where");
        foreach (var filter in target.Where)
        {
            json.WriteStartObject();
            json.WriteString("attribute", filter.Name);
            json.WritePropertyName(Operators.SignOf(filter.Operator));
            Write(json, filter.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, AttributeValue value)
    {
        if (value.Text is { } text)
        {
            json.WriteStringValue(text);
        }
        else if (value.Flag is { } flag)
        {
            json.WriteBooleanValue(flag);
        }
        else
        {
            json.WriteNumberValue(value.Number!.Value);
        }
    }

    private static void Write(Utf8JsonWriter json, Expression expression)
    {
        switch (expression)
        {
            case NumberLiteral number:
                json.WriteNumberValue(number.Value);
                return;
            case StatusTerm:
                json.WriteStringValue("status");
                return;
            case SunTerm sun:
                json.WriteStringValue(sun.IsNight ? "night" : "day");
                return;
            case DayTerm day:
                json.WriteStringValue(Vocabulary.Word(day.Day));
                return;
        }

        json.WriteStartObject();
        WriteParts(json, expression);
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, Expression expression)
    {
        switch (expression)
        {
            case PercentLiteral percent:
                json.WriteNumber("percent", percent.Value);
                break;
            case DurationLiteral duration:
                json.WriteString("duration", Duration(duration.Milliseconds));
                break;
            case StatusLiteral status:
                json.WriteString("status", Vocabulary.Word(status.Status));
                break;
            case MetricTerm metric:
                json.WriteString("metric", metric.Name);
                break;
            case PreviousTerm previous:
                json.WriteString("previous", previous.Metric);
                break;
            case RateTerm rate:
                json.WriteString("rate", rate.Metric);
                break;
            case SinceTerm { What: SinceWhat.Heard }:
                json.WriteString("since", "heard");
                break;
            case SinceTerm since:
                json.WriteStartObject("since");
                json.WriteString(Vocabulary.Word(since.What), since.Name);
                json.WriteEndObject();
                break;
            case ConditionTerm condition:
                json.WriteString("condition", condition.Name);
                break;
            case FigureTerm figure:
                json.WriteString("figure", figure.Name);
                break;
            case AlarmTerm alarm:
                json.WriteString("alarm", alarm.Condition);
                json.WriteString("is", Vocabulary.Word(alarm.Aspect));
                break;
            case WindowTerm window:
                json.WriteString("from", RulePrinter.Print(window.From));
                json.WriteString("to", RulePrinter.Print(window.To));
                break;
            case GroupTerm group:
                WriteGroup(json, group);
                break;
            case NegationTerm negation:
                json.WritePropertyName("negative");
                Write(json, negation.Operand);
                break;
            case NotTerm not:
                json.WritePropertyName("not");
                Write(json, not.Operand);
                break;
            case ComparisonTerm comparison:
                json.WriteStartArray(Operators.SignOf(comparison.Operator));
                Write(json, comparison.Left);
                Write(json, comparison.Right);
                json.WriteEndArray();
                if (comparison.Deadband > 0)
                {
                    json.WriteNumber("deadband", comparison.Deadband);
                }

                break;
            case LogicTerm logic:
                json.WriteStartArray(logic.IsAnd ? "and" : "or");
                WriteChain(json, logic, logic.Left, logic.Right);
                json.WriteEndArray();
                break;
            case ArithmeticTerm arithmetic:
                json.WriteStartArray(Operators.SignOf(arithmetic.Operator));
                WriteChain(json, arithmetic, arithmetic.Left, arithmetic.Right);
                json.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"Conditions have no part {expression.GetType().Name}.");
        }
    }

    private static void WriteChain(Utf8JsonWriter json, Expression whole, Expression left, Expression right)
    {
        if (!TypeChecker.IsChain(whole, left))
        {
            Write(json, left);
        }
        else if (left is LogicTerm logic)
        {
            WriteChain(json, logic, logic.Left, logic.Right);
        }
        else if (left is ArithmeticTerm arithmetic)
        {
            WriteChain(json, arithmetic, arithmetic.Left, arithmetic.Right);
        }

        Write(json, right);
    }

    private static void WriteGroup(Utf8JsonWriter json, GroupTerm group)
    {
        json.WriteStartObject(group.IsShare ? "share" : "count");
        json.WriteString("kind", Vocabulary.Word(group.Kind));
        if (group.By != GroupBy.Commune)
        {
            json.WriteString("same", Vocabulary.Word(group.By));
        }

        json.WritePropertyName("holds");
        Write(json, group.Holds);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ActionTerm action)
    {
        json.WriteStartObject();
        switch (action)
        {
            case RaiseAlarm raise:
                json.WriteStartObject("raiseAlarm");
                json.WriteString("text", raise.Message);
                if (raise.Priority != AlarmPriority.Medium)
                {
                    json.WriteString("priority", Vocabulary.Word(raise.Priority));
                }

                if (raise.Class != AlarmClass.Service)
                {
                    json.WriteString("class", Vocabulary.Word(raise.Class));
                }

                json.WriteEndObject();
                break;
            case ClearAlarm clear:
                json.WriteString("clearAlarm", clear.Rule);
                break;
            case SendCommand command:
                json.WriteStartObject("command");
                json.WriteString("name", command.Name);
                json.WriteStartObject("args");
                foreach (var argument in command.Arguments)
                {
                    json.WriteNumber(argument.Name, argument.Value);
                }

                json.WriteEndObject();
                json.WriteString("on", Vocabulary.Word(command.Target));
                json.WriteEndObject();
                break;
            case OpenWorkOrder order:
                json.WriteStartObject("openWorkOrder");
                if (order.Note is { } note)
                {
                    json.WriteString("text", note);
                }

                json.WriteEndObject();
                break;
            case Notify notify:
                json.WriteStartObject("notify");
                json.WriteString("endpoint", notify.Endpoint);
                json.WriteString("text", notify.Message);
                json.WriteEndObject();
                break;
            case SetFlag flag:
                json.WriteString("setFlag", flag.Name);
                break;
            default:
                throw new InvalidOperationException($"Rules have no action {action.GetType().Name}.");
        }

        json.WriteEndObject();
    }

    private static string Duration(long milliseconds) => XmlConvert.ToString(TimeSpan.FromMilliseconds(milliseconds));
}
