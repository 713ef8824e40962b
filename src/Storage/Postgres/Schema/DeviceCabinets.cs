using Grid.Contracts.Devices;
using Grid.Storage.Codec;
using Npgsql;
using static Grid.Storage.Postgres.PostgresCommands;

namespace Grid.Storage.Postgres.Schema;

/// <summary>The part of the step <c>cabinets</c> that SQL cannot do: the cabinet of each light point stands in its record.</summary>
internal static class DeviceCabinets
{
    private const int PageRows = 4096;

    /// <summary>Fills the column, in the transaction of the step.</summary>
    public static async Task FillAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        for (var after = ""; ;)
        {
            var page = await connection.RowsAsync(
                cancellationToken,
                row => (Key: row.GetString(0), Cabinet: CabinetOf(row.Bytes(1))),
                "SELECT key, record FROM device WHERE key > $1 AND kind = $2 ORDER BY key LIMIT $3", In(after), In((short)DeviceKind.Streetlight), In(PageRows));
            if (page.Count == 0)
            {
                return;
            }

            after = page[^1].Key;
            var fed = page.FindAll(device => device.Cabinet is not null);
            await connection.RunAsync(
                cancellationToken,
                "UPDATE device SET cabinet = found.cabinet FROM unnest($1, $2) AS found(key, cabinet) WHERE device.key = found.key",
                In(fed.ConvertAll(device => device.Key).ToArray()), In(fed.ConvertAll(device => device.Cabinet!).ToArray()));
        }
    }

    /// <summary>A record that is damaged tells nothing here: whoever reads it is told.</summary>
    private static string? CabinetOf(byte[] record)
    {
        try
        {
            return Records.ReadDevice(record, "the database", "without a cabinet").Descriptor.FedBy();
        }
        catch (StoreDamagedException)
        {
            return null;
        }
    }
}
