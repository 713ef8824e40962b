-- The cabinet of a light point, null for what has none. Of those that are there: from their records, by DeviceCabinets.
ALTER TABLE device ADD COLUMN cabinet text COLLATE "C";
CREATE INDEX device_by_cabinet ON device(cabinet, key) WHERE cabinet IS NOT NULL;
