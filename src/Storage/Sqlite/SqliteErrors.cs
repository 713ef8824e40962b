using Grid.Contracts.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Grid.Storage.Sqlite;

/// <summary>What SQLite's errors mean for a store.</summary>
internal static class SqliteErrors
{
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromSeconds(10);

    /// <summary>The file is not what was written.</summary>
    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>The disk failed: what is durable is not known, so the store takes no more until it is opened again. A full disk is not that.</summary>
    public static bool IsFinal(SqliteException error) => error.SqliteErrorCode is raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>The error to give to callers.</summary>
    public static Exception Translated(Exception error, string file) => error switch
    {
        SqliteException damage when IsDamage(damage) => new StoreDamagedException(file, damage.Message, damage),
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } full => new DiskFullException(file, RetryWhenFull, full),
        SqliteException other => new IOException($"The store {file} failed: {other.Message}", other),
        _ => error,
    };
}
