using System.Collections.Frozen;

namespace Grid.Grains.Rules.Language;

/// <summary>Signs and words of operators, one table for text and JSON.</summary>
internal static class Operators
{
    public static IReadOnlyList<(string Sign, ComparisonOperator Operator)> Comparisons { get; } =
    [
        (">", ComparisonOperator.Greater),
        (">=", ComparisonOperator.GreaterOrEqual),
        ("<", ComparisonOperator.Less),
        ("<=", ComparisonOperator.LessOrEqual),
        ("=", ComparisonOperator.Equal),
        ("!=", ComparisonOperator.NotEqual),
    ];

    public static IReadOnlyList<(string Sign, ArithmeticOperator Operator)> Arithmetic { get; } =
    [
        ("+", ArithmeticOperator.Add),
        ("-", ArithmeticOperator.Subtract),
        ("*", ArithmeticOperator.Multiply),
        ("/", ArithmeticOperator.Divide),
    ];

    /// <summary>Groups by the word after <c>same</c>.</summary>
    public static FrozenDictionary<string, GroupBy> Groups { get; } = Enum.GetValues<GroupBy>().ToFrozenDictionary(Vocabulary.Word, StringComparer.Ordinal);

    public static string SignOf(ComparisonOperator comparison) => Comparisons[(int)comparison].Sign;

    public static string SignOf(ArithmeticOperator arithmetic) => Arithmetic[(int)arithmetic].Sign;
}
