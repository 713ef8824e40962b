using Grid.Storage.Postgres;
using Grid.Storage.Postgres.Schema;

namespace Grid.LoadTests;

/// <summary><c>--database CONNECTION</c>: the program keeps its data in that PostgreSQL database, which is empty or Grid's.</summary>
internal static class DatabaseOption
{
    private const string Name = "database";

    /// <summary>The settings for the program, none without the option; the schema is made. The connection string is not told in reports.</summary>
    public static async Task<string[]> SettingsAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        if (options.Untold(Name) is not { } connection)
        {
            return [];
        }

        options.Tell("storage", "Postgres");
        await new SchemaMigrator(new PostgresOptions { Connection = connection }).ApplyAsync(static _ => { }, cancellationToken);
        return ["--Grid:Storage:Engine=Postgres", $"--Grid:Storage:Connection={connection}"];
    }
}
