using System.Net.Sockets;
using Grid.Contracts.Storage;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>What PostgreSQL's errors mean for a store.</summary>
internal static class PostgresErrors
{
    /// <summary>It may pass by itself: the transaction is undone (or its fate is looked up), and the same may be tried again.</summary>
    public static bool IsTransient(Exception error) => error switch
    {
        CommitLostException => true,
        PostgresException said => said.SqlState
            is PostgresErrorCodes.SerializationFailure
            or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.AdminShutdown
            or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.ReadOnlySqlTransaction // a server that became a standby
            or IdleSessionTimeout
            || said.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is IOException or SocketException or TimeoutException,
        SocketException or TimeoutException or EndOfStreamException => true,
        _ => false,
    };

    /// <summary>
    /// True when a failed COMMIT is known not to have happened: the server said so, in a session that goes on. Whatever ends the session may have
    /// come after the commit.
    /// </summary>
    public static bool IsRefusedCommit(Exception error) => error is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>The error to give to callers. The server's details may quote rows, so they are left out.</summary>
    public static Exception Translated(Exception error, string store, TimeSpan retryAfter) => error switch
    {
        _ when IsTransient(error) => new StorageUnavailableException(store, retryAfter, error),
        PostgresException said => new IOException($"The store {store} failed: {said.MessageText} (SQLSTATE {said.SqlState})", said),
        NpgsqlException failed => new IOException($"The store {store} failed: {OneLine(failed.Message)}", failed),
        _ => error,
    };

    /// <summary>What to tell people at the start.</summary>
    public static string Reason(Exception error) => error switch
    {
        PostgresException said => $"{said.MessageText} (SQLSTATE {said.SqlState})",
        { InnerException: SocketException socket } => $"{OneLine(error.Message)} ({OneLine(socket.Message)})",
        _ => OneLine(error.Message),
    };

    public static string OneLine(string text) => text.ReplaceLineEndings("\n").Split('\n')[0].Trim();

    /// <summary>The server closed a session that was idle for long: 57P05, which Npgsql has no name for.</summary>
    private const string IdleSessionTimeout = "57P05";
}

/// <summary>The answer to a COMMIT was lost, and the commit has not happened: the same may be tried again.</summary>
internal sealed class CommitLostException(Exception cause) : Exception("The connection was lost before the commit.", cause);
