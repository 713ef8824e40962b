using System.Globalization;
using Grid.Contracts.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Grid.Storage.Sqlite;

/// <summary>What a store holds: the script that makes it, and the version of that.</summary>
/// <param name="Name">For messages and counters.</param>
/// <param name="Version">Kept in the file; another one is refused.</param>
/// <param name="Script">Makes an empty store.</param>
internal sealed record SqliteSchema(string Name, int Version, string Script);

/// <summary>
/// A SQLite file with one writer, whose waiting requests share commits, and a few readers. All work runs on the store's own threads, so that no
/// grain waits for a disk inside its turn.
/// </summary>
internal sealed class SqliteStore(SqliteSchema schema, SqliteOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger) : IAsyncDisposable
{
    private readonly SqliteOptions _options = options.Validated();
    private SqliteWriter? _writer;
    private SqliteReaders? _readers;

    /// <summary>Opens the file, made when it is missing. Until then every call is refused.</summary>
    /// <exception cref="DataDirectoryException">The file is of another version.</exception>
    /// <exception cref="StoreDamagedException">The file is no SQLite file any more.</exception>
    public async Task OpenAsync(string file)
    {
        var writer = new SqliteWriter(schema.Name, _options, () => OpenWriter(file), time, metrics, logger);
        await writer.Opened;
        _readers = new SqliteReaders(schema.Name, _options, () => new SqliteSession(file, _options, isReader: true), metrics);
        _writer = writer;
    }

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

    private SqliteSession OpenWriter(string file)
    {
        DataDirectory.CreateOwnerOnly(file);
        SqliteSession? session = null;
        try
        {
            session = new SqliteSession(file, _options, isReader: false);
            var version = session.Value("PRAGMA user_version");
            if (version == 0 && session.Value("SELECT count(*) FROM sqlite_schema") == 0)
            {
                session.RunScript(string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE;\n{schema.Script}\nPRAGMA user_version={schema.Version};\nCOMMIT;"));
            }
            else if (version != schema.Version)
            {
                throw new DataDirectoryException(
                    Path.GetDirectoryName(file)!, $"holds {Path.GetFileName(file)} of version {version}; this program reads {schema.Version}. Nothing was touched.");
            }

            var opened = session;
            session = null;
            return opened;
        }
        catch (SqliteException error) when (SqliteErrors.IsDamage(error))
        {
            throw new StoreDamagedException(file, error.Message, error);
        }
        finally
        {
            session?.Dispose();
        }
    }
}
