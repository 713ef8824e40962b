namespace Grid.Storage.Postgres;

/// <summary>The database of <c>Grid:Storage:Connection</c> cannot be used. The message is one line that says why and what to do, without a password.</summary>
public sealed class DatabaseUnusableException(string reason, Exception? cause = null)
    : Exception($"{Setting}: {reason}".ReplaceLineEndings(" "), cause)
{
    /// <summary>The setting that names the database.</summary>
    public const string Setting = "Grid:Storage:Connection";
}
