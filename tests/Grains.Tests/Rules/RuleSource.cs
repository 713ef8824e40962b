using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;
using Grid.Grains.Rules.Language;

namespace Grid.Tests.Grains.Rules;

/// <summary>Rules that are right, whatever the seed: every kind of part comes.</summary>
internal sealed class RuleSource(int seed)
{
    private static readonly string[] Numbers = ["fillPercent", "temperatureCelsius", "batteryPercent", "vendor metric", "x\"y\\z"];
    private static readonly string[] Flags = ["tilted"];
    private static readonly string[] Conditions = ["overflow", "fire", "tipped", "batteryLow", "discrepancy"];
    private static readonly string[] Texts = ["Bac plein", "say \"now\"", "back\\slash", "é à ü", "rule.other"];

    private readonly Random _random = new(seed);

    /// <summary>A rule of bins, or of communes.</summary>
    public Rule Next()
    {
        var isCommune = Picks(5);
        return new Rule(
            isCommune ? new RuleTarget(null, true, []) : new RuleTarget(DeviceKind.Bin, false, [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Filter())]),
            isCommune ? OfCommune() : new LogicTerm(Picks(2), new ConditionTerm("overflow"), Truth(4, isAlone: true)),
            Picks(2) ? 0 : _random.Next(1, 200_000) * 500L,
            Picks(2) ? null : Schedule(3),
            [.. Actions(isCommune)]);
    }

    private bool Picks(int ofSo) => _random.Next(ofSo) == 0;

    private T One<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private T One<T>()
        where T : struct, Enum => One(Enum.GetValues<T>());

    private double Value() => _random.Next(4) switch
    {
        0 => _random.Next(100),
        1 => _random.Next(-1_000_000, 1_000_000) / 1_000.0,
        2 => _random.Next(1, 1_000) / 1_000_000.0,
        _ => Math.Round(_random.NextDouble() * 1e12),
    };

    private Expression OfCommune() => new ComparisonTerm(One<ComparisonOperator>(), new FigureTerm("lighting.powerWatts"), new NumberLiteral(Value()), 0);

    private Expression Truth(int depth, bool isAlone) => _random.Next(depth <= 0 ? 8 : 14) switch
    {
        0 => new ConditionTerm(One(Conditions)),
        1 => new MetricTerm(One(Flags)),
        2 => new PreviousTerm(One(Flags)),
        3 => new ComparisonTerm(Picks(2) ? ComparisonOperator.Equal : ComparisonOperator.NotEqual, new StatusTerm(), new StatusLiteral(One<DeviceStatus>()), 0),
        4 => new SunTerm(Picks(2)),
        5 => new DayTerm(One<DayWord>()),
        6 => new WindowTerm(Point(), Point()),
        7 when isAlone => new AlarmTerm(Picks(2) ? One(Conditions) : One(Texts), One<AlarmAspect>()),
        7 or 8 => Compared(depth - 1, isAlone),
        9 => Since(),
        10 => new NotTerm(Truth(depth - 1, isAlone)),
        11 when isAlone => new ComparisonTerm(ComparisonOperator.Greater, new GroupTerm(true, DeviceKind.Bin, GroupBy.Commune, Truth(0, isAlone: false)), new PercentLiteral(50), 0.1),
        _ => new LogicTerm(Picks(2), Truth(depth - 1, isAlone: false), Truth(depth - 1, isAlone: false)),
    };

    private ComparisonTerm Compared(int depth, bool isAlone)
    {
        var comparison = One<ComparisonOperator>();
        var isOrder = comparison is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual);
        return new ComparisonTerm(comparison, Number(depth), Number(depth), isAlone && isOrder && Picks(2) ? Math.Abs(Value()) : 0);
    }

    private ComparisonTerm Since() => new(
        One<ComparisonOperator>(),
        One<SinceTerm>([new(SinceWhat.Heard, ""), new(SinceWhat.Metric, One(Numbers)), new(SinceWhat.Metric, "tilted"), new(SinceWhat.Condition, One(Conditions))]),
        new DurationLiteral(_random.Next(0, 1_000_000_000)),
        0);

    private Expression Number(int depth) => _random.Next(depth <= 0 ? 4 : 7) switch
    {
        0 => new NumberLiteral(Value()),
        1 => new MetricTerm(One(Numbers)),
        2 => new PreviousTerm(One(Numbers)),
        3 => new RateTerm(One(Numbers)),
        4 => Picks(2) ? new NegationTerm(new MetricTerm(One(Numbers))) : new NegationTerm(new ArithmeticTerm(ArithmeticOperator.Add, Number(0), Number(0))),
        _ => new ArithmeticTerm(One<ArithmeticOperator>(), Number(depth - 1), Number(depth - 1)),
    };

    private Expression Schedule(int depth) => _random.Next(depth <= 0 ? 3 : 6) switch
    {
        0 => new SunTerm(Picks(2)),
        1 => new DayTerm(One<DayWord>()),
        2 => new WindowTerm(Point(), Point()),
        3 => new NotTerm(Schedule(depth - 1)),
        _ => new LogicTerm(Picks(2), Schedule(depth - 1), Schedule(depth - 1)),
    };

    private TimePoint Point() => Picks(2) ? new TimePoint(TimeAnchor.Clock, _random.Next(1_440)) : new TimePoint(One<TimeAnchor>() is var anchor && anchor == TimeAnchor.Clock ? TimeAnchor.Sunset : anchor, _random.Next(-720, 721));

    private AttributeFilter Filter() => _random.Next(3) switch
    {
        0 => new AttributeFilter("ratedWatts", One<ComparisonOperator>(), AttributeValue.Of(Value())),
        1 => new AttributeFilter("two words", ComparisonOperator.Equal, AttributeValue.Of(One(Texts))),
        _ => new AttributeFilter("passive", ComparisonOperator.NotEqual, AttributeValue.Of(Picks(2))),
    };

    private IEnumerable<ActionTerm> Actions(bool isCommune)
    {
        yield return new RaiseAlarm(One(Texts), One<AlarmPriority>(), One<AlarmClass>());
        if (Picks(2))
        {
            yield return new OpenWorkOrder(Picks(2) ? null : One(Texts));
        }

        if (Picks(2))
        {
            yield return new Notify(One(["ops", "on call", "a.b"]), One(Texts));
        }

        if (Picks(2))
        {
            yield return new SetFlag(One(Texts));
        }

        if (Picks(2))
        {
            yield return new SendCommand("setDimming", [new("durationMinutes", 30), new("percent", 50)], CommandTarget.GroupCommune);
        }

        if (!isCommune && Picks(2))
        {
            yield return new ClearAlarm(One(Texts));
        }
    }
}
