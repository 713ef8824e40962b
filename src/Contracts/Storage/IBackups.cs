namespace Grid.Contracts.Storage;

/// <summary>Backups of a running grid: consistent, while it goes on. One at a time.</summary>
public interface IBackups
{
    /// <summary>
    /// Begins a backup to a new directory, or to one file when the path ends with <c>.tar</c>, on the machine that the grid runs on. Everything that
    /// was acknowledged before this call is in it.
    /// </summary>
    /// <param name="to">A full path at which nothing is yet.</param>
    /// <returns>The backup; its id finds it again.</returns>
    /// <exception cref="BackupRefusedException">The path cannot be used, or another backup is being made.</exception>
    BackupStatus Start(string to);

    /// <summary>The backup of that id, null when there is none. The last 100 since the start of the program are known.</summary>
    BackupStatus? Find(string id);
}

/// <summary>How far a backup is.</summary>
public enum BackupState
{
    /// <summary>It is being made.</summary>
    Running,

    /// <summary>It is there, whole and verified.</summary>
    Completed,

    /// <summary>It was not made; nothing of it is left.</summary>
    Failed,
}

/// <summary>A backup.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">How far it is.</param>
/// <param name="To">Where it is written.</param>
/// <param name="StartedAt">When it was asked for (UTC).</param>
/// <param name="Doing">What is being done; null before the first step.</param>
/// <param name="Done">How much of that.</param>
/// <param name="Total">Of how much.</param>
/// <param name="EndedAt">When it was completed or had failed; null while it is made.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
public sealed record BackupStatus(
    string Id, BackupState State, string To, DateTimeOffset StartedAt, string? Doing, long Done, long Total, DateTimeOffset? EndedAt, string? Error);

/// <summary>A backup was not begun.</summary>
/// <param name="reason">Why, for people.</param>
/// <param name="isBusy">True when another one is being made: the same request can succeed later.</param>
public sealed class BackupRefusedException(string reason, bool isBusy) : Exception(reason)
{
    /// <summary>True when another backup is being made.</summary>
    public bool IsBusy { get; } = isBusy;
}
