using Grid.Storage.History;
using Grid.Storage.Postgres;
using Grid.Storage.ReadingLog;
using Grid.Storage.Sqlite;

namespace Grid.Storage;

/// <summary>Settings of storage.</summary>
public sealed record StorageOptions
{
    /// <summary>The data directory, <c>Grid:Data</c>; made when it is missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Told how far something long is, such as an upgrade of the directory; null for nobody.</summary>
    public StorageProgress? Progress { get; init; }

    /// <summary>The database that holds everything but the files of this process; null when the data directory does.</summary>
    public PostgresOptions? Postgres { get; init; }

    /// <summary>The reading log.</summary>
    public ReadingLogOptions Log { get; init; } = new();

    /// <summary>History.</summary>
    public HistoryOptions History { get; init; } = new();

    /// <summary><c>registry.db</c>.</summary>
    public SqliteOptions Registry { get; init; } = new();

    /// <summary><c>grains.db</c>.</summary>
    public SqliteOptions Grains { get; init; } = new();
}
