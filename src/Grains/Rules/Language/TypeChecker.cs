using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Grains.Rules.Language;

/// <summary>Finds the types of a condition's parts, and what a rule needs to be judged. Faults are added in the order of the text.</summary>
internal sealed class TypeChecker(ImmutableArray<RuleFault>.Builder faults)
{
    private const int MostFaults = 20;
    private int _groups;
    private bool _isInGroup;

    /// <summary>Parts that were seen.</summary>
    public int Parts { get; private set; }

    /// <summary>Comparisons with a deadband.</summary>
    public int Deadbands { get; private set; }

    /// <summary>The kinds that know all that was named so far.</summary>
    public DeviceKinds Kinds { get; private set; } = DeviceKinds.All;

    /// <summary>What is needed to judge it.</summary>
    public RuleNeeds Needs { get; private set; }

    /// <summary>True when something of the device itself was named.</summary>
    public bool IsAboutDevice { get; private set; }

    /// <summary>Checks a condition: what it says must be true or false.</summary>
    public void CheckCondition(Expression expression)
    {
        Expect(expression, ValueType.Truth, 1);
    }

    /// <summary>Checks a schedule: sun and calendar, and no more.</summary>
    public void CheckSchedule(Expression expression, int depth = 1)
    {
        Count(expression, depth);
        switch (expression)
        {
            case SunTerm or DayTerm or WindowTerm:
                break;
            case NotTerm not:
                CheckSchedule(not.Operand, depth + 1);
                break;
            case LogicTerm logic:
                CheckSchedule(logic.Left, DepthOfLeft(logic, logic.Left, depth));
                CheckSchedule(logic.Right, depth + 1);
                break;
            default:
                Refuse(expression, Shown(expression), "sun and calendar only: night, day, weekdays, holiday, from ... to ..., with and, or, not");
                break;
        }
    }

    public void Refuse(Origin at, string found, string expected)
    {
        if (faults.Count < MostFaults)
        {
            faults.Add(new RuleFault(at, found, expected));
        }
    }

    private void Refuse(Expression expression, string found, string expected) => Refuse(expression.At, found, expected);

    private void Expect(Expression expression, ValueType type, int depth)
    {
        if (TypeOf(expression, depth) is { } found && found != type)
        {
            Refuse(expression, Shown(found), type == ValueType.Truth ? "true or false, such as a comparison, a condition or night" : Shown(type));
        }
    }

    private ValueType? TypeOf(Expression expression, int depth)
    {
        Count(expression, depth);
        switch (expression)
        {
            case NumberLiteral:
                return ValueType.Number;
            case PercentLiteral:
                return ValueType.Percentage;
            case DurationLiteral:
                return ValueType.Duration;
            case StatusLiteral:
                return ValueType.Status;
            case StatusTerm:
                IsAboutDevice = true;
                return ValueType.Status;
            case MetricTerm metric:
                Narrow(metric, metric.Name, Vocabulary.KindsOf(metric.Name));
                return Vocabulary.TypeOfMetric(metric.Name);
            case PreviousTerm previous:
                Narrow(previous, previous.Metric, Vocabulary.KindsOf(previous.Metric));
                return Vocabulary.TypeOfMetric(previous.Metric);
            case RateTerm rate:
                return OfRate(rate);
            case SinceTerm since:
                return OfSince(since);
            case ConditionTerm condition:
                Narrow(condition, condition.Name, Vocabulary.KindsOf(Vocabulary.Conditions[condition.Name]));
                return ValueType.Truth;
            case AlarmTerm:
                IsAboutDevice = true;
                Need(expression, RuleNeeds.Sector, "an alarm");
                return ValueType.Truth;
            case FigureTerm figure:
                Need(expression, RuleNeeds.Commune, "a figure of the commune");
                return Vocabulary.TypeOfNumber(figure.Name);
            case SunTerm or DayTerm or WindowTerm:
                return ValueType.Truth;
            case GroupTerm group:
                return OfGroup(group, depth);
            case NegationTerm negation:
                return OfNegation(negation, depth);
            case ArithmeticTerm arithmetic:
                return OfArithmetic(arithmetic, depth);
            case ComparisonTerm comparison:
                CheckComparison(comparison, depth);
                return ValueType.Truth;
            case NotTerm not:
                Expect(not.Operand, ValueType.Truth, depth + 1);
                return ValueType.Truth;
            case LogicTerm logic:
                Expect(logic.Left, ValueType.Truth, DepthOfLeft(logic, logic.Left, depth));
                Expect(logic.Right, ValueType.Truth, depth + 1);
                return ValueType.Truth;
            default:
                throw new InvalidOperationException($"Conditions have no part {expression.GetType().Name}.");
        }
    }

