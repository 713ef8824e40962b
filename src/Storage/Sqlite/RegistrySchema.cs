using Grid.Storage.Codec;

namespace Grid.Storage.Sqlite;

/// <summary>
/// The tables of <c>registry.db</c>. A record is a checksummed blob that holds everything; the columns beside it are there to be searched.
/// Every change of this text takes a new version.
/// </summary>
internal static class RegistrySchema
{
    /// <summary>The first version whose devices have the column <c>cabinet</c>.</summary>
    public const int VersionWithCabinets = 2;

    /// <summary>The first version with the table <c>notification</c>.</summary>
    public const int VersionWithNotifications = 3;

    private const string Notifications = """
        -- created_at, due_at, expires_at, finished_at, lease_until: ticks (UTC); state: 0 pending, 1 delivered, 2 failed, 3 expired; lease: 0 when free
        CREATE TABLE notification(
            id TEXT PRIMARY KEY,
            endpoint TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            finished_at INTEGER,
            state INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0,
            error TEXT,
            lease INTEGER NOT NULL DEFAULT 0,
            lease_owner TEXT,
            lease_until INTEGER NOT NULL DEFAULT 0,
            record BLOB NOT NULL) STRICT;
        CREATE INDEX notification_by_endpoint ON notification(endpoint, due_at, lease_until) WHERE state = 0;
        CREATE INDEX notification_by_expiry ON notification(expires_at) WHERE state = 0;
        CREATE INDEX notification_by_end ON notification(finished_at, id) WHERE state <> 0;
        CREATE INDEX notification_by_age ON notification(created_at, id);
        """;

    public static readonly SqliteSchema Schema = new("registry", 3, $"""
        CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO counter(name, value) VALUES('revision', 0), ('lease', 0);

        -- search: key and name in lower case, with U+0001 between them; cabinet: of a light point
        CREATE TABLE device(
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            commune TEXT NOT NULL,
            kind INTEGER NOT NULL,
            connector TEXT,
            longitude REAL,
            latitude REAL,
            search TEXT NOT NULL,
            record BLOB NOT NULL,
            cabinet TEXT) STRICT;
        CREATE INDEX device_by_commune ON device(commune, key, kind);
        CREATE INDEX device_by_connector ON device(connector, key) WHERE connector IS NOT NULL;
        CREATE INDEX device_by_cabinet ON device(cabinet, key) WHERE cabinet IS NOT NULL;

        -- positions of devices, rounded outwards to 32 bits: finds a few too many, never too few
        CREATE VIRTUAL TABLE device_place USING rtree(id, west, east, south, north);

        -- former: the record as the sectors know it, null when the device is new to them
        CREATE TABLE pending(
            device TEXT PRIMARY KEY,
            revision INTEGER NOT NULL UNIQUE,
            former BLOB) STRICT, WITHOUT ROWID;

        CREATE TABLE body(siren TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE membership(
            body TEXT NOT NULL,
            commune TEXT NOT NULL,
            number INTEGER NOT NULL,
            record BLOB NOT NULL,
            PRIMARY KEY(body, commune, number)) STRICT, WITHOUT ROWID;
        CREATE INDEX membership_by_commune ON membership(commune, body, number);

        -- due_at, lease_until: ticks (UTC); lease: 0 when free
        CREATE TABLE outbox(
            command TEXT PRIMARY KEY,
            due_at INTEGER NOT NULL,
            lease INTEGER NOT NULL DEFAULT 0,
            lease_owner TEXT,
            lease_until INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0,
            was_sent INTEGER NOT NULL DEFAULT 0,
            record BLOB NOT NULL) STRICT;
        CREATE INDEX outbox_by_due ON outbox(due_at);

        -- hash: SHA-256 over the hash of the row before and this record
        CREATE TABLE audit(
            number INTEGER PRIMARY KEY,
            record BLOB NOT NULL,
            hash BLOB NOT NULL) STRICT;
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
        CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

        {Notifications}
        """)
    {
        Upgrades = new Dictionary<long, string>
        {
            [1] = """
                ALTER TABLE device ADD COLUMN cabinet TEXT;
                UPDATE device SET cabinet = cabinet_of(record) WHERE kind = 1;
                CREATE INDEX device_by_cabinet ON device(cabinet, key) WHERE cabinet IS NOT NULL;
                """,
            [2] = Notifications,
        },
        Functions = new Dictionary<string, Func<byte[], string?>> { ["cabinet_of"] = CabinetOf },
    };

    /// <summary>The cabinet in a device's record. A record that is damaged tells nothing here: whoever reads it is told.</summary>
    private static string? CabinetOf(byte[] record)
    {
        try
        {
            return Records.ReadDevice(record, "registry.db", "without a cabinet").Descriptor.FedBy();
        }
        catch (StoreDamagedException)
        {
            return null;
        }
    }
}
