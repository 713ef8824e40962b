namespace Grid.Grains.Devices;

/// <summary>How soon a change must be persisted.</summary>
public enum Persistence : byte
{
    /// <summary>Nothing changed.</summary>
    None = 0,

    /// <summary>When the sector saves: the log has it.</summary>
    Later = 1,

    /// <summary>Before the answer.</summary>
    Now = 2,
}
