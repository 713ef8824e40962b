using System.Globalization;
using Grid.Contracts.Storage;
using Grid.Storage.Sqlite.Pages;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.Sqlite;

/// <summary>What a store holds: the script that makes it, and the version of that.</summary>
/// <param name="Name">For messages and counters.</param>
/// <param name="Version">Kept in the file; an older one is brought up by <paramref name="Upgrades"/>, any other is refused.</param>
/// <param name="Script">Makes an empty store.</param>
internal sealed record SqliteSchema(string Name, int Version, string Script)
{
    /// <summary>By version, the script that makes the next version out of it.</summary>
    public IReadOnlyDictionary<long, string> Upgrades { get; init; } = new Dictionary<long, string>();

    /// <summary>Functions of a blob that the upgrades call, by name.</summary>
    public IReadOnlyDictionary<string, Func<byte[], string?>> Functions { get; init; } = new Dictionary<string, Func<byte[], string?>>();
}

/// <summary>
/// A SQLite file with one writer, whose waiting requests share commits, and a few readers. All work runs on the store's own threads, so that no
/// grain waits for a disk inside its turn. Beside it stand its <see cref="PageSums"/>, against which it is verified when it is opened.
/// </summary>
internal sealed class SqliteStore(SqliteSchema schema, SqliteOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger) : IAsyncDisposable
{
    private readonly SqliteOptions _options = options.Validated();
    private string _file = "";
    private SqliteWriter? _writer;
    private SqliteReaders? _readers;

    /// <summary>The store's file, once open.</summary>
    public string File => _file;

    /// <summary>Threads that read.</summary>
    public int Readers => _options.Readers;

    /// <summary>Commits that the store had when it was opened: 0 when it was never written to.</summary>
    public long CommitsAtOpening { get; private set; }

    /// <summary>Opens the file, made when it is missing. Until then every call is refused.</summary>
    /// <exception cref="DataDirectoryException">The file is of another version.</exception>
    /// <exception cref="StoreDamagedException">The file is not what was written, or has lost commits.</exception>
    public async Task OpenAsync(string file)
    {
        _file = file;
        var writer = new SqliteWriter(schema.Name, _options, () => SqliteOpening.Open(schema, file, _options), time, metrics, logger);
        await writer.Opened;
        CommitsAtOpening = writer.CommitsAtOpening;
        _readers = new SqliteReaders(schema.Name, _options, OpenReader, metrics);
        _writer = writer;
    }

    /// <summary>A connection that reads, for a thread that is not the store's.</summary>
    public SqliteSession OpenReader() => new(_file, _options, SqliteUse.Reading);

    /// <summary>Runs the work in the next commit; completes when it is durable. What it throws undoes it alone.</summary>
    /// <exception cref="StorageOverloadedException">Too much waits.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) =>
        (_writer ?? throw NotOpen()).Submit(new SqliteRequest<T>(work), cancellationToken);

    /// <summary>Runs the work on a reader.</summary>
    /// <exception cref="StorageOverloadedException">Too much waits.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) =>
        (_readers ?? throw NotOpen()).Submit(new SqliteRequest<T>(work), cancellationToken);

    /// <summary>Finishes what waits and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_readers?.CloseAsync() ?? Task.CompletedTask);
        await (_writer?.CloseAsync() ?? Task.CompletedTask);
    }

    private InvalidOperationException NotOpen() => new($"The store {schema.Name} is not open.");
}
