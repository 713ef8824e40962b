using Grid.Contracts.Notifications;

namespace Grid.Grains.Rules.Language;

/// <summary>Where a part of a rule stands in its text or in its JSON. Two rules that say the same are equal wherever their parts stand, so that origins never differ.</summary>
/// <param name="Line">Line of the text, from 1; 0 in JSON.</param>
/// <param name="Column">Column of the line, from 1; 0 in JSON.</param>
/// <param name="Path">Place in the JSON, such as <c>$.when.and[1]</c>; null in a text.</param>
internal readonly record struct Origin(int Line, int Column, string? Path)
{
    public bool Equals(Origin other) => true;

    public override int GetHashCode() => 0;
}

/// <summary>What is wrong with a rule: where, what was found there, and what was expected.</summary>
/// <param name="At">Where.</param>
/// <param name="Found">What stands there, for people.</param>
/// <param name="Expected">What could stand there, for people.</param>
internal sealed record RuleFault(Origin At, BilingualText Found, BilingualText Expected)
{
    /// <summary>What was found and expected, without where.</summary>
    public BilingualText Reason => new($"trouvé {Found.Fr}, attendu {Expected.Fr}", $"found {Found.En}, expected {Expected.En}");

    /// <summary>One line for people.</summary>
    public BilingualText Line => At.Path is { } path
        ? new($"{path} : {Reason.Fr}", $"{path}: {Reason.En}")
        : new($"ligne {At.Line}, colonne {At.Column} : {Reason.Fr}", $"line {At.Line}, column {At.Column}: {Reason.En}");

    /// <summary>The line in English.</summary>
    public override string ToString() => Line.En;
}

/// <summary>Ends the reading of a rule at its first fault. Never leaves this folder.</summary>
internal sealed class RuleFaultException(RuleFault fault) : Exception
{
    public RuleFault Fault { get; } = fault;
}

/// <summary>A rule that was read, or what is wrong with it.</summary>
/// <param name="Rule">The rule; null when there are faults.</param>
/// <param name="Faults">What is wrong, in the order of the text; empty for a rule.</param>
internal readonly record struct RuleReading(Rule? Rule, System.Collections.Immutable.ImmutableArray<RuleFault> Faults);
