namespace Grid.Grains.Rules.Evaluation;

/// <summary>Whether something holds. What was never reported is unknown, and so is what follows from it: a rule holds only where that is known.</summary>
internal enum Truth : byte
{
    False,
    True,
    Unknown,
}

/// <summary>A number of a condition; not a number where it is unknown.</summary>
internal delegate double NumberOf(ref RuleFrame frame);

/// <summary>A truth of a condition.</summary>
internal delegate Truth TruthOf(ref RuleFrame frame);