    private ValueType? OfRate(RateTerm rate)
    {
        Narrow(rate, rate.Metric, Vocabulary.KindsOf(rate.Metric));
        if (Vocabulary.TypeOfMetric(rate.Metric) != ValueType.Truth)
        {
            return ValueType.Number;
        }

        Refuse(rate, $"the rate of {rate.Metric}, which is true or false", "the rate of a number");
        return null;
    }

    private ValueType OfSince(SinceTerm since)
    {
        IsAboutDevice = true;
        if (since.What != SinceWhat.Heard)
        {
            Narrow(since, since.Name, since.What == SinceWhat.Metric ? Vocabulary.KindsOf(since.Name) : Vocabulary.KindsOf(Vocabulary.Conditions[since.Name]));
        }

        return ValueType.Duration;
    }

    private ValueType OfGroup(GroupTerm group, int depth)
    {
        if (++_groups > RuleLimits.Groups)
        {
            Refuse(group, "another group", $"at most {RuleLimits.Groups} of count and share");
        }

        Need(group, group.By == GroupBy.Commune ? RuleNeeds.Commune : RuleNeeds.Sector, "a group");
        if (group.By == GroupBy.Cabinet && (Vocabulary.SetOf(group.Kind) & (DeviceKinds.Cabinet | DeviceKinds.Streetlight)) == 0)
        {
            Refuse(group, $"a {Vocabulary.Word(group.Kind)} of a cabinet", "of kind streetlight or cabinet where same cabinet");
        }

        IsAboutDevice |= group.By == GroupBy.Cabinet;

        // The neighbours are of a kind of their own.
        var (kinds, isAboutDevice, wasInGroup) = (Kinds, IsAboutDevice, _isInGroup);
        Kinds = Vocabulary.SetOf(group.Kind);
        _isInGroup = true;
        Expect(group.Holds, ValueType.Truth, depth + 1);
        (Kinds, IsAboutDevice, _isInGroup) = (kinds, isAboutDevice, wasInGroup);
        if (group.By == GroupBy.Cabinet)
        {
            Kinds &= DeviceKinds.Cabinet | DeviceKinds.Streetlight;
        }

        return group.IsShare ? ValueType.Share : ValueType.Number;
    }

    private ValueType? OfNegation(NegationTerm negation, int depth)
    {
        var type = TypeOf(negation.Operand, depth + 1);
        if (type is null or ValueType.Number or ValueType.Percent)
        {
            return type;
        }

        Refuse(negation, $"the negative of {Shown(type.Value)}", "the negative of a number");
        return null;
    }

    private ValueType? OfArithmetic(ArithmeticTerm term, int depth)
    {
        var left = TypeOf(term.Left, DepthOfLeft(term, term.Left, depth));
        var right = TypeOf(term.Right, depth + 1);
        if (left is not { } one || right is not { } other)
        {
            return null;
        }

        var type = term.Operator switch
        {
            ArithmeticOperator.Add or ArithmeticOperator.Subtract when one == other && one is ValueType.Number or ValueType.Percent or ValueType.Percentage or ValueType.Share or ValueType.Duration => one,
            ArithmeticOperator.Add or ArithmeticOperator.Subtract when IsPercent(one) && IsPercent(other) => ValueType.Percent,
            ArithmeticOperator.Add or ArithmeticOperator.Subtract when IsNumber(one) && IsNumber(other) => ValueType.Number,
            ArithmeticOperator.Multiply or ArithmeticOperator.Divide when IsNumber(one) && IsNumber(other) => ValueType.Number,
            ArithmeticOperator.Multiply when one == ValueType.Duration && other == ValueType.Number => ValueType.Duration,
            ArithmeticOperator.Multiply when one == ValueType.Number && other == ValueType.Duration => ValueType.Duration,
            ArithmeticOperator.Divide when one == ValueType.Duration && other == ValueType.Number => ValueType.Duration,
            ArithmeticOperator.Divide when one == ValueType.Duration && other == ValueType.Duration => ValueType.Number,
            _ => default(ValueType?),
        };
        if (type is null)
        {
            Refuse(term, $"{Shown(one)} {Operators.SignOf(term.Operator)} {Shown(other)}", "two numbers, or durations");
        }

        return type;
    }

