namespace Grid.Simulation.Faults;

/// <summary>What a world may do to the grid.</summary>
public enum Fault
{
    /// <summary>The process is killed, between two operations of its storage or between two events, and started again.</summary>
    Crash,

    /// <summary>A crash takes the machine with it: bytes that were not synced may be lost.</summary>
    PowerLoss,

    /// <summary>Of the bytes that were not synced at a loss of power, a part stays on the disk.</summary>
    TornWrite,

    /// <summary>A sync of the log fails.</summary>
    SyncError,

    /// <summary>A store answers with an error and has done nothing.</summary>
    StorageError,

    /// <summary>A store answers with an error and has done what was asked.</summary>
    UnknownOutcome,

    /// <summary>A store takes its time.</summary>
    SlowStorage,

    /// <summary>A message to or from the door takes its time, and is overtaken.</summary>
    MessageDelay,

    /// <summary>A message to or from the door is lost; its sender tries again.</summary>
    MessageLoss,

    /// <summary>A message to the door arrives twice.</summary>
    MessageDuplicate,

    /// <summary>The network loses a downlink that it said to have transmitted.</summary>
    DownlinkLoss,

    /// <summary>The network does not answer whether it took a downlink, and has.</summary>
    DownlinkDoubt,

    /// <summary>A roll-up event takes its time, and is overtaken.</summary>
    StreamDelay,

    /// <summary>A roll-up event comes twice.</summary>
    StreamDuplicate,

    /// <summary>The process's clock is set wrong, and right again later.</summary>
    ClockJump,

    /// <summary>A device says nothing for hours, and starts anew.</summary>
    Silence,

    /// <summary>A device keeps a reading and sends it hours later.</summary>
    LateReading,

    /// <summary>A device sends a reading again with a later batch.</summary>
    DuplicateReading,

    /// <summary>A live client loses its connection, and comes back with its cursor.</summary>
    Reconnect,
}
