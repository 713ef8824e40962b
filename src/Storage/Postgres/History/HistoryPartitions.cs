using System.Globalization;
using Grid.Contracts.Storage;
using Grid.Storage.History;
using Npgsql;

namespace Grid.Storage.Postgres.History;

/// <summary>Makes the partitions of days before something is written into them: a month of points, a year of roll-ups.</summary>
internal sealed class HistoryPartitions
{
    /// <summary>What is older shares one partition: a wrong clock must not make hundreds.</summary>
    private const int FirstYear = 2020;

    private readonly HashSet<string> _made = new(StringComparer.Ordinal);

    /// <summary>Makes those that this process has not seen, in a transaction of its own.</summary>
    public async Task EnsureAsync(NpgsqlConnection connection, HistoryResolution resolution, IEnumerable<int> days)
    {
        var missing = days.Select(day => PartitionOf(resolution, day)).Distinct().Where(part => !_made.Contains(part.Name)).ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync();
        await HistoryLock.TakeAsync(connection);
        foreach (var (name, table, from, to) in missing)
        {
            await connection.RunAsync(CancellationToken.None, $"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES FROM ({from}) TO ({to})");
        }

        await transaction.CommitAsync();
        _made.UnionWith(missing.Select(part => part.Name));
    }

    private static (string Name, string Table, string From, string To) PartitionOf(HistoryResolution resolution, int day)
    {
        var table = resolution == HistoryResolution.Raw ? "history_points" : "history_roll_up";
        var date = HistoryPeriod.DateOf(day);
        if (date.Year < FirstYear)
        {
            return ($"{table}_early", table, "MINVALUE", Text(new DateOnly(FirstYear, 1, 1)));
        }

        var from = resolution == HistoryResolution.Raw ? new DateOnly(date.Year, date.Month, 1) : new DateOnly(date.Year, 1, 1);
        var to = resolution == HistoryResolution.Raw ? from.AddMonths(1) : from.AddYears(1);
        var suffix = from.ToString(resolution == HistoryResolution.Raw ? "yyyy_MM" : "yyyy", CultureInfo.InvariantCulture);
        return ($"{table}_{suffix}", table, Text(from), Text(to));
    }

    private static string Text(DateOnly date) => HistoryPeriod.DayOf(date).ToString(CultureInfo.InvariantCulture);
}

/// <summary>Flushes of several processes run side by side; what changes or deletes rows that are there runs alone.</summary>
internal static class HistoryLock
{
    private const string Key = "hashtext(current_schema()), hashtext('history')";

    /// <summary>Held to the end of the transaction by who only adds rows.</summary>
    public static Task<int> ShareAsync(NpgsqlConnection connection) => connection.RunAsync(CancellationToken.None, $"SELECT pg_advisory_xact_lock_shared({Key})");

    /// <summary>Held to the end of the transaction by who changes what is there.</summary>
    public static Task<int> TakeAsync(NpgsqlConnection connection) => connection.RunAsync(CancellationToken.None, $"SELECT pg_advisory_xact_lock({Key})");
}
