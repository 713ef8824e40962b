using System.Text.Json;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Territories;

namespace Grid.Grains.Rules.Language;

/// <summary>Reads the JSON form of a rule, as <see cref="RuleJsonWriter"/> writes it. Faults name the place in the JSON.</summary>
internal static class RuleJson
{
    private static readonly IReadOnlyDictionary<string, CommandTarget> Targets = Enum.GetValues<CommandTarget>().ToDictionary(Vocabulary.Word, StringComparer.Ordinal);

    private static readonly Origin Whole = new(0, 0, "$");
    private static readonly BilingualText AnObject = new("une règle comme objet JSON", "a rule as a JSON object");
    private static readonly BilingualText TwoValues = new("deux valeurs à comparer", "two values to compare");
    private static readonly BilingualText MetricName = new("le nom d’une mesure", "the name of a metric");
    private static readonly BilingualText AnAction = new(
        "un objet avec un seul de raiseAlarm, clearAlarm, command, openWorkOrder, notify, setFlag", "an object with one of raiseAlarm, clearAlarm, command, openWorkOrder, notify, setFlag");

    /// <summary>Levels of JSON: each level of a condition has at most two, and a group three.</summary>
    public const int MaximumDepth = 128;

    /// <summary>The rule, checked; or its faults.</summary>
    public static RuleReading Read(string json)
    {
        try
        {
            if (json.Length > RuleLimits.JsonLength)
            {
                throw new RuleFaultException(new RuleFault(Whole, new($"{json.Length} caractères", $"{json.Length} characters"), Phrases.AtMost(RuleLimits.JsonLength)));
            }

            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaximumDepth });
            var rule = Parse(new JsonPart(document.RootElement, "$"));
            if (RuleChecker.Check(rule) is { IsEmpty: false } faults)
            {
                return new RuleReading(null, faults);
            }

