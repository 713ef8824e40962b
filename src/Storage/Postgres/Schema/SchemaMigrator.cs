using System.Globalization;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.Schema;

/// <summary>
/// The version of the schema in a database, forward only. Steps are applied one at a time, each in a transaction of its own, by one process at a
/// time. A program that finds a schema newer than it knows touches nothing.
/// </summary>
public sealed class SchemaMigrator(PostgresOptions options)
{
    /// <summary>The oldest PostgreSQL that has what the schema uses.</summary>
    private const int OldestServer = 14_00_00;

    /// <summary>Grid's advisory lock; the second number is the schema's.</summary>
    private const int LockNumber = 0x47524944;

    /// <summary>What follows the statements of a step, in its transaction: columns that are filled from records.</summary>
    private static readonly Dictionary<int, Func<NpgsqlConnection, CancellationToken, Task>> Fills = new() { [4] = DeviceCabinets.FillAsync };

    private readonly IReadOnlyList<SchemaMigration> _known = SchemaMigration.All;

    internal SchemaMigrator(PostgresOptions options, IReadOnlyList<SchemaMigration> known)
        : this(options) => _known = known;

    /// <summary>The steps that the database lacks, none when it is up to date.</summary>
    /// <exception cref="DatabaseUnusableException">It cannot be reached, is not Grid's, or is newer than this program.</exception>
    public Task<IReadOnlyList<SchemaMigration>> PendingAsync(CancellationToken cancellationToken) =>
        WithConnectionAsync(connection => PendingAsync(connection, cancellationToken), cancellationToken);

    /// <summary>Checks that the database is Grid's, of the version of this program.</summary>
    /// <exception cref="DatabaseUnusableException">It is not.</exception>
    public async Task RequireCurrentAsync(CancellationToken cancellationToken)
    {
        var pending = await PendingAsync(cancellationToken);
        if (pending.Count > 0)
        {
            var found = pending[0].Version - 1;
            throw new DatabaseUnusableException(found == 0
                ? "the database has no schema of Grid; make it with the command migrate of this program."
                : string.Create(CultureInfo.InvariantCulture, $"the schema of the database has version {found} and this program needs {_known.Count}; bring it up to date with the command migrate of this program."));
        }
    }

    /// <summary>Applies the steps that the database lacks, telling of each before it begins. Safe to run from several processes at once.</summary>
    /// <exception cref="DatabaseUnusableException">It cannot be reached, is not Grid's, or is newer than this program.</exception>
    public Task<int> ApplyAsync(Action<SchemaMigration> applying, CancellationToken cancellationToken) => WithConnectionAsync(
        async connection =>
        {
            await connection.RunAsync(cancellationToken, "SET lock_timeout = 0");
            await connection.RunAsync(cancellationToken, "SET statement_timeout = 0");
            await connection.RunAsync(cancellationToken, "SELECT pg_advisory_lock($1, hashtext(current_schema()))", In(LockNumber));
            var pending = await PendingAsync(connection, cancellationToken);
            foreach (var migration in pending)
            {
                applying(migration);
                await ApplyAsync(connection, migration, cancellationToken);
            }

            return pending.Count;
        },
        cancellationToken);

    private static async Task ApplyAsync(NpgsqlConnection connection, SchemaMigration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (migration.Version == 1)
        {
            await connection.RunAsync(
                cancellationToken,
                "CREATE TABLE grid_schema(version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
        }

        await using (var script = new NpgsqlCommand(migration.Sql, connection))
        {
            await script.ExecuteNonQueryAsync(cancellationToken);
        }

        if (Fills.TryGetValue(migration.Version, out var fill))
        {
            await fill(connection, cancellationToken);
        }

        await connection.RunAsync(
            cancellationToken,
            "INSERT INTO grid_schema(version, name, checksum) VALUES($1, $2, $3)", In(migration.Version), In(migration.Name), In(migration.Checksum));
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<SchemaMigration>> PendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var lookup = connection.Query("SELECT to_regclass(quote_ident(current_schema()) || '.grid_schema')::text");
        if (await lookup.ExecuteScalarAsync(cancellationToken) is not string)
        {
            await RequireEmptyAsync(connection, cancellationToken);
            return _known;
        }

        var applied = await connection.RowsAsync(
            cancellationToken, row => (Version: row.GetInt32(0), Checksum: row.GetString(1)), "SELECT version, checksum FROM grid_schema ORDER BY version");
        if (applied.Count > _known.Count)
        {
            throw new DatabaseUnusableException(string.Create(
                CultureInfo.InvariantCulture,
                $"the schema of the database has version {applied[^1].Version} and this program knows {_known.Count} at most; use the program that made it, or a newer one. Nothing was touched."));
        }

        for (var index = 0; index < applied.Count; index++)
        {
            if (applied[index] != (_known[index].Version, _known[index].Checksum))
            {
                throw new DatabaseUnusableException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"step {applied[index].Version} of the database's schema is not the one of this program: it was made by a build that was never released, or changed since. Nothing was touched."));
            }
        }

        return [.. _known.Skip(applied.Count)];
    }

    /// <summary>A schema that holds something else is not ours to fill; Orleans' tables may share it.</summary>
    private static async Task RequireEmptyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var schema = connection.Query("SELECT current_schema()");
        if (await schema.ExecuteScalarAsync(cancellationToken) is not string)
        {
            throw new DatabaseUnusableException("no schema of its search path exists in the database; create one, or leave Search Path out.");
        }

        var strangers = await connection.RowsAsync(
            cancellationToken,
            row => row.GetString(0),
            """
            SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relname NOT LIKE 'orleans%'
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') ORDER BY relname LIMIT 3
            """);
        if (strangers.Count > 0)
        {
            throw new DatabaseUnusableException($"the database is not Grid's: it holds {string.Join(", ", strangers)}. Give Grid a database, or a schema, of its own. Nothing was touched.");
        }
    }

    private async Task<T> WithConnectionAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        var settings = options.Complete();
        settings.Pooling = false;
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return connection.PostgreSqlVersion.Major * 10_000 >= OldestServer
                ? await work(connection)
                : throw new DatabaseUnusableException($"the server is PostgreSQL {connection.PostgreSqlVersion}; Grid needs {OldestServer / 10_000} or newer.");
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException or ArgumentException)
        {
            throw new DatabaseUnusableException($"the database {settings.Database} at {settings.Host}:{settings.Port} cannot be used: {PostgresErrors.Reason(error)}", error);
        }
    }
}
