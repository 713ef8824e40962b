namespace Grid.Runtime.Diagnostics;

/// <summary>What a partition counts. Written by its own thread, unless said otherwise; read by anyone, about right.</summary>
internal sealed class PartitionCounters
{
    public long Turns;
    public long MailboxDepth;
    public long ActivationsCreated;
    public long ActivationsEnded;
    public long ActivationsShed;
    public long CallTimeouts;
    public long StreamEvents;
    public long StreamEventsDropped;
    public long StreamDepth;

    /// <summary>Written by the watch.</summary>
    public long LongTurns;

    private long _rejected;

    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>From any thread.</summary>
    public void CountRejected() => Interlocked.Increment(ref _rejected);
}
