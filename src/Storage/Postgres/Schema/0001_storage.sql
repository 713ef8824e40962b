-- Everything but history. A record is a checksummed blob that holds all of a thing; the columns beside it are there to be searched.
-- This text is never changed once it has been released: what comes later is a file of its own.

-- Numbers that must not have gaps, and the rows that order who writes what they count.
CREATE TABLE counter(name text COLLATE "C" PRIMARY KEY, value bigint NOT NULL);
INSERT INTO counter(name, value) VALUES('revision', 0), ('audit', 0);

-- How far each writer of each process has committed: tells after a lost connection whether a commit has happened.
CREATE TABLE commit_mark(writer uuid PRIMARY KEY, number bigint NOT NULL, at timestamptz NOT NULL) WITH (fillfactor = 50);

-- The reading log. epoch: of the owner; last_offset: of the partition's last entry.
CREATE TABLE log_partition(
    partition smallint PRIMARY KEY,
    epoch bigint NOT NULL DEFAULT 0,
    last_offset bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);
INSERT INTO log_partition(partition) SELECT generate_series(0, 255);

CREATE TABLE log_sector(
    sector text COLLATE "C" PRIMARY KEY,
    partition smallint NOT NULL,
    head bigint NOT NULL,
    checkpoint bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);

-- A row is a batch. format: of data; checksum: CRC-32C over all other columns. Rows come and go within a minute or two: vacuum follows closely,
-- and data, which is dense already, is not compressed.
CREATE TABLE log_batch(
    partition smallint NOT NULL,
    sector text COLLATE "C" NOT NULL,
    last_offset bigint NOT NULL,
    previous_offset bigint NOT NULL,
    epoch bigint NOT NULL,
    entries integer NOT NULL,
    format smallint NOT NULL,
    checksum bigint NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY(partition, sector, last_offset)) PARTITION BY RANGE (partition);
ALTER TABLE log_batch ALTER COLUMN data SET STORAGE EXTERNAL;
DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE log_batch_%s PARTITION OF log_batch FOR VALUES FROM (%s) TO (%s)
             WITH (autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_threshold = -1)',
            lpad(part::text, 2, '0'), part * 16, (part + 1) * 16);
    END LOOP;
END $$;

-- Devices. search: key and name in lower case, with U+0001 between them.
CREATE TABLE device(
    key text COLLATE "C" PRIMARY KEY,
    commune text COLLATE "C" NOT NULL,
    kind smallint NOT NULL,
    connector text COLLATE "C",
    longitude double precision,
    latitude double precision,
    search text COLLATE "C" NOT NULL,
    record bytea NOT NULL);
CREATE INDEX device_by_commune ON device(commune, key) INCLUDE (kind);
CREATE INDEX device_by_connector ON device(connector, key) WHERE connector IS NOT NULL;
CREATE INDEX device_by_place ON device USING gist (point(longitude, latitude)) WHERE longitude IS NOT NULL;

-- former: the record as the sectors know it, null when the device is new to them.
CREATE TABLE pending(
    device text COLLATE "C" PRIMARY KEY,
    revision bigint NOT NULL UNIQUE,
    former bytea);

CREATE TABLE body(siren text COLLATE "C" PRIMARY KEY, record bytea NOT NULL);
CREATE TABLE membership(
    body text COLLATE "C" NOT NULL,
    commune text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY(body, commune, number));
CREATE INDEX membership_by_commune ON membership(commune, body, number);

-- due_at, lease_until: ticks of 100 ns since 0001-01-01 UTC; lease: 0 when free.
CREATE SEQUENCE outbox_lease;
CREATE TABLE outbox(
    command text COLLATE "C" PRIMARY KEY,
    due_at bigint NOT NULL,
    lease bigint NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    was_sent boolean NOT NULL DEFAULT false,
    record bytea NOT NULL);
CREATE INDEX outbox_by_due ON outbox(due_at, command);

-- hash: SHA-256 over the hash of the row before and this record. The counter 'audit' is the number of the last row.
CREATE TABLE audit(
    number bigint PRIMARY KEY,
    record bytea NOT NULL,
    hash bytea NOT NULL);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only';
END $$;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- Grain state. type: grain type / state name; checksum: CRC-32C over type, key, version and json; json: UTF-8.
CREATE SEQUENCE grain_state_version;
CREATE TABLE grain_state(
    type text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    checksum bigint NOT NULL,
    json bytea NOT NULL,
    PRIMARY KEY(type, key)) WITH (fillfactor = 80);
