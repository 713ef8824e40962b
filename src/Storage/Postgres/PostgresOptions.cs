using System.Globalization;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Settings of the storage in PostgreSQL.</summary>
public sealed record PostgresOptions
{
    private const string ApplicationName = "grid";
    private const int KeepAliveSeconds = 30;
    private const int PreparedStatements = 64;

    /// <summary>Connection string, <c>Grid:Storage:Connection</c>. It may hold a password: it is never logged and never part of a message.</summary>
    public required string Connection { get; init; }

    /// <summary>Connections that the process opens at most, unless the connection string says so. 8 to 500; default 32.</summary>
    public int MaximumConnections { get; init; } = 32;

    /// <summary>How long opening a connection may take, unless the connection string says so. 1 to 60 s; default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a statement may take, unless the connection string says so. 1 s to 10 minutes; default 30 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a statement waits for a row that another process holds, and how long a transaction may stand still: a process that was paused inside one holds up its
    /// successor no longer. 100 ms to 1 minute; default 10 s.
    /// </summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Times that what failed in passing (the server restarts, a deadlock) is tried again, with pauses of 100 ms that double up to 2 s. While the
    /// database stays away, later requests are tried once. 0 to 100; default 14, about 20 s.
    /// </summary>
    public int Retries { get; init; } = 14;

    /// <summary>How long a stop waits to learn whether a commit has happened whose answer was lost. 0 to 10 minutes; default 30 s.</summary>
    public TimeSpan ResolveAtStop { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests that may wait for a store's writer, and as many again for its readers; one more is refused. 1 to 1,000,000; default 100,000.</summary>
    public int MaximumQueued { get; init; } = 100_000;

    /// <summary>Requests that share a commit. 1 to 100,000; default 4,000.</summary>
    public int MaximumPerCommit { get; init; } = 4_000;

    /// <summary>Bytes of requests that share a commit. 4 KiB to 256 MiB; default 16 MiB.</summary>
    public int CommitBytes { get; init; } = 16 << 20;

    /// <summary>Reads of a store that run at once. 1 to 64; default 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>What a refused caller is told to wait. 10 ms to 1 minute; default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The settings themselves when all are in range.</summary>
    /// <exception cref="ArgumentException">Names the setting, its value and its range.</exception>
    public PostgresOptions Validated()
    {
        InRange(nameof(MaximumConnections), MaximumConnections, 8, 500);
        InRange($"{nameof(ConnectTimeout)} in milliseconds", ConnectTimeout.TotalMilliseconds, 1_000, 60_000);
        InRange($"{nameof(CommandTimeout)} in milliseconds", CommandTimeout.TotalMilliseconds, 1_000, 600_000);
        InRange($"{nameof(LockTimeout)} in milliseconds", LockTimeout.TotalMilliseconds, 100, 60_000);
        InRange(nameof(Retries), Retries, 0, 100);
        InRange($"{nameof(ResolveAtStop)} in milliseconds", ResolveAtStop.TotalMilliseconds, 0, 600_000);
        InRange(nameof(MaximumQueued), MaximumQueued, 1, 1_000_000);
        InRange(nameof(MaximumPerCommit), MaximumPerCommit, 1, 100_000);
        InRange(nameof(CommitBytes), CommitBytes, 4 << 10, 256 << 20);
        InRange(nameof(Readers), Readers, 1, 64);
        InRange($"{nameof(RetryAfter)} in milliseconds", RetryAfter.TotalMilliseconds, 10, 60_000);
        return this;
    }

    /// <summary>The connection string with what every connection of Grid has: bounds, timeouts, and commits that are on disk before they are answered.</summary>
    /// <exception cref="DatabaseUnusableException">It is no connection string.</exception>
    public NpgsqlConnectionStringBuilder Complete()
    {
        var untouched = new NpgsqlConnectionStringBuilder();
        var given = Parse();
        var complete = new NpgsqlConnectionStringBuilder(given.ConnectionString)
        {
            Enlist = false,
            PersistSecurityInfo = false,
            MaxPoolSize = Given(settings => settings.MaxPoolSize, MaximumConnections),
            Timeout = Given(settings => settings.Timeout, (int)Math.Ceiling(ConnectTimeout.TotalSeconds)),
            CommandTimeout = Given(settings => settings.CommandTimeout, (int)Math.Ceiling(CommandTimeout.TotalSeconds)),
            KeepAlive = Given(settings => settings.KeepAlive, KeepAliveSeconds),
            MaxAutoPrepare = Given(settings => settings.MaxAutoPrepare, PreparedStatements),
            ApplicationName = Given(settings => settings.ApplicationName, ApplicationName),
        };
        complete.Options = string.Create(
            CultureInfo.InvariantCulture,
            $"{complete.Options} -c synchronous_commit=on -c statement_timeout={complete.CommandTimeout * 1_000L} -c lock_timeout={(long)LockTimeout.TotalMilliseconds} -c idle_in_transaction_session_timeout={(long)LockTimeout.TotalMilliseconds}").Trim();
        return complete;

        // The builder has a value for every word that it knows: what differs from its own was given.
        T Given<T>(Func<NpgsqlConnectionStringBuilder, T> setting, T ours) =>
            EqualityComparer<T>.Default.Equals(setting(given), setting(untouched)) ? ours : setting(given);
    }

    /// <summary>Nothing of the connection string: a log of these settings shows no password.</summary>
    public override string ToString() => nameof(PostgresOptions);

    private NpgsqlConnectionStringBuilder Parse()
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(Connection);
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException or OverflowException)
        {
            // Its message would repeat parts of the text, and one of them may be of a password.
            throw new DatabaseUnusableException("is no PostgreSQL connection string such as Host=127.0.0.1;Database=grid;Username=grid;Password=...");
        }
    }

    private static void InRange(string name, double value, double minimum, double maximum)
    {
        if (!(value >= minimum && value <= maximum))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"PostgresOptions.{name} is {value}; it must be from {minimum} to {maximum}."));
        }
    }
}
