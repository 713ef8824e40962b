using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres;

/// <summary>
/// Which master key the persons of a database are sealed with. The keys themselves lie with one process; another one would read what is personal as erased,
/// and seal with keys that nobody else has: it is refused instead.
/// </summary>
internal sealed class PostgresKeys(PostgresDatabase database)
{
    /// <summary>Notes the master key of this process as that of the database, unless it has another.</summary>
    /// <exception cref="DatabaseUnusableException">It has another.</exception>
    public async Task ClaimAsync(string master, string keysDirectory)
    {
        await using var connection = await database.ConnectAsync(CancellationToken.None);
        await connection.RunAsync(CancellationToken.None, "INSERT INTO keys_master(master) VALUES($1) ON CONFLICT DO NOTHING", In(master));
        await RequireAsync(connection, master, keysDirectory);
    }

    /// <summary>Checks at the start that this process has the keys of the database's persons.</summary>
    /// <param name="master">The master key of this process; null when it has none.</param>
    /// <param name="keysDirectory">Where its keys are.</param>
    /// <exception cref="DatabaseUnusableException">It has not.</exception>
    public async Task RequireAsync(string? master, string keysDirectory)
    {
        if (master is not null)
        {
            await ClaimAsync(master, keysDirectory);
            return;
        }

        await using var connection = await database.ConnectAsync(CancellationToken.None);
        await RequireAsync(connection, null, keysDirectory);
    }

    private async Task RequireAsync(NpgsqlConnection connection, string? master, string keysDirectory)
    {
        var found = await connection.RowsAsync(CancellationToken.None, row => row.GetString(0), "SELECT master FROM keys_master");
        if (found is [var sealedWith] && sealedWith != master)
        {
            throw new DatabaseUnusableException(
                $"what is personal in the database {database.Name} is sealed with the master key {sealedWith}, and {keysDirectory} holds {(master is null ? "none" : $"another ({master})")}. "
                + "One process alone has the keys of persons: start that one, or bring its keys here (Grid:Keys). Several processes share a database only as long as no person's device is registered in it.");
        }
    }
}
