using System.Globalization;
using Grid.Storage.Postgres;
using Grid.Storage.Postgres.Schema;

namespace Grid.Silo.Startup;

/// <summary><c>migrate</c> where <c>Grid:Storage:Engine</c> is <c>Postgres</c>: shows which steps the database's schema lacks, and applies them.</summary>
internal static class DatabaseMigration
{
    /// <summary>Tells what is lacking and changes nothing.</summary>
    public const string ShowOption = "--show";

    private const string Command = "migrate";

    /// <summary>The database to migrate, and whether only to look; null when that was not asked for.</summary>
    /// <exception cref="SettingsException">A setting is not as it must be.</exception>
    public static (PostgresOptions Database, bool IsShowing)? Asked(string[] args)
    {
        if (args is not [Command, .. var options])
        {
            return null;
        }

        var isShowing = options.Contains(ShowOption);
        var configuration = new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine([.. options.Where(option => option != ShowOption)])
            .Build();
        return GridSettings.ReadDatabase(configuration["Grid:Storage:Engine"], configuration["Grid:Storage:Connection"]) is { } database ? (database, isShowing) : null;
    }

    /// <exception cref="DatabaseUnusableException">The database cannot be used.</exception>
    public static async Task RunAsync(PostgresOptions database, bool isShowing, TextWriter output, CancellationToken cancellationToken)
    {
        var migrator = new SchemaMigrator(database);
        if (isShowing)
        {
            foreach (var step in await migrator.PendingAsync(cancellationToken))
            {
                output.WriteLine($"lacks {Text(step)}");
            }
        }
        else
        {
            await migrator.ApplyAsync(step => output.WriteLine($"applying {Text(step)}"), cancellationToken);
        }

        var left = (await migrator.PendingAsync(cancellationToken)).Count;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"The schema of the database has version {SchemaMigration.All.Count - left}; this program needs {SchemaMigration.All.Count}."));
    }

    private static string Text(SchemaMigration step) => string.Create(CultureInfo.InvariantCulture, $"{step.Version} {step.Name}");
}