            return RulePrinter.Print(rule) is { Length: > RuleLimits.TextLength } text
                ? new RuleReading(null, [new RuleFault(
                    Whole, new($"une règle dont le texte a {text.Length} caractères", $"a rule whose text has {text.Length} characters"), Phrases.AtMost(RuleLimits.TextLength))])
                : new RuleReading(rule, []);
        }
        catch (RuleFaultException exception)
        {
            return new RuleReading(null, [exception.Fault]);
        }
        catch (JsonException exception)
        {
            // The reader of JSON speaks English only: in French it is where it stopped.
            var found = new BilingualText(
                $"un texte qui n’est pas du JSON : ligne {exception.LineNumber + 1}, octet {exception.BytePositionInLine + 1}", "no JSON: " + exception.Message);
            return new RuleReading(null, [new RuleFault(Whole, found, AnObject)]);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // How the reader of JSON says that a name, or the whole, has half a character in it.
            return new RuleReading(null, [new RuleFault(Whole, new("la moitié d’un caractère", "half of a character"), AnObject)]);
        }
    }

    private static Rule Parse(JsonPart json)
    {
        json.Only("each", "where", "when", "for", "within", "then");
        var when = Condition(json.Get("when"));
        var lasting = json.Find("for")?.Duration() ?? 0;
        var within = json.Find("within") is { } schedule ? Condition(schedule) : null;
        ActionTerm[] then = [.. json.Get("then").Items(1, new("un tableau d’au moins une action", "an array of at least one action")).Select(Action)];
        return new Rule(Target(json), when, lasting, within, [.. then]);
    }

    private static RuleTarget Target(JsonPart json)
    {
        var where = json.Find("where");
        if (json.Find("each") is not { } each)
        {
            where?.Refuse(new("'each' avec un genre d’équipement à côté de 'where'", "'each' with a kind of device beside 'where'"));
            return RuleTarget.Any;
        }

        if (each.Value.ValueKind == JsonValueKind.String && each.Value.ValueEquals("commune"))
        {
            where?.Refuse(new("pas de 'where' pour chaque commune", "no 'where' for each commune"));
            return new RuleTarget(null, true, []);
        }

        var kind = each.OneOf(Vocabulary.Kinds, Phrases.AKindOrCommune);
        AttributeFilter[] filters = where is { } list ? [.. list.Items(1, new("un tableau d’au moins un attribut", "an array of at least one attribute")).Select(Filter)] : [];
        return new RuleTarget(kind, false, [.. filters]);
    }

    private static AttributeFilter Filter(JsonPart json)
    {
        json.Only(["attribute", .. Operators.Comparisons.Select(pair => pair.Sign)]);
        var name = json.Get("attribute").Text(new("le nom d’un attribut", "the name of an attribute"));
        var comparisons = Operators.Comparisons.Where(pair => json.Find(pair.Sign) is not null).ToArray();
        return comparisons.Length == 1
            ? new AttributeFilter(name, comparisons[0].Operator, json.Get(comparisons[0].Sign).Attribute()) { At = json.At }
            : json.Refuse<AttributeFilter>(Phrases.AComparison);
    }

    private static Expression Condition(JsonPart json) => Part(json) with { At = json.At };

    private static Expression Part(JsonPart json) => json.Value.ValueKind switch
    {
        JsonValueKind.Number => new NumberLiteral(json.Number()),
        JsonValueKind.String => Word(json),
        JsonValueKind.Object when json.Value.EnumerateObject().MoveNext() => Named(json),
        _ => json.Refuse<Expression>(new("une partie de condition : un nombre, un mot ou un objet", "a part of a condition: a number, a word or an object")),
    };

    private static Expression Word(JsonPart json) => json.Value.ValueEquals("status") ? new StatusTerm()
        : json.Value.ValueEquals("night") ? new SunTerm(true)
        : json.Value.ValueEquals("day") ? new SunTerm(false)
        : new DayTerm(json.OneOf(Vocabulary.Days, new("status, night, day ou un jour", "status, night, day or a day")));

    private static Expression Named(JsonPart json)
    {
        var name = json.Value.EnumerateObject().First().Name;
        var value = json.Get(name);
        switch (name)
        {
            case "percent":
                return new PercentLiteral(json.Only(name).Get(name).Magnitude());
            case "duration":
                return new DurationLiteral(json.Only(name).Get(name).Duration());
            case "status":
                return new StatusLiteral(json.Only(name).Get(name).OneOf(Vocabulary.Statuses, new("un état", "a status")));
            case "metric":
                return new MetricTerm(json.Only(name).Get(name).Text(MetricName));
            case "previous":
                return new PreviousTerm(json.Only(name).Get(name).Text(MetricName));
            case "rate":
                return new RateTerm(json.Only(name).Get(name).Text(MetricName));
            case "since":
                return Since(json.Only(name).Get(name));
            case "condition":
                return new ConditionTerm(Known(json.Only(name).Get(name), Vocabulary.Conditions, Phrases.ACondition));
            case "figure":
                return new FigureTerm(Known(json.Only(name).Get(name), FigureCatalog.ByName, new("un chiffre", "a figure")));
            case "alarm" or "is":
                json.Only("alarm", "is");
                return new AlarmTerm(
                    json.Get("alarm").Text(new("une condition, ou l’alarme d’une règle", "a condition, or the alarm of a rule")), json.Get("is").OneOf(Vocabulary.Aspects, Phrases.AnAlarmAspect));
            case "from" or "to":
                json.Only("from", "to");
                return new WindowTerm(Point(json.Get("from")), Point(json.Get("to")));
            case "count" or "share":
                return Group(json.Only(name).Get(name), name == "share");
            case "negative":
                return ConditionParser.Negative(Condition(json.Only(name).Get(name)), json.At);
            case "not":
                return new NotTerm(Condition(json.Only(name).Get(name)));
            case "and" or "or":
                return Chain(json.Only(name).Get(name), (left, right) => new LogicTerm(name == "and", left, right) { At = json.At });
            default:
                return Operator(json, name, value);
        }
    }

    private static Expression Operator(JsonPart json, string name, JsonPart value)
    {
        foreach (var (sign, arithmetic) in Operators.Arithmetic)
        {
            if (sign == name)
            {
                json.Only(name);
                return Chain(value, (left, right) => new ArithmeticTerm(arithmetic, left, right) { At = json.At });
            }
        }

        foreach (var (sign, comparison) in Operators.Comparisons)
        {
            if (sign == name || (name == "deadband" && json.Find(sign) is not null))
            {
                json.Only(sign, "deadband");
                var sides = json.Get(sign).Items(2, TwoValues).ToArray();
                return sides.Length == 2
                    ? new ComparisonTerm(comparison, Condition(sides[0]), Condition(sides[1]), json.Find("deadband")?.Magnitude() ?? 0)
                    : json.Get(sign).Refuse<Expression>(TwoValues);
            }
        }

        const string Parts = "metric, previous, rate, since, condition, status, figure, alarm, from, count, share, percent, duration, negative, + - * /, > >= < <= = !=, and, or, not";
        return json.Refuse<Expression>(new($"une partie de condition : {Parts}", $"a part of a condition: {Parts}"));
    }

    private static Expression Chain(JsonPart json, Func<Expression, Expression, Expression> join) =>
        json.Items(2, new("un tableau d’au moins deux", "an array of at least two")).Select(Condition).ToArray().Aggregate(join);

    private static SinceTerm Since(JsonPart json)
    {
        if (json.Value.ValueKind == JsonValueKind.String && json.Value.ValueEquals("heard"))
        {
            return new SinceTerm(SinceWhat.Heard, "");
        }

        json.Only("metric", "condition");
        return json.Find("metric") is { } metric && json.Find("condition") is null ? new SinceTerm(SinceWhat.Metric, metric.Text(MetricName))
            : json.Find("metric") is null && json.Find("condition") is { } condition ? new SinceTerm(SinceWhat.Condition, Known(condition, Vocabulary.Conditions, Phrases.ACondition))
            : json.Refuse<SinceTerm>(new("'heard', ou un objet avec metric ou condition", "'heard', or an object with metric or condition"));
    }

    private static GroupTerm Group(JsonPart json, bool isShare)
    {
        json.Only("kind", "same", "holds");
        return new GroupTerm(
            isShare,
            json.Get("kind").OneOf(Vocabulary.Kinds, Phrases.AKind),
            json.Find("same")?.OneOf(Operators.Groups, Phrases.AGroup) ?? GroupBy.Commune,
            Condition(json.Get("holds")));
    }

    private static string Known<T>(JsonPart json, IReadOnlyDictionary<string, T> names, BilingualText what)
    {
        var name = json.Text(what);
        if (names.ContainsKey(name))
        {
            return name;
        }

        var near = Vocabulary.NearTo(name, names.Keys);
        return json.Refuse<string>(new(what.Fr + near.Fr, what.En + near.En));
    }

    private static TimePoint Point(JsonPart json)
    {
        var text = json.Text(Phrases.ATimeOfDay);
        try
        {
            // One form for both: what is written back must be what was read.
            var point = ConditionParser.Point(new TokenReader(Lexer.Cut(text)));
            return RulePrinter.Print(point) == text ? point : json.Refuse<TimePoint>(Phrases.ATimeOfDay);
        }
        catch (RuleFaultException)
        {
            return json.Refuse<TimePoint>(Phrases.ATimeOfDay);
        }
    }

    private static ActionTerm Action(JsonPart json)
    {
        if (json.Value.ValueKind != JsonValueKind.Object || json.Value.EnumerateObject().Count() != 1)
        {
            json.Refuse(AnAction);
        }

        ActionTerm action = json.Value.EnumerateObject().First().Name switch
        {
            "raiseAlarm" => Raise(json.Get("raiseAlarm").Only("text", "priority", "class")),
            "clearAlarm" => new ClearAlarm(json.Get("clearAlarm").Text(new("l’identifiant de la règle", "the id of the rule"))),
            "command" => Command(json.Get("command").Only("name", "args", "on")),
            "openWorkOrder" => new OpenWorkOrder(json.Get("openWorkOrder").Only("text").Find("text")?.Text(new("un texte", "a text"))),
            "notify" => Notify(json.Get("notify").Only("endpoint", "text")),
            "setFlag" => new SetFlag(json.Get("setFlag").Text(new("le nom du drapeau", "the name of the flag"))),
            _ => json.Refuse<ActionTerm>(AnAction),
        };
        return action with { At = json.At };
    }

    private static RaiseAlarm Raise(JsonPart json) => new(
        json.Get("text").Text(new("le texte de l’alarme", "the text of the alarm")),
        json.Find("priority")?.OneOf(Vocabulary.Priorities, Phrases.APriority) ?? AlarmPriority.Medium,
        json.Find("class")?.OneOf(Vocabulary.Classes, Phrases.AClass) ?? AlarmClass.Service);

    private static Notify Notify(JsonPart json) => new(
        json.Get("endpoint").Text(new("le nom d’un destinataire", "the name of an endpoint")), json.Get("text").Text(new("le texte du message", "the text of the message")));

    private static SendCommand Command(JsonPart json)
    {
        var arguments = new List<CommandArgument>();
        if (json.Find("args") is { } args)
        {
            if (args.Value.ValueKind != JsonValueKind.Object)
            {
                args.Refuse(new("un objet avec les arguments par nom", "an object with the arguments by name"));
            }

            foreach (var property in args.Value.EnumerateObject())
            {
                var value = new JsonPart(property.Value, $"{args.Path}.{property.Name}");
                arguments.Add(new CommandArgument(property.Name, property.Value.ValueKind switch
                {
                    JsonValueKind.True => 1,
                    JsonValueKind.False => 0,
                    _ => value.Magnitude(),
                }));
            }
        }

        return new SendCommand(
            json.Get("name").Name(new("le nom d’une commande", "the name of a command")),
            [.. arguments.OrderBy(argument => argument.Name, StringComparer.Ordinal)],
            json.Get("on").OneOf(Targets, new("qui reçoit la commande", "who is told")));
    }
}
