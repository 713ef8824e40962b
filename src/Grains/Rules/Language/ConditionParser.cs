using System.Collections.Frozen;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Territories;

namespace Grid.Grains.Rules.Language;

/// <summary>Reads conditions: by increasing strength <c>or</c>, <c>and</c>, <c>not</c>, comparison, sum, product, sign.</summary>
internal static class ConditionParser
{
    private static readonly BilingualText Expected = new(
        "une condition, comme fillPercent > 80, overflow ou night", "a condition, such as fillPercent > 80, overflow or night");

    /// <summary>Words of the language that begin no condition.</summary>
    private static readonly FrozenSet<string> Keywords = new[] { "then", "for", "within", "and", "or", "deadband", "to", "is", "when", "each" }.ToFrozenSet();

    private static readonly FrozenDictionary<string, ComparisonOperator> Comparisons = Operators.Comparisons.ToFrozenDictionary(pair => pair.Sign, pair => pair.Operator);

    public static Expression Parse(TokenReader reader)
    {
        reader.Enter();
        var left = And(reader);
        while (reader.IsWord("or"))
        {
            var at = reader.Take().At;
            left = new LogicTerm(false, left, And(reader)) { At = at };
        }

        reader.Leave();
        return left;
    }

    private static Expression And(TokenReader reader)
    {
        var left = Not(reader);
        while (reader.IsWord("and"))
        {
            var at = reader.Take().At;
            left = new LogicTerm(true, left, Not(reader)) { At = at };
        }

        return left;
    }

    private static Expression Not(TokenReader reader)
    {
        if (!reader.IsWord("not"))
        {
            return Comparison(reader);
        }

        var at = reader.Take().At;
        reader.Enter();
        var operand = Not(reader);
        reader.Leave();
        return new NotTerm(operand) { At = at };
    }

    private static Expression Comparison(TokenReader reader)
    {
        var left = Sum(reader);
        if (reader.Next.Kind != TokenKind.Sign || !Comparisons.TryGetValue(reader.Next.Text, out var comparison))
        {
            return left;
        }

        var at = reader.Take().At;
        var right = Sum(reader);
        var deadband = 0.0;
        if (reader.TakeWordIf("deadband"))
        {
            deadband = reader.TakeKind(TokenKind.Number, new("un nombre : de combien la valeur doit revenir", "a number: by how much it must go back")).Number;
        }

        return new ComparisonTerm(comparison, left, right, deadband) { At = at };
    }

    private static Expression Sum(TokenReader reader)
    {
        var left = Product(reader);
        while (reader.IsSign("+") || reader.IsSign("-"))
        {
            var sign = reader.Take();
            left = new ArithmeticTerm(sign.Text == "+" ? ArithmeticOperator.Add : ArithmeticOperator.Subtract, left, Product(reader)) { At = sign.At };
        }

        return left;
    }

    private static Expression Product(TokenReader reader)
    {
        var left = Signed(reader);
        while (reader.IsSign("*") || reader.IsSign("/"))
        {
            var sign = reader.Take();
            left = new ArithmeticTerm(sign.Text == "*" ? ArithmeticOperator.Multiply : ArithmeticOperator.Divide, left, Signed(reader)) { At = sign.At };
        }

        return left;
    }

    private static Expression Signed(TokenReader reader)
    {
        if (!reader.IsSign("-"))
        {
            return Primary(reader);
        }

        var at = reader.Take().At;
        reader.Enter();
        var operand = Signed(reader);
        reader.Leave();
        return Negative(operand, at);
    }

    /// <summary>A number with its sign is a number.</summary>
    public static Expression Negative(Expression operand, Origin at) => operand is NumberLiteral number && number.Value != 0
        ? new NumberLiteral(-number.Value) { At = at }
        : new NegationTerm(operand) { At = at };

    private static Expression Primary(TokenReader reader)
    {
        var token = reader.Next;
        switch (token.Kind)
        {
            case TokenKind.Number:
                reader.Take();
                return reader.TakeSignIf("%") ? new PercentLiteral(token.Number) { At = token.At }
                    : reader.UnitIf() is { } unit ? new DurationLiteral(TokenReader.Duration(token, unit)) { At = token.At }
                    : new NumberLiteral(token.Number) { At = token.At };
            case TokenKind.Quoted:
                return new MetricTerm(MetricName(reader)) { At = token.At };
            case TokenKind.Sign when token.Text == "(":
                reader.Take();
                var inner = Parse(reader);
                reader.TakeSign(")");
                return inner;
            case TokenKind.Name when !Keywords.Contains(token.Text):
                reader.Take();
                return reader.IsSign("(") ? Call(reader, token) : Named(reader, token);
            default:
                return reader.Refuse<Expression>(Expected);
        }
    }

    private static Expression Call(TokenReader reader, Token name)
    {
        reader.Enter();
        reader.TakeSign("(");
        Expression call = name.Text switch
        {
            "previous" => new PreviousTerm(MetricName(reader)),
            "rate" => new RateTerm(MetricName(reader)),
            "reported" => new MetricTerm(MetricName(reader)),
            "since" => Since(reader),
            "count" or "share" => Group(reader, name.Text == "share"),
            _ => throw new RuleFaultException(new RuleFault(
                name.At, name.Shown, Phrases.OneOf(["previous(...)", "rate(...)", "since(...)", "reported(...)", "count(...)", "share(...)"]))),
        };
        reader.TakeSign(")");
        reader.Leave();
        return call with { At = name.At };
    }

