using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>
/// Tells whether a commit has happened whose answer was lost. Each transaction of a writer sets the writer's row to a number of its own; after the
/// loss the row is locked, which waits until the server has ended the transaction in question, and read.
/// </summary>
internal sealed class CommitMark(Guid writer)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);
    private long _number;

    /// <summary>Makes a mark for a writer that starts, and forgets those of writers that ended long ago.</summary>
    public static async Task<CommitMark> NewAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.RunAsync(cancellationToken, "DELETE FROM commit_mark WHERE at < now() - $1", In(KeptFor));
        await using var command = connection.Query("SELECT gen_random_uuid()");
        return new CommitMark((Guid)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    /// <summary>Adds the statement that marks the transaction; returns its number.</summary>
    public long Set(NpgsqlBatch batch)
    {
        batch.Add(
            "INSERT INTO commit_mark(writer, number, at) VALUES($1, $2, now()) ON CONFLICT(writer) DO UPDATE SET number = excluded.number, at = excluded.at",
            In(writer), In(++_number));
        return _number;
    }

    /// <summary>Whether the transaction of that number, of which COMMIT was sent, was committed. Waits for it to end.</summary>
    public async Task<bool> IsCommittedAsync(NpgsqlConnection connection, long number, CancellationToken cancellationToken)
    {
        // An insert waits for a row that another transaction is about to insert or has changed; a mere read would not see it.
        await using var command = connection.Query(
            "INSERT INTO commit_mark(writer, number, at) VALUES($1, 0, now()) ON CONFLICT(writer) DO UPDATE SET at = excluded.at RETURNING number", In(writer));
        var found = await command.ExecuteScalarAsync(cancellationToken);
        return found is long stored && stored == number;
    }
}
