namespace Grid.Contracts.Commands;

/// <summary>What a device should do is a stack: the highest layer that says something counts. The numbers are stored: never renumber.</summary>
public enum ControlLayer : byte
{
    /// <summary>What the lighting plan says now, for a device that keeps no plan itself.</summary>
    Plan = 0,

    /// <summary>A person's command, for a time or until the plan is followed again.</summary>
    Override = 1,

    /// <summary>Above every other: "everything on, now".</summary>
    Emergency = 2,
}