    private static SinceTerm Since(TokenReader reader)
    {
        if (reader.TakeWordIf("heard"))
        {
            return new SinceTerm(SinceWhat.Heard, "");
        }

        if (reader.Next.Kind == TokenKind.Name && Vocabulary.Conditions.ContainsKey(reader.Next.Text))
        {
            return new SinceTerm(SinceWhat.Condition, reader.Take().Text);
        }

        var isReported = reader.IsWord("reported");
        if (isReported)
        {
            reader.Take();
            reader.TakeSign("(");
        }

        var name = MetricName(reader);
        if (isReported)
        {
            reader.TakeSign(")");
        }

        return new SinceTerm(SinceWhat.Metric, name);
    }

    /// <summary>What stands in the parentheses of <c>count</c> and <c>share</c>.</summary>
    private static GroupTerm Group(TokenReader reader, bool isShare)
    {
        reader.TakeWord("of");
        reader.TakeWord("kind");
        var kind = reader.TakeOneOf(Vocabulary.Kinds, Phrases.AKind);
        var by = GroupBy.Commune;
        if (reader.TakeWordIf("where"))
        {
            reader.TakeWord("same");
            by = reader.TakeOneOf(Operators.Groups, Phrases.AGroup);
        }

        reader.TakeSign(":");
        return new GroupTerm(isShare, kind, by, Parse(reader));
    }

    private static string MetricName(TokenReader reader)
    {
        var token = reader.Next;
        if (token.Kind == TokenKind.Quoted)
        {
            if (MetricCatalog.ByName.ContainsKey(token.Text))
            {
                reader.Refuse(new(
                    $"{token.Text} sans guillemets : seule une mesure que le catalogue ne connaît pas est entre guillemets",
                    $"{token.Text} without quotes: only a metric that the catalogue does not know stands in quotes"));
            }

            return reader.Take().Text;
        }

        if (token.Kind == TokenKind.Name && MetricCatalog.ByName.TryGetValue(token.Text, out var metric))
        {
            return Taken(reader, metric.Name);
        }

        var near = Vocabulary.NearTo(token.Text, MetricCatalog.ByName.Keys);
        return reader.Refuse<string>(new(
            $"une mesure{near.Fr} ; une que le catalogue ne connaît pas est entre guillemets", $"a metric{near.En}; one that the catalogue does not know stands in quotes"));
    }

    private static string Taken(TokenReader reader, string name)
    {
        reader.Take();
        return name;
    }

    private static Expression Named(TokenReader reader, Token name)
    {
        Expression? term = name.Text switch
        {
            "status" => new StatusTerm(),
            "night" => new SunTerm(true),
            "day" => new SunTerm(false),
            "from" => Window(reader),
            "alarm" => Alarm(reader),
            var word when Vocabulary.Statuses.TryGetValue(word, out var status) => new StatusLiteral(status),
            var word when Vocabulary.Days.TryGetValue(word, out var day) => new DayTerm(day),
            var word when Vocabulary.Conditions.ContainsKey(word) => new ConditionTerm(word),
            var word when FigureCatalog.ByName.ContainsKey(word) => new FigureTerm(word),
            var word when MetricCatalog.ByName.ContainsKey(word) => new MetricTerm(word),
            _ => null,
        };
        if (term is not null)
        {
            return term with { At = name.At };
        }

        var near = Vocabulary.NearTo(name.Text, Vocabulary.AllNames());
        throw new RuleFaultException(new RuleFault(
            name.At,
            name.Shown,
            new($"une mesure, une condition, un chiffre, status, night, day ou un jour de la semaine{near.Fr}", $"a metric, a condition, a figure, status, night, day or a weekday{near.En}")));
    }

    private static WindowTerm Window(TokenReader reader)
    {
        var from = Point(reader);
        reader.TakeWord("to");
        return new WindowTerm(from, Point(reader));
    }

    /// <summary>A time of the day.</summary>
    public static TimePoint Point(TokenReader reader)
    {
        if (reader.Next.Kind == TokenKind.Time)
        {
            return new TimePoint(TimeAnchor.Clock, (int)reader.Take().Number);
        }

        if (reader.Next.Kind != TokenKind.Name || !Vocabulary.Anchors.TryGetValue(reader.Next.Text, out var anchor))
        {
            return reader.Refuse<TimePoint>(Phrases.ATimeOfDay);
        }

        reader.Take();
        if (!reader.IsSign("+") && !reader.IsSign("-"))
        {
            return new TimePoint(anchor, 0);
        }

        var sign = reader.Take().Text == "-" ? -1 : 1;
        var offset = reader.Next;
        return offset is { Kind: TokenKind.Time, Number: <= 720 }
            ? new TimePoint(anchor, sign * (int)reader.Take().Number)
            : reader.Refuse<TimePoint>(new("des heures et minutes jusqu’à 12:00, comme 00:30", "hours and minutes up to 12:00, such as 00:30"));
    }

    private static AlarmTerm Alarm(TokenReader reader)
    {
        var name = reader.Next;
        if (name.Kind != TokenKind.Quoted && !(name.Kind == TokenKind.Name && Vocabulary.Conditions.ContainsKey(name.Text)))
        {
            var near = Vocabulary.NearTo(name.Text, Vocabulary.Conditions.Keys);
            reader.Refuse(new(
                $"une condition{near.Fr}, ou l’alarme d’une règle entre guillemets, comme \"rule.pump\"", $"a condition{near.En}, or the alarm of a rule in quotes, such as \"rule.pump\""));
        }

        reader.Take();
        reader.TakeWord("is");
        return new AlarmTerm(name.Text, reader.TakeOneOf(Vocabulary.Aspects, Phrases.AnAlarmAspect));
    }
}