    private void CheckComparison(ComparisonTerm comparison, int depth)
    {
        var left = TypeOf(comparison.Left, depth + 1);
        var right = TypeOf(comparison.Right, depth + 1);
        if (comparison.Deadband > 0)
        {
            CheckDeadband(comparison, left);
        }

        if (left is not { } one || right is not { } other)
        {
            return;
        }

        var isSame = one == other || (IsPercent(one) && IsPercent(other))
            || (IsNumber(one) && IsNumber(other) && (one, other) is not ((ValueType.Share, ValueType.Percent) or (ValueType.Percent, ValueType.Share)))
            || (one, other) is (ValueType.Share, ValueType.Percentage) or (ValueType.Percentage, ValueType.Share);
        if (one == ValueType.Truth)
        {
            Refuse(comparison.Left, Shown(one), "a number, a duration or status: what is true or false stands alone, or after not");
        }
        else if (!isSame)
        {
            Refuse(comparison.Right, Shown(other), $"{Shown(one)} to compare with {Shown(one)}");
        }
        else if (one == ValueType.Status && comparison.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
        {
            Refuse(comparison, $"'{Operators.SignOf(comparison.Operator)}'", "= or != for a status");
        }
    }

    private void CheckDeadband(ComparisonTerm comparison, ValueType? left)
    {
        if (++Deadbands > RuleLimits.Deadbands)
        {
            Refuse(comparison, "another deadband", $"at most {RuleLimits.Deadbands}");
        }

        if (comparison.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual)
        {
            Refuse(comparison, $"a deadband on '{Operators.SignOf(comparison.Operator)}'", "a deadband on > >= < or <=");
        }
        else if (_isInGroup)
        {
            Refuse(comparison, "a deadband within a group", "a deadband on the count or the share");
        }
        else if (left is ValueType.Duration or ValueType.Status)
        {
            Refuse(comparison, $"a deadband on {Shown(left.Value)}", "a deadband on a number");
        }
    }

    private void Narrow(Expression expression, string name, DeviceKinds kinds)
    {
        IsAboutDevice = true;
        if ((Kinds & kinds) == 0)
        {
            Refuse(expression, $"{name} of {Words(kinds)}", $"what {Words(Kinds)} knows");
            return;
        }

        Kinds &= kinds;
    }

    private void Need(Expression expression, RuleNeeds needs, string what)
    {
        if (_isInGroup)
        {
            Refuse(expression, $"{what} within a group", "what a device of the group knows itself");
        }

        Needs = needs > Needs ? needs : Needs;
    }

    private void Count(Expression expression, int depth)
    {
        if (++Parts > RuleLimits.Parts)
        {
            throw new RuleFaultException(new RuleFault(expression.At, "another part", $"at most {RuleLimits.Parts} parts in the conditions of a rule"));
        }

        if (depth > RuleLimits.Depth)
        {
            throw new RuleFaultException(new RuleFault(expression.At, "another level", $"at most {RuleLimits.Depth} levels in a condition"));
        }
    }

    /// <summary>A chain of one operator is one level, as it is in text and JSON.</summary>
    private static int DepthOfLeft(Expression whole, Expression left, int depth) => IsChain(whole, left) ? depth : depth + 1;

    /// <summary>True when the left part continues a chain of one operator.</summary>
    public static bool IsChain(Expression whole, Expression left) => (whole, left) switch
    {
        (LogicTerm one, LogicTerm other) => one.IsAnd == other.IsAnd,
        (ArithmeticTerm one, ArithmeticTerm other) => one.Operator == other.Operator,
        _ => false,
    };

    private static bool IsNumber(ValueType type) => type is ValueType.Number or ValueType.Percent or ValueType.Share;

    private static bool IsPercent(ValueType type) => type is ValueType.Percent or ValueType.Percentage;

    private static string Words(DeviceKinds kinds) => kinds == DeviceKinds.All
        ? "every kind"
        : string.Join(" or ", Enum.GetValues<DeviceKind>().Where(kind => (kinds & Vocabulary.SetOf(kind)) != 0).Select(Vocabulary.Word));

    private static string Shown(ValueType type) => type switch
    {
        ValueType.Truth => "true or false",
        ValueType.Number => "a number",
        ValueType.Percent => "a percentage",
        ValueType.Percentage => "a percentage",
        ValueType.Share => "a share",
        ValueType.Duration => "a duration",
        ValueType.Status => "a status",
        _ => throw new InvalidOperationException($"Values have no type {type}."),
    };

    private static string Shown(Expression expression) => $"'{RulePrinter.Print(expression)}'";
}
