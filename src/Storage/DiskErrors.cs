namespace Grid.Storage;

/// <summary>What errors of the disk mean.</summary>
internal static class DiskErrors
{
    private const int NoSpace = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT on Linux
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>True when there was no room: the bytes before are untouched, and the same call can succeed later.</summary>
    public static bool IsFull(Exception error) => error is IOException { HResult: NoSpace or QuotaExceeded or WindowsDiskFull };
}
