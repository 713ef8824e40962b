using System.Data.Common;
using Grid.Silo.Startup;
using Npgsql;
#if AZURE_GRAIN_STORAGE
using Azure;
using Azure.Storage.Blobs;
#endif

namespace Grid.Silo.Hosting;

/// <summary>
/// Looks, before anything starts, whether what the settings name is there: otherwise a wrong connection string would show as a silo that tries for
/// minutes, and as a stack trace at the end.
/// </summary>
internal static class OrleansStores
{
    /// <summary>For each store.</summary>
    private const int WithinSeconds = 15;

    private const int MostConnections = 32;

    /// <exception cref="SettingsException">A store cannot be used.</exception>
    public static void Check(ClusterSettings settings)
    {
        if (settings.Mode == ClusterMode.Postgres)
        {
            CheckPostgres(ClusterSettings.ConnectionSetting, settings.Connection!, ["OrleansQuery", "OrleansMembershipTable", "OrleansRemindersTable"]);
        }

        if (settings.State == StateStore.Postgres)
        {
            CheckPostgres(ClusterSettings.StateConnectionSetting, settings.StateConnection!, ["OrleansQuery", "OrleansStorage"]);
        }
#if AZURE_GRAIN_STORAGE
        if (settings.State == StateStore.AzureBlobs)
        {
            CheckAzureBlobs(settings);
        }
#endif
    }

    /// <summary>The connection string with a bound on its connections: grains write by the thousand, and a database has a hundred connections for all.</summary>
    public static string Bounded(string connectionString)
    {
        // Npgsql's own builder says of every word that it knows that it is there.
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return given.ContainsKey("Maximum Pool Size") || given.ContainsKey("MaxPoolSize")
            ? connectionString
            : new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = MostConnections }.ConnectionString;
    }

    private static void CheckPostgres(string setting, string connectionString, string[] tables)
    {
        try
        {
            var patience = new NpgsqlConnectionStringBuilder(connectionString) { Timeout = WithinSeconds, CommandTimeout = WithinSeconds, Pooling = false };
            using var connection = new NpgsqlConnection(patience.ConnectionString);
            connection.Open();
            foreach (var table in tables)
            {
                using var query = new NpgsqlCommand("SELECT to_regclass($1)::text", connection) { Parameters = { new() { Value = table } } };
                if (query.ExecuteScalar() is not string)
                {
                    throw new SettingsException($"{setting}: the database has no table {table}; run Orleans' scripts for PostgreSQL in it (docs/operations.md names them).");
                }
            }
        }
        catch (ArgumentException malformed)
        {
            throw new SettingsException($"{setting} is no PostgreSQL connection string: {OneLine(malformed.Message)}");
        }
        catch (Exception unusable) when (unusable is NpgsqlException or TimeoutException)
        {
            throw new SettingsException($"{setting}: the database cannot be used: {OneLine(unusable.Message)}");
        }
    }

    /// <summary>The first line says what is wrong; those behind it are for a debugger.</summary>
    private static string OneLine(string text) => text.ReplaceLineEndings("\n").Split('\n')[0].Trim();

#if AZURE_GRAIN_STORAGE
    private static void CheckAzureBlobs(ClusterSettings settings)
    {
        var impatient = new BlobClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(WithinSeconds) } };
        try
        {
            new BlobServiceClient(settings.StateConnection, impatient).GetBlobContainerClient(settings.StateContainer).CreateIfNotExists();
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException)
        {
            throw new SettingsException($"{ClusterSettings.StateConnectionSetting} is no connection string of an Azure storage account: {OneLine(malformed.Message)}");
        }
        catch (Exception unusable) when (unusable is RequestFailedException or TaskCanceledException)
        {
            throw new SettingsException($"{ClusterSettings.StateConnectionSetting}: the container {settings.StateContainer} cannot be used: {OneLine(unusable.Message)}");
        }
    }
#endif
}
