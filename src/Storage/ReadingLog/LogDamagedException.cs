using Grid.Contracts.Storage;

namespace Grid.Storage.ReadingLog;

/// <summary>
/// The log holds something that was never written so, before its last commit: it is not opened, nothing is changed, and nothing of it is
/// guessed.
/// </summary>
public sealed class LogDamagedException(string segment, long position, string reason)
    : IOException($"The reading log is damaged in segment {segment} at byte {position}: {reason}. Nothing was changed."), IPermanentFault
{
    /// <summary>What is wrong.</summary>
    public string Reason { get; } = reason;

    /// <summary>File name of the segment.</summary>
    public string Segment { get; } = segment;

    /// <summary>Where in it, in bytes from its beginning.</summary>
    public long Position { get; } = position;
}
