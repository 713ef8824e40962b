namespace Grid.Contracts.Alarms;

/// <summary>A text for people, in the two languages of the screens.</summary>
/// <param name="English">In English.</param>
/// <param name="French">In French.</param>
public sealed record Wording(string English, string French);

/// <summary>What an alarm of a condition is, as rationalised: ISA-18.2 calls the table of them the master alarm database.</summary>
public sealed record AlarmDefinition
{
    /// <summary>Name of the condition.</summary>
    public required string Condition { get; init; }

    /// <summary>How fast somebody has to act.</summary>
    public required AlarmPriority Priority { get; init; }

    /// <summary>What it is about.</summary>
    public required AlarmClass Class { get; init; }

    /// <summary>Time in which the action still averts the consequence.</summary>
    public required TimeSpan TimeToRespond { get; init; }

    /// <summary>How long the condition must hold before the alarm is raised, beyond what its rule waits.</summary>
    public TimeSpan OnDelay { get; init; }

    /// <summary>How long the condition must have ended before the alarm returns.</summary>
    public TimeSpan OffDelay { get; init; }

    /// <summary>What it says.</summary>
    public required Wording Message { get; init; }

    /// <summary>What happens when nobody acts.</summary>
    public required Wording Consequence { get; init; }

    /// <summary>What to do.</summary>
    public required Wording Action { get; init; }
}
