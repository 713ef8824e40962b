using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;

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
                Refuse(expression, Shown(expression), new(
                    "seulement le soleil et le calendrier : night, day, jours de la semaine, holiday, from ... to ..., avec and, or, not",
                    "sun and calendar only: night, day, weekdays, holiday, from ... to ..., with and, or, not"));
                break;
        }
    }

    public void Refuse(Origin at, BilingualText found, BilingualText expected)
    {
        if (faults.Count < MostFaults)
        {
            faults.Add(new RuleFault(at, found, expected));
        }
    }

    private void Refuse(Expression expression, BilingualText found, BilingualText expected) => Refuse(expression.At, found, expected);

    private void Expect(Expression expression, ValueType type, int depth)
    {
        if (TypeOf(expression, depth) is { } found && found != type)
        {
            Refuse(expression, Shown(found), type == ValueType.Truth
                ? new("vrai ou faux, comme une comparaison, une condition ou night", "true or false, such as a comparison, a condition or night")
                : Shown(type));
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
                Need(expression, RuleNeeds.Sector, new("une alarme", "an alarm"));
                return ValueType.Truth;
            case FigureTerm figure:
                Need(expression, RuleNeeds.Commune, new("un chiffre de la commune", "a figure of the commune"));
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

        Refuse(rate, new($"la variation de {rate.Metric}, qui est vrai ou faux", $"the rate of {rate.Metric}, which is true or false"), new("la variation d’un nombre", "the rate of a number"));
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
            Refuse(group, new("un groupe de plus", "another group"), new($"au plus {RuleLimits.Groups} count et share", $"at most {RuleLimits.Groups} of count and share"));
        }

        Need(group, group.By == GroupBy.Commune ? RuleNeeds.Commune : RuleNeeds.Sector, Phrases.AGroup);
        if (group.By == GroupBy.Cabinet && (Vocabulary.SetOf(group.Kind) & (DeviceKinds.Cabinet | DeviceKinds.Streetlight)) == 0)
        {
            var kind = Vocabulary.Word(group.Kind);
            Refuse(group, new($"un {kind} d’une armoire", $"a {kind} of a cabinet"), new("of kind streetlight ou cabinet where same cabinet", "of kind streetlight or cabinet where same cabinet"));
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

        Refuse(negation, new($"l’opposé de {Shown(type.Value).Fr}", $"the negative of {Shown(type.Value).En}"), new("l’opposé d’un nombre", "the negative of a number"));
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
            var (sign, first, second) = (Operators.SignOf(term.Operator), Shown(one), Shown(other));
            Refuse(term, new($"{first.Fr} {sign} {second.Fr}", $"{first.En} {sign} {second.En}"), new("deux nombres, ou durées", "two numbers, or durations"));
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
            Refuse(comparison.Left, Shown(one), new(
                "un nombre, une durée ou status : ce qui est vrai ou faux est écrit seul, ou après not",
                "a number, a duration or status: what is true or false stands alone, or after not"));
        }
        else if (!isSame)
        {
            Refuse(comparison.Right, Shown(other), new($"{Shown(one).Fr} à comparer avec {Shown(one).Fr}", $"{Shown(one).En} to compare with {Shown(one).En}"));
        }
        else if (one == ValueType.Status && comparison.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
        {
            Refuse(comparison, Phrases.Same($"'{Operators.SignOf(comparison.Operator)}'"), new("= ou != pour un état", "= or != for a status"));
        }
    }

    private void CheckDeadband(ComparisonTerm comparison, ValueType? left)
    {
        if (++Deadbands > RuleLimits.Deadbands)
        {
            Refuse(comparison, new("un deadband de plus", "another deadband"), Phrases.AtMost(RuleLimits.Deadbands));
        }

        if (comparison.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual)
        {
            var sign = Operators.SignOf(comparison.Operator);
            Refuse(comparison, new($"un deadband sur '{sign}'", $"a deadband on '{sign}'"), new("un deadband sur > >= < ou <=", "a deadband on > >= < or <="));
        }
        else if (_isInGroup)
        {
            Refuse(comparison, new("un deadband dans un groupe", "a deadband within a group"), new("un deadband sur count ou share", "a deadband on the count or the share"));
        }
        else if (left is ValueType.Duration or ValueType.Status)
        {
            Refuse(comparison, new($"un deadband sur {Shown(left.Value).Fr}", $"a deadband on {Shown(left.Value).En}"), new("un deadband sur un nombre", "a deadband on a number"));
        }
    }

    private void Narrow(Expression expression, string name, DeviceKinds kinds)
    {
        IsAboutDevice = true;
        if ((Kinds & kinds) == 0)
        {
            var (known, wanted) = (Words(kinds), Words(Kinds));
            Refuse(expression, new($"{name} de {known.Fr}", $"{name} of {known.En}"), new($"ce que {wanted.Fr} connaît", $"what {wanted.En} knows"));
            return;
        }

        Kinds &= kinds;
    }

    private void Need(Expression expression, RuleNeeds needs, BilingualText what)
    {
        if (_isInGroup)
        {
            Refuse(expression, new($"{what.Fr} dans un groupe", $"{what.En} within a group"), new("ce qu’un équipement du groupe connaît lui-même", "what a device of the group knows itself"));
        }

        Needs = needs > Needs ? needs : Needs;
    }

    private void Count(Expression expression, int depth)
    {
        if (++Parts > RuleLimits.Parts)
        {
            throw new RuleFaultException(new RuleFault(
                expression.At,
                new("une partie de plus", "another part"),
                new($"au plus {RuleLimits.Parts} parties dans les conditions d’une règle", $"at most {RuleLimits.Parts} parts in the conditions of a rule")));
        }

        if (depth > RuleLimits.Depth)
        {
            throw new RuleFaultException(new RuleFault(
                expression.At, new("un niveau de plus", "another level"), new($"au plus {RuleLimits.Depth} niveaux dans une condition", $"at most {RuleLimits.Depth} levels in a condition")));
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

    private static BilingualText Words(DeviceKinds kinds) => kinds == DeviceKinds.All
        ? new("tout genre", "every kind")
        : Phrases.Either([.. Enum.GetValues<DeviceKind>().Where(kind => (kinds & Vocabulary.SetOf(kind)) != 0).Select(Vocabulary.Word)]);

    private static BilingualText Shown(ValueType type) => type switch
    {
        ValueType.Truth => new("vrai ou faux", "true or false"),
        ValueType.Number => Phrases.ANumber,
        ValueType.Percent or ValueType.Percentage => new("un pourcentage", "a percentage"),
        ValueType.Share => new("une part", "a share"),
        ValueType.Duration => new("une durée", "a duration"),
        ValueType.Status => new("un état", "a status"),
        _ => throw new InvalidOperationException($"Values have no type {type}."),
    };

    private static BilingualText Shown(Expression expression) => Phrases.Same($"'{RulePrinter.Print(expression)}'");
}
