using Grid.Contracts.Devices;

namespace Grid.Grains.Rules.Language;

/// <summary>A part of a condition.</summary>
internal abstract record Expression
{
    public Origin At { get; init; }
}

/// <summary>A number in the unit of what it stands beside.</summary>
internal sealed record NumberLiteral(double Value) : Expression;

/// <summary>A percentage, such as <c>80 %</c>.</summary>
internal sealed record PercentLiteral(double Value) : Expression;

/// <summary>A duration, such as <c>10 min</c>.</summary>
internal sealed record DurationLiteral(long Milliseconds) : Expression;

/// <summary>A status of a device, such as <c>silent</c>.</summary>
internal sealed record StatusLiteral(DeviceStatus Status) : Expression;

/// <summary>The newest reported value of a metric.</summary>
internal sealed record MetricTerm(string Name) : Expression;

/// <summary>The value that a metric had before its newest report.</summary>
internal sealed record PreviousTerm(string Metric) : Expression;

/// <summary>What a metric gained an hour between its last two reports.</summary>
internal sealed record RateTerm(string Metric) : Expression;

/// <summary>How long ago something was.</summary>
internal sealed record SinceTerm(SinceWhat What, string Name) : Expression;

/// <summary>A condition that Grid finds on the device.</summary>
internal sealed record ConditionTerm(string Name) : Expression;

/// <summary>The status of the device.</summary>
internal sealed record StatusTerm : Expression;

/// <summary>A figure of the commune's summary.</summary>
internal sealed record FigureTerm(string Name) : Expression;

/// <summary>An alarm of the device, by its condition.</summary>
internal sealed record AlarmTerm(string Condition, AlarmAspect Aspect) : Expression;

/// <summary>Whether the sun is down, or up.</summary>
internal sealed record SunTerm(bool IsNight) : Expression;

/// <summary>Whether the local day is such a one.</summary>
internal sealed record DayTerm(DayWord Day) : Expression;

/// <summary>Whether it is between two times of the day.</summary>
internal sealed record WindowTerm(TimePoint From, TimePoint To) : Expression;

/// <summary>How many devices of a group something holds for, or which share of them.</summary>
internal sealed record GroupTerm(bool IsShare, DeviceKind Kind, GroupBy By, Expression Holds) : Expression;

/// <summary>A number with the other sign.</summary>
internal sealed record NegationTerm(Expression Operand) : Expression;

/// <summary>Two numbers as one.</summary>
internal sealed record ArithmeticTerm(ArithmeticOperator Operator, Expression Left, Expression Right) : Expression;

/// <summary>Two values beside each other. Once it holds with a deadband, it ends only when it would not hold by that much.</summary>
internal sealed record ComparisonTerm(ComparisonOperator Operator, Expression Left, Expression Right, double Deadband) : Expression;

/// <summary>The opposite.</summary>
internal sealed record NotTerm(Expression Operand) : Expression;

/// <summary>Both, or one of them.</summary>
internal sealed record LogicTerm(bool IsAnd, Expression Left, Expression Right) : Expression;

/// <summary>What a duration can count from.</summary>
internal enum SinceWhat
{
    /// <summary>The last report of the device.</summary>
    Heard,

    /// <summary>The last report of a metric.</summary>
    Metric,

    /// <summary>The beginning of a condition that holds.</summary>
    Condition,
}

/// <summary>What can be asked of an alarm.</summary>
internal enum AlarmAspect
{
    /// <summary>Its condition holds, whether somebody knows it or not.</summary>
    Raised,

    /// <summary>Its condition holds and somebody has acknowledged it.</summary>
    Acknowledged,

    /// <summary>It was raised once and its condition holds no more.</summary>
    Cleared,
}

/// <summary>Days by their names.</summary>
internal enum DayWord
{
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,

    /// <summary>Monday to Friday, holidays too.</summary>
    Weekday,

    /// <summary>Saturday and Sunday.</summary>
    Weekend,

    /// <summary>A public holiday of the department.</summary>
    Holiday,
}

/// <summary>Who are neighbours.</summary>
internal enum GroupBy
{
    /// <summary>All devices of the commune.</summary>
    Commune,

    /// <summary>A cabinet and the light points that it feeds.</summary>
    Cabinet,
}

/// <summary>What a time of the day counts from.</summary>
internal enum TimeAnchor
{
    /// <summary>Local midnight, by the clock.</summary>
    Clock,

    /// <summary>The sun's upper edge comes over the horizon.</summary>
    Sunrise,

    /// <summary>It goes under.</summary>
    Sunset,

    /// <summary>The sun comes over 6 degrees below the horizon.</summary>
    CivilDawn,

    /// <summary>It goes under.</summary>
    CivilDusk,
}

/// <summary>A time of the day.</summary>
/// <param name="Anchor">What it counts from.</param>
/// <param name="Minutes">By how much it is after that; by the clock 0 to 1,439, else -720 to 720.</param>
internal readonly record struct TimePoint(TimeAnchor Anchor, int Minutes);

/// <summary>How two numbers become one.</summary>
internal enum ArithmeticOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// <summary>How two values compare.</summary>
internal enum ComparisonOperator
{
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
}
