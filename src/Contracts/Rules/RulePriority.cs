namespace Grid.Contracts.Rules;

/// <summary>How urgent the alarm of a rule is. The numbers are stored: never renumber.</summary>
public enum RulePriority : byte
{
    /// <summary>To be looked at some time.</summary>
    Low = 0,

    /// <summary>To be looked at today.</summary>
    Medium = 1,

    /// <summary>To be looked at now.</summary>
    High = 2,

    /// <summary>Somebody may come to harm.</summary>
    Critical = 3,
}
