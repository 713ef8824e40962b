namespace Grid.Contracts.Interventions;

/// <summary>Where a work order stands. The numbers are stored: never renumber.</summary>
public enum WorkOrderState : byte
{
    /// <summary>Nobody has it yet.</summary>
    Open = 0,

    /// <summary>A contractor has it: by its contract, or because somebody said so.</summary>
    Assigned = 1,

    /// <summary>It waits for something, with a reason: the clock of its deadline stands still.</summary>
    Paused = 2,

    /// <summary>Said to be repaired; measurements have still to confirm it.</summary>
    Repaired = 3,

    /// <summary>Done. It can be reopened.</summary>
    Closed = 4,

    /// <summary>It was repaired or closed, and what it was about is back or was never gone: its deadline has begun anew.</summary>
    Reopened = 5,

    /// <summary>Will not be done, with a reason. Final.</summary>
    Cancelled = 6,
}

/// <summary>How much a work order presses. The numbers are stored: never renumber.</summary>
public enum WorkOrderPriority : byte
{
    /// <summary>With the next round.</summary>
    Low = 0,

    /// <summary>As usual.</summary>
    Medium = 1,

    /// <summary>Before others.</summary>
    High = 2,

    /// <summary>Somebody may come to harm.</summary>
    Urgent = 3,
}

/// <summary>Where a work order comes from. The numbers are stored: never renumber.</summary>
public enum WorkOrderOrigin : byte
{
    /// <summary>A person with the right to.</summary>
    Person = 0,

    /// <summary>An alarm.</summary>
    Alarm = 1,

    /// <summary>A rule.</summary>
    Rule = 2,

    /// <summary>A citizen's report.</summary>
    Citizen = 3,
}

/// <summary>What happens to a work order. Up to <see cref="Prioritise"/> by people, from <see cref="Confirm"/> on by the grid itself. The numbers are stored: never renumber.</summary>
public enum WorkOrderVerb : byte
{
    /// <summary>It is opened.</summary>
    Open = 0,

    /// <summary>It is given to a contractor.</summary>
    Assign = 1,

    /// <summary>Its clock stops.</summary>
    Pause = 2,

    /// <summary>Its clock goes on.</summary>
    Resume = 3,

    /// <summary>Somebody has arrived at the place.</summary>
    Arrive = 4,

    /// <summary>Somebody has left the place.</summary>
    Leave = 5,

    /// <summary>It is said to be repaired.</summary>
    Repair = 6,

    /// <summary>A person closes it.</summary>
    Close = 7,

    /// <summary>A person reopens it.</summary>
    Reopen = 8,

    /// <summary>A person cancels it.</summary>
    Cancel = 9,

    /// <summary>Its priority is changed.</summary>
    Prioritise = 10,

    /// <summary>Measurements confirm the repair: it is closed.</summary>
    Confirm = 11,

    /// <summary>Measurements have not confirmed the repair in time: it is reopened.</summary>
    Doubt = 12,

    /// <summary>The same condition is back: it is reopened.</summary>
    Recur = 13,

    /// <summary>The condition has gone before anybody came, and stayed away: it is closed.</summary>
    Vanish = 14,
}
