using System.Buffers.Binary;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Storage.Codec;
using Grid.Storage.Sqlite;

namespace Grid.Storage.Checking;

/// <summary>Checks the rows of <c>registry.db</c>: the checksum of each record, the columns that are searched against it, and the audit's chain.</summary>
internal static class RegistryRows
{
    private const string File = "registry.db";
    private const string Repair = "Restore a backup, or run repair: it keeps every row that is whole and lists what was lost.";

    /// <summary>The sector of each device, and the devices with a change that is under way.</summary>
    public sealed record Contents(Dictionary<string, string> Sectors, HashSet<string> Pending);

    public static Contents Run(CheckedFiles check, SqliteSession session)
    {
        var contents = new Contents(new Dictionary<string, string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        CheckDevices(check, session, contents);
        CheckPending(check, session, contents);
        List<(string Table, string Key)> tables = [("body", "siren"), ("membership", "commune"), ("outbox", "command")];
        if (session.Value("PRAGMA user_version") >= RegistrySchema.VersionWithNotifications)
        {
            tables.Add(("notification", "id"));
        }

        foreach (var (table, key) in tables)
        {
            using var rows = session.Query($"SELECT {key}, record FROM {table}");
            while (rows.Step())
            {
                if (!IsWhole(rows.Blob(1)))
                {
                    Damage(check, $"the checksum of row {rows.Text(0)} of table {table} does not match");
                }
            }
        }

        if (SqliteAuditLog.Verify(session) is { } entry)
        {
            check.Damage(
                File,
                null,
                string.Create(CultureInfo.InvariantCulture, $"audit entry {entry} is not as it was written, or does not follow the one before"),
                "Somebody or something changed or removed entries of the audit from there on.",
                "Compare with a backup; audit verify says the same.");
        }

        return contents;
    }

    /// <summary>True when the checksum before a record is that of the record.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> record) =>
        record.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(record) == Checksum.Of(record[sizeof(uint)..]);

    private static void CheckDevices(CheckedFiles check, SqliteSession session, Contents contents)
    {
        var places = 0L;
        var hasCabinets = session.Value("PRAGMA user_version") >= RegistrySchema.VersionWithCabinets;
        using (var rows = session.Query(
            $"SELECT key, commune, kind, connector, longitude, latitude, search, record, {(hasCabinets ? "cabinet" : "NULL")} FROM device ORDER BY id"))
        {
            while (rows.Step())
            {
                var key = rows.Text(0);
                if (!IsWhole(rows.Blob(7)))
                {
                    Damage(check, $"the checksum of device {key} does not match");
                    continue;
                }

                var record = Records.ReadDevice(rows.Blob(7), session.File, key);
                var device = record.Descriptor;
                places += device.Position is null ? 0 : 1;
                contents.Sectors[key] = record.Sector;
                var isSame = device.Id == key
                    && device.Commune == rows.Text(1)
                    && (long)device.Kind == rows.Long(2)
                    && device.Connector?.Type == (rows.IsNull(3) ? null : rows.Text(3))
                    && IsSame(device.Position, rows)
                    && DeviceListing.SearchText(device) == rows.Text(6)
                    && (!hasCabinets || device.FedBy() == (rows.IsNull(8) ? null : rows.Text(8)));
                if (!isSame)
                {
                    Damage(check, $"the columns of device {key} are not those of its record");
                }
            }
        }

        if (session.Value("SELECT count(*) FROM device_place") != places)
        {
            Damage(check, "the index of places does not have one entry for each device with a position");
        }
    }

    private static bool IsSame(GeoPoint? position, Statement rows) => position is { } point
        ? !rows.IsNull(4) && !rows.IsNull(5) && rows.Double(4).Equals(point.Longitude) && rows.Double(5).Equals(point.Latitude)
        : rows.IsNull(4) && rows.IsNull(5);

    private static void CheckPending(CheckedFiles check, SqliteSession session, Contents contents)
    {
        using var rows = session.Query("SELECT device, former FROM pending");
        while (rows.Step())
        {
            contents.Pending.Add(rows.Text(0));
            if (!rows.IsNull(1) && !IsWhole(rows.Blob(1)))
            {
                Damage(check, $"the checksum of the pending change of device {rows.Text(0)} does not match");
            }
        }
    }

    private static void Damage(CheckedFiles check, string what) => check.Damage(File, null, what, "That row is not what was written. Whoever reads it gets an error.", Repair);
}
