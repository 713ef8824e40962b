-- What devices and territories have measured.

-- durable: offset of the log up to which history has the sector.
CREATE TABLE history_sector(sector text COLLATE "C" PRIMARY KEY, durable bigint NOT NULL) WITH (fillfactor = 50);

-- Points of a series on a day (UTC, days since 1970-01-01): a row for each time that some were made durable, one once the day is closed. A partition is
-- a month. number: of two rows the one with the greater number is the later. kind: -1 for the figures of territories; commune: '' for none. personal:
-- of a subscriber. -- checksum: CRC-32C over series, day and data; data: sealed when it is a subscriber's.
CREATE SEQUENCE history_number;
CREATE TABLE history_points(
    series text COLLATE "C" NOT NULL,
    day integer NOT NULL,
    number bigint NOT NULL,
    kind smallint NOT NULL,
    commune text COLLATE "C" NOT NULL,
    personal boolean NOT NULL,
    checksum bigint NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY(series, day, number)) PARTITION BY RANGE (day);
ALTER TABLE history_points ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX history_points_by_day ON history_points(day, kind, commune, personal);
CREATE INDEX history_points_by_kind ON history_points(kind, day);

-- Roll-ups of a series on a day, made when its points of that day go. A partition is a year. resolution: 1 for 15 minutes, 2 for local days.
CREATE TABLE history_roll_up(
    series text COLLATE "C" NOT NULL,
    resolution smallint NOT NULL,
    day integer NOT NULL,
    kind smallint NOT NULL,
    commune text COLLATE "C" NOT NULL,
    personal boolean NOT NULL,
    checksum bigint NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY(series, resolution, day)) PARTITION BY RANGE (day);
ALTER TABLE history_roll_up ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX history_roll_up_by_day ON history_roll_up(resolution, kind, commune, personal, day);

-- Points of a kind in a commune before this day were deleted: a late one is not taken.
CREATE TABLE history_swept(
    kind smallint NOT NULL,
    commune text COLLATE "C" NOT NULL,
    personal boolean NOT NULL,
    day integer NOT NULL,
    PRIMARY KEY(kind, commune, personal));
